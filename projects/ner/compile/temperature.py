"""The temperature of the logits that makes the score of an entity the probability that it is right.

It changes no entity: the sequences of labels keep their order when all logits are divided by one number.
"""

import math

import numpy as np

from decode import entities
from score import Labelled, scored
from text import Word

TEMPERATURES = [1 + i / 10 for i in range(21)]  # 1 to 3

Sentences = list[tuple[Labelled, list[Word], np.ndarray]]
"""Sentences with their words and logits `[w, labels]`."""


def fit(sentences: Sentences) -> float:
    """The one under which right and wrong entities are likeliest."""
    return min(TEMPERATURES, key=lambda temperature: loss(sentences, temperature))


def loss(sentences: Sentences, temperature: float) -> float:
    """Mean negative log likelihood of whether an entity is right, given its score."""
    losses = []
    for sentence, words, logits in sentences:
        for entity in scored(sentence, entities(sentence.text, words, logits / temperature)):
            right = (entity.kind, entity.start, entity.end) in sentence.gold
            losses.append(-math.log(max(entity.score if right else 1 - entity.score, 1e-9)))
    return sum(losses) / len(losses)
