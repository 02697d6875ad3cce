"""Label scores of all words of a text of any length: the model reads windows that overlap.

A window holds whole words, at most MAX_TOKENS tokens with the two special ones. A word that stands in two windows takes
its scores from the one that shows more of its surroundings: the words are divided in the middle of the overlap.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from data import LABELS
from text import Gazetteer, Word, features_of, words_of

MAX_TOKENS = 128
OVERLAP_TOKENS = 32
CLS, SEP = 101, 102

Run = Callable[[list[list[int]], list[list[int]]], list[np.ndarray]]
"""Rows of token ids and of features to logits, `[t, labels]` each."""


@dataclass(frozen=True)
class Window:
    """Words [start, end) are read, the scores of [first, last) are kept."""

    start: int
    end: int
    first: int
    last: int


def windows(lengths: list[int]) -> list[Window]:
    """@param lengths tokens of every word; one that fits into no window has one of its own"""
    ranges: list[tuple[int, int]] = []
    start = end = 0
    while end < len(lengths):
        read, room = start, MAX_TOKENS - 2
        while read < len(lengths) and (lengths[read] <= room or read == start == end):
            room -= lengths[read]
            read += 1
        ranges.append((start, read))
        start = end = read
        if end < len(lengths):
            overlap = min(OVERLAP_TOKENS, MAX_TOKENS - 2 - lengths[end])  # what follows must fit as well
            while start > 0 and lengths[start - 1] <= overlap:
                start -= 1
                overlap -= lengths[start]
    # The middle of what two neighbours share, in words.
    cuts = [0, *((right + end) // 2 for (_, end), (right, _) in zip(ranges, ranges[1:])), len(lengths)]
    return [Window(start, end, first, last) for (start, end), first, last in zip(ranges, cuts, cuts[1:])]


def row_of(words: list[Word], features: list[int]) -> tuple[list[int], list[int]]:
    """Token ids with both special tokens, and the feature of every token (0 of the special ones)."""
    ids = [CLS, *(token for word in words for token in word.tokens), SEP]
    spread = [0, *(feature for word, feature in zip(words, features) for _ in word.tokens), 0]
    return ids, spread


def word_logits(texts: list[str], tokeniser: Tokenizer, gazetteer: Gazetteer, run: Run) -> list[tuple[list[Word], np.ndarray]]:
    """Words of every text and their scores `[w, labels]`, those of the first token of each word."""
    found: list[tuple[list[Word], np.ndarray]] = []
    rows: list[tuple[list[int], list[int]]] = []
    places: list[tuple[int, Window]] = []
    for i, text in enumerate(texts):
        words = words_of(text, tokeniser)
        features = features_of(text, words, gazetteer)
        found.append((words, np.empty((len(words), len(LABELS)), np.float32)))
        for window in windows([len(word.tokens) for word in words]):
            rows.append(row_of(words[window.start : window.end], features[window.start : window.end]))
            places.append((i, window))
    answers = run([ids for ids, _ in rows], [features for _, features in rows])
    for (i, window), answer in zip(places, answers):
        words, logits = found[i]
        firsts = 1 + np.cumsum([0] + [len(word.tokens) for word in words[window.start : window.end]][:-1])
        logits[window.first : window.last] = answer[firsts][window.first - window.start : window.last - window.start]
    return found
