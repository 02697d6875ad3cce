"""Texts that fix the ranges of the quantised products: no text of TweetEval is among them."""

import random
from pathlib import Path

from data import SEED, plots, reviews, sentence_polarity, unlabelled_tweets

TEXTS = 120  # of each set


def calibration_texts(data: Path) -> list[str]:
    draw = random.Random(SEED)
    passages = [review.text[:400] for review in reviews(data)]
    sets = [[e.text for e in sentence_polarity(data)], [e.text for e in plots(data)], unlabelled_tweets(data), passages]
    return [text for texts in sets for text in draw.sample(texts, TEXTS)]
