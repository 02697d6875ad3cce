"""Texts of the training sets that fix the ranges of the quantised products: no dev or test text is among them."""

import random
from pathlib import Path

from tokenizers import Tokenizer

from data import SEED, training
from tagger import Row
from text import Gazetteer, features_of, words_of
from windows import row_of, windows

SENTENCES, JOINED = 150, 20  # of each set: single sentences; long texts of ten neighbours


def calibration_rows(data: Path, tokeniser: Tokenizer, gazetteer: Gazetteer) -> list[Row]:
    draw = random.Random(SEED)
    rows: list[Row] = []
    for sentences in training(data).values():
        texts = [" ".join(sentence.words) for sentence in sentences]
        starts = draw.sample(range(len(texts) - 10), JOINED)
        for text in draw.sample(texts, SENTENCES) + [" ".join(texts[start : start + 10]) for start in starts]:
            words = words_of(text, tokeniser)
            features = features_of(text, words, gazetteer)
            for window in windows([len(word.tokens) for word in words]):
                rows.append(row_of(words[window.start : window.end], features[window.start : window.end]))
    return rows
