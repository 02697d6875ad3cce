"""The labelled sentences of DATA_DIR: words with BIO2 labels of the three types that every set has."""

import itertools
import os
import sys
from dataclasses import dataclass
from pathlib import Path

SEED = 20240501
TYPES = ("PER", "ORG", "LOC")
LABELS = ("O", *(f"{prefix}-{kind}" for kind in TYPES for prefix in "BI"))
WNUT17_TYPES = {"person": "PER", "location": "LOC", "corporation": "ORG", "group": "ORG"}
UNSCORED = "?"  # label of a word whose truth this set does not say


SOURCES = {
    "ner/uner_en_ewt": "Universal NER v1, English EWT (CC BY-SA 4.0): github.com/UniversalNER/UNER_English-EWT",
    "ner/btc": "Broad Twitter Corpus (CC BY 4.0): github.com/GateNLP/broad_twitter_corpus",
    "ner/wnut17": "WNUT-17 (CC BY 4.0): github.com/leondz/emerging_entities_17",
    "gazetteers/world_cities": "GeoNames cities (CC BY 4.0): github.com/datasets/world-cities",
    "gazetteers/nltk_names": "Names corpus 1.3 (free with credit): names.zip of github.com/nltk/nltk_data",
}


def data_directory() -> Path:
    """DATA_DIR of the environment; ends the process with what to fetch where a set is missing."""
    named = os.environ.get("DATA_DIR")
    data = Path(named or "/nowhere")
    missing = [f"  {folder}: {source}" for folder, source in SOURCES.items() if not (data / folder).is_dir()]
    if missing:
        sentence = f"DATA_DIR is {named}, which lacks sets" if named else "DATA_DIR is not set"
        sys.exit("\n".join([f"{sentence}. It must hold, as projects/ner/train/README.md lists file by file:", *missing]))
    return data


@dataclass(frozen=True)
class Sentence:
    words: tuple[str, ...]
    labels: tuple[str, ...]


def read(file: Path) -> list[Sentence]:
    """Sentences of a file with one `word<TAB>label` a line and blank lines between sentences."""
    lines = (line.rstrip("\n").split("\t") for line in file.open(encoding="utf-8"))
    blocks = (list(block) for filled, block in itertools.groupby(lines, key=lambda line: len(line) == 2) if filled)
    return [Sentence(tuple(word for word, _ in block), tuple(label for _, label in block)) for block in blocks]


def uner(data: Path, split: str) -> list[Sentence]:
    return read(data / f"ner/uner_en_ewt/{split}.conll")


def btc(data: Path, section: str) -> list[Sentence]:
    return read(data / f"ner/btc/{section}.conll")


def btc_h_halves(data: Path) -> tuple[list[Sentence], list[Sentence]]:
    """The first half is for training, the second one is the dev set of tweets."""
    sentences = btc(data, "h")
    return sentences[: len(sentences) // 2], sentences[len(sentences) // 2 :]


def wnut17(data: Path, split: str) -> list[Sentence]:
    return [Sentence(sentence.words, tuple(map(mapped, sentence.words, sentence.labels))) for sentence in read(data / f"ner/wnut17/{split}.conll")]


def mapped(word: str, label: str) -> str:
    """Of the six types of WNUT-17 those three. It leaves user names unlabelled, the Broad Twitter Corpus labels them: unscored."""
    if word.startswith("@"):
        return UNSCORED
    prefix, _, kind = label.partition("-")
    return f"{prefix}-{WNUT17_TYPES[kind]}" if kind in WNUT17_TYPES else "O"


def training(data: Path) -> dict[str, list[Sentence]]:
    tweets = [sentence for section in "abeg" for sentence in btc(data, section)] + btc_h_halves(data)[0]
    return {"uner_en_ewt": uner(data, "train"), "btc": tweets, "wnut17": wnut17(data, "train")}


def dev(data: Path) -> dict[str, list[Sentence]]:
    return {"uner_en_ewt": uner(data, "dev"), "btc": btc_h_halves(data)[1], "wnut17": wnut17(data, "dev")}
