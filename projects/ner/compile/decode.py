"""From label scores of words to entities: the best sequence in which every I- continues its own type."""

from dataclasses import dataclass

import numpy as np

from data import LABELS
from text import Word


@dataclass(frozen=True)
class Entity:
    """@param start, end code points of the text, end exclusive @param score mean probability of the labels, 0 to 1"""

    kind: str
    start: int
    end: int
    score: float


def allowed(previous: str | None, label: str) -> bool:
    """I-X follows B-X or I-X, and nothing else; every other label may follow any."""
    return not label.startswith("I-") or (previous is not None and previous[2:] == label[2:])


FORBIDDEN = np.array([[0.0 if allowed(previous, label) else -np.inf for label in LABELS] for previous in LABELS])
FORBIDDEN_FIRST = np.array([0.0 if allowed(None, label) else -np.inf for label in LABELS])


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def best_labels(logits: np.ndarray) -> list[int]:
    """Viterbi. @param logits `[w, labels]`"""
    if len(logits) == 0:
        return []
    scores = log_softmax(logits.astype(np.float64))
    best, back = scores[0] + FORBIDDEN_FIRST, []
    for row in scores[1:]:
        paths = best[:, None] + FORBIDDEN
        back.append(paths.argmax(0))
        best = paths.max(0) + row
    labels = [int(best.argmax())]
    for step in reversed(back):
        labels.append(int(step[labels[-1]]))
    return labels[::-1]


def entities(text: str, words: list[Word], logits: np.ndarray) -> list[Entity]:
    """Entities in order. What is only punctuation is none. @param logits `[w, labels]`"""
    labels = best_labels(logits)
    handles = {i for i in range(len(words)) if is_handle(words, i, text)}
    found = []
    for kind, start, end in spans([LABELS[label] for label in labels], handles):
        first, last = words[start].start, words[end - 1].end
        if any(character.isalnum() or character == "@" for character in text[first:last]):
            found.append(Entity(kind, first, last, score(logits[start:end], labels[start:end])))
    return found


def score(logits: np.ndarray, labels: list[int]) -> float:
    """Mean probability of the labels. @param logits `[w, labels]`"""
    return float(np.exp(log_softmax(logits.astype(np.float64)))[range(len(labels)), labels].mean())


def is_handle(words: list[Word], i: int, text: str) -> bool:
    """`@` and the name right after it are one entity. The training data has two, and white space between them."""
    return i > 0 and words[i - 1].end == words[i].start and text[words[i].start - 1] == "@"


def spans(labels: list[str] | tuple[str, ...], continued: set[int] | frozenset[int] = frozenset()) -> list[tuple[str, int, int]]:
    """(type, start, end) of every entity of BIO2 labels. @param continued where a B- of the same type begins no new entity"""
    found: list[tuple[str, int, int]] = []
    for i, label in enumerate(labels):
        if label == "O":
            continue
        follows = found and found[-1][2] == i and found[-1][0] == label[2:]
        if follows and (label.startswith("I-") or i in continued):
            found[-1] = (found[-1][0], found[-1][1], i + 1)
        elif label.startswith("B-"):
            found.append((label[2:], i, i + 1))
    return found
