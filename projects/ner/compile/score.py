"""F1 by exact span and type, over all entities of a set."""

from collections import Counter
from dataclasses import dataclass

from tokenizers import Tokenizer

from data import TYPES, UNSCORED, Sentence
from decode import Entity, entities, spans
from text import Gazetteer
from windows import Run, word_logits

Span = tuple[str, int, int]
"""(type, start, end) in code points."""


@dataclass(frozen=True)
class Labelled:
    """A sentence as one text, its words joined by spaces."""

    text: str
    gold: frozenset[Span]
    unscored: frozenset[tuple[int, int]]


def labelled(sentence: Sentence) -> Labelled:
    starts, at = [], 0
    for word in sentence.words:
        starts.append(at)
        at += len(word) + 1
    ends = [start + len(word) for start, word in zip(starts, sentence.words)]
    gold = frozenset((kind, starts[first], ends[last - 1]) for kind, first, last in spans(sentence.labels))
    unscored = frozenset((s, e) for s, e, label in zip(starts, ends, sentence.labels) if label == UNSCORED)
    return Labelled(" ".join(sentence.words), gold, unscored)


def predicted(texts: list[str], tokeniser: Tokenizer, gazetteer: Gazetteer, run: Run) -> list[list[Entity]]:
    return [
        entities(text, words, logits)
        for text, (words, logits) in zip(texts, word_logits(texts, tokeniser, gazetteer, run))
    ]


def scored(sentence: Labelled, answer: list[Entity]) -> list[Entity]:
    """Without those that touch a word of which the set does not say the truth."""
    return [entity for entity in answer if not any(entity.start < end and start < entity.end for start, end in sentence.unscored)]


def table(sentences: list[Labelled], answers: list[list[Entity]]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and number of entities of every type and of all of them."""
    right, answered, wanted = Counter(), Counter(), Counter()
    for sentence, answer in zip(sentences, answers):
        spans_found = {(entity.kind, entity.start, entity.end) for entity in scored(sentence, answer)}
        for counter, spans_of in ((right, spans_found & sentence.gold), (answered, spans_found), (wanted, sentence.gold)):
            for kind, _, _ in spans_of:
                counter[kind] += 1
                counter["all"] += 1
    return {kind: measures(right[kind], answered[kind], wanted[kind]) for kind in ("all", *TYPES)}


def tables(sets: dict[str, list[Labelled]], answers: dict[str, list[list[Entity]]]) -> dict[str, dict]:
    return {name: table(sentences, answers[name]) for name, sentences in sets.items()}


def reliability(sentences: list[Labelled], answers: list[list[Entity]], bins: int = 10) -> dict:
    """How far the score of an entity is the share of right ones: bins of equal width, and the expected calibration error."""
    pairs = [
        (entity.score, (entity.kind, entity.start, entity.end) in sentence.gold)
        for sentence, answer in zip(sentences, answers)
        for entity in scored(sentence, answer)
    ]
    made, error = [], 0.0
    for i in range(bins):
        inside = [pair for pair in pairs if min(int(pair[0] * bins), bins - 1) == i]
        if inside:
            score, right = (sum(column) / len(inside) for column in zip(*inside))
            error += abs(score - right) * len(inside) / len(pairs)
            made.append({"entities": len(inside), "mean_score": round(score, 4), "share_right": round(right, 4)})
    return {"expected_calibration_error": round(error, 4), "bins": made}


def f1_of(one: dict) -> float:
    return one["all"]["f1"]


def measures(right: int, answered: int, wanted: int) -> dict[str, float]:
    precision, recall = right / max(1, answered), right / max(1, wanted)
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * right / max(1, answered + wanted), 4),
        "entities": wanted,
    }
