"""`test_files/parity.json`: what an implementation in another language must reproduce of the Python reference.

A case is `{text, words, logits?, entities}`. A word is `{ids, start, end, feature}`; `logits` [w, labels] are those of the
float32 reference; `entities` `{type, start, end, score}` are those of the compiled graph. Places are in UTF-16 units of
the text as given.
"""

import random
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from data import SEED, dev
from decode import entities
from tagger import Tagger
from text import Gazetteer, features_of
from windows import Run, word_logits

from encoder.parity import HOSTILE, utf16_positions, well_formed

DRAWN = 15  # texts of every dev set
CASES = ["McDonald's U.S.A. iPhone ABC a B 3rd 1980s NASA-led ǅ ß ÄÖ", "RT @JohnSmith: @ JohnSmith @BBC #London http://t.co/Ab1", "Saint Petersburg New York City New Delhi Anna Maria"]


def texts(data: Path) -> tuple[list[str], list[str]]:
    """Of the dev sets, the last one longer than any window; and hostile ones."""
    draw = random.Random(SEED + 2)
    sets = [[" ".join(sentence.words) for sentence in sentences] for sentences in dev(data).values()]
    drawn = [text for sentences in sets for text in draw.sample(sentences, DRAWN)]
    return [*drawn, " ".join(sets[0][:40])], CASES + HOSTILE


def build(data: Path, tokeniser: Tokenizer, gazetteer: Gazetteer, reference: Run, compiled: Run) -> list[dict]:
    drawn, hostile = texts(data)
    known = [well_formed(text) for text in drawn + hostile]
    exact = word_logits(known[: len(drawn)], tokeniser, gazetteer, reference)
    made = []
    for i, (text, (words, logits)) in enumerate(zip(drawn + hostile, word_logits(known, tokeniser, gazetteer, compiled))):
        units = utf16_positions(text)
        features = features_of(known[i], words, gazetteer)
        case = {
            "text": text,
            "words": [
                {"ids": word.tokens, "start": units[word.start], "end": units[word.end], "feature": feature}
                for word, feature in zip(words, features)
            ],
            "entities": [
                {"type": entity.kind, "start": units[entity.start], "end": units[entity.end], "score": round(entity.score, 4)}
                for entity in entities(known[i], words, logits)
            ],
        }
        made.append(case | ({"logits": np.round(exact[i][1], 4).tolist()} if i < len(drawn) else {}))
    return made


def running(tagger: Tagger) -> Run:
    return lambda rows, features: [tagger(row) for row in zip(rows, features)]
