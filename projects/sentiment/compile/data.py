"""The labelled texts of DATA_DIR, and unlabelled tweets."""

import itertools
import json
import os
import random
import sys
from dataclasses import dataclass
from pathlib import Path

SEED = 20240501
LABELS = ("negative", "neutral", "positive")
NEGATIVE, NEUTRAL, POSITIVE = range(3)
FOLDS = 5

SOURCES = {
    "sentiment/sentence_polarity": "Sentence polarity v1.0 (CC BY 4.0): sentence_polarity.zip of github.com/nltk/nltk_data",
    "sentiment/movie_reviews": "Polarity dataset v2.0 (CC BY 4.0): movie_reviews.zip of github.com/nltk/nltk_data",
    "sentiment/subjectivity": "Subjectivity v1.0 (CC BY 4.0): subjectivity.zip of github.com/nltk/nltk_data",
    "sentiment/tweeteval_val": "TweetEval sentiment, val: github.com/cardiffnlp/tweeteval",
    "sentiment/vader": "VADER lexicon (MIT): vader_lexicon.zip of github.com/nltk/nltk_data",
    "ner/btc": "Broad Twitter Corpus, its texts alone (CC BY 4.0): github.com/GateNLP/broad_twitter_corpus",
    "ner/wnut17": "WNUT-17, its texts alone (CC BY 4.0): github.com/leondz/emerging_entities_17",
}


@dataclass(frozen=True)
class Example:
    text: str
    label: int
    """Index into LABELS."""


def columns(examples: list[Example]) -> tuple[list[str], list[int]]:
    return [example.text for example in examples], [example.label for example in examples]


def data_directory() -> Path:
    """DATA_DIR of the environment; ends the process with what to fetch where a set is missing."""
    named = os.environ.get("DATA_DIR")
    data = Path(named or "/nowhere")
    missing = [f"  {folder}: {source}" for folder, source in SOURCES.items() if not (data / folder).is_dir()]
    if missing:
        sentence = f"DATA_DIR is {named}, which lacks sets" if named else "DATA_DIR is not set"
        sys.exit("\n".join([f"{sentence}. It must hold, as projects/sentiment/train/README.md lists file by file:", *missing]))
    return data


def labelled_lines(file: Path, labels: dict[str, int]) -> list[Example]:
    """@param file one `label<TAB>text` a line"""
    lines = (line.rstrip("\n").split("\t", 1) for line in file.open(encoding="utf-8"))
    return [Example(text.strip(), labels[label]) for label, text in lines]


def sentence_polarity(data: Path) -> list[Example]:
    return labelled_lines(data / "sentiment/sentence_polarity/no_sst_devtest.tsv", {"0": NEGATIVE, "1": POSITIVE})


def folds(examples: list[Example]) -> list[list[Example]]:
    """FOLDS parts of like size, dealt from a seeded shuffle; equal texts lie in one part."""
    texts = sorted({example.text for example in examples})
    random.Random(SEED).shuffle(texts)
    fold = {text: i % FOLDS for i, text in enumerate(texts)}
    return [[example for example in examples if fold[example.text] == i] for i in range(FOLDS)]


def tweets_dev(data: Path) -> list[Example]:
    """TweetEval val: chosen on and calibrated on, never trained on."""
    return labelled_lines(data / "sentiment/tweeteval_val/val.tsv", {"0": NEGATIVE, "1": NEUTRAL, "2": POSITIVE})


def plots(data: Path) -> list[Example]:
    """Sentences of plot summaries: they say what happens, so they are neutral."""
    lines = (data / "sentiment/subjectivity/plot.tok.gt9.5000").read_text(encoding="latin-1").splitlines()
    return [Example(line.strip(), NEUTRAL) for line in lines]


def reviews(data: Path) -> list[Example]:
    """Whole reviews, about 750 words each; sentences on lines."""
    lines = (json.loads(line) for line in (data / "sentiment/movie_reviews/all.jsonl").open(encoding="utf-8"))
    return [Example(review["text"], POSITIVE if review["label"] else NEGATIVE) for review in lines]


def unlabelled_tweets(data: Path) -> list[str]:
    """Words joined by spaces. Their labels are those of names, of no use here."""
    files = [data / f"ner/btc/{section}.conll" for section in "abegh"] + [data / "ner/wnut17/train.conll", data / "ner/wnut17/dev.conll"]
    return [text for file in files for text in conll_texts(file)]


def conll_texts(file: Path) -> list[str]:
    words = (line.rstrip("\n").split("\t")[0] for line in file.open(encoding="utf-8"))
    return [" ".join(block) for filled, block in itertools.groupby(words, key=bool) if filled]
