"""Scores of probabilities or logits `[n, classes]` against labels."""

from collections.abc import Sequence

import numpy as np

from data import LABELS, NEGATIVE, POSITIVE

BINS = 10


def recalls(predicted: np.ndarray, labels: Sequence[int]) -> list[float]:
    """By class, the share of its texts that are answered with it."""
    truth = np.asarray(labels)
    return [float((predicted[truth == c] == c).mean()) for c in range(len(LABELS))]


def accuracy_of_two(scores: np.ndarray, labels: Sequence[int]) -> float:
    """Of texts that are negative or positive: the likelier of the two, whatever neutral has."""
    return float((np.where(scores[:, POSITIVE] > scores[:, NEGATIVE], POSITIVE, NEGATIVE) == np.asarray(labels)).mean())


def table(probabilities: np.ndarray, labels: Sequence[int]) -> dict:
    """Accuracy, macro recall, and precision, recall and F1 of each class."""
    truth, predicted = np.asarray(labels), probabilities.argmax(1)
    classes = {}
    for c, name in enumerate(LABELS):
        hits = int(((predicted == c) & (truth == c)).sum())
        said, there = int((predicted == c).sum()), int((truth == c).sum())
        precision, recall = hits / max(said, 1), hits / max(there, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        classes[name] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "texts": there}
    macro = float(np.mean(recalls(predicted, labels)))
    return {"accuracy": round(float((predicted == truth).mean()), 4), "macro_recall": round(macro, 4), "classes": classes}


def reliability(probabilities: np.ndarray, labels: Sequence[int]) -> dict:
    """How often the likeliest class is right, by its probability; the expected calibration error is the mean gap by texts."""
    best, right = probabilities.max(1), probabilities.argmax(1) == np.asarray(labels)
    bin_of = np.minimum((best * BINS).astype(int), BINS - 1)
    bins = [
        {
            "texts": int((bin_of == b).sum()),
            "mean_probability": round(float(best[bin_of == b].mean()), 4),
            "share_right": round(float(right[bin_of == b].mean()), 4),
        }
        for b in range(BINS)
        if (bin_of == b).any()
    ]
    error = sum(b["texts"] * abs(b["mean_probability"] - b["share_right"]) for b in bins) / len(best)
    return {"expected_calibration_error": round(error, 4), "bins": bins}
