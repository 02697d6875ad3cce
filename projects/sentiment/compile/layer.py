"""The calibration layer: one scale for all logits (the inverse of a temperature) and one bias a class.

Fitted on TweetEval val. Its scores on that set are cross-fitted: every fifth is scored by a layer fitted on the other four.
In the artifact it is part of the weights of the head.
"""

import random
from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from classifier import Classifier, classifier_graph, logits_of
from data import FOLDS, LABELS, NEUTRAL, SEED, Example, columns

from encoder.reference import softmax

STEPS = 30  # of Newton's method; it stands still after about six
BALANCE = 0.5
"""How much a class counts: its share of the texts to the power of -BALANCE. 0 calibrates for the shares of the set, 1 for
equal shares. Chosen on TweetEval val between the recall of each class and the calibration error."""

Layer = tuple[float, list[float]]
"""Scale, and biases by class; that of neutral is 0."""


def fit(logits: np.ndarray, labels: Sequence[int], balance: float = BALANCE) -> Layer:
    """The layer under which the labels are likeliest, by weight. A convex problem of three numbers. @param logits `[n, classes]`"""
    truth = np.asarray(labels)
    weights = (len(truth) / np.bincount(truth, minlength=len(LABELS)))[truth] ** balance
    biased = [c for c in range(len(LABELS)) if c != NEUTRAL]
    indicators = np.eye(len(LABELS))[:, biased]
    features = np.concatenate([logits[:, :, None], np.broadcast_to(indicators, (len(truth), *indicators.shape))], 2).astype(np.float64)
    theta = np.array([1.0, *(0.0 for _ in biased)])
    right = features[np.arange(len(truth)), truth]
    for _ in range(STEPS):
        probabilities = softmax(features @ theta)
        expected = np.einsum("nc,ncf->nf", probabilities, features)
        gradient = ((right - expected) * weights[:, None]).sum(0)
        second = np.einsum("n,nc,ncf,ncg->fg", weights, probabilities, features, features)
        theta = theta + np.linalg.solve(second - np.einsum("n,nf,ng->fg", weights, expected, expected), gradient)
    biases = np.zeros(len(LABELS))
    biases[biased] = theta[1:]
    return float(theta[0]), biases.tolist()


def calibrate(classifier: Classifier, tokeniser: Tokenizer, examples: list[Example]) -> Layer:
    """Fits a layer on the float32 logits of a classifier and puts it into its head."""
    texts, labels = columns(examples)
    fitted = fit(logits_of(classifier_graph(classifier, None).SerializeToString(), tokeniser, texts), labels)
    classifier.calibrate(*fitted)
    return fitted


def applied(layer: Layer, logits: np.ndarray) -> np.ndarray:
    """Calibrated probabilities `[n, classes]`."""
    scale, biases = layer
    return softmax(logits * scale + np.array(biases))


def cross_fitted(logits: np.ndarray, labels: Sequence[int], balance: float = BALANCE) -> np.ndarray:
    """Probabilities `[n, classes]`, each from a layer that has not seen its text."""
    order = random.Random(SEED).sample(range(len(labels)), len(labels))
    truth, answers = np.asarray(labels), np.zeros(logits.shape)
    for fold in range(FOLDS):
        held_out = order[fold::FOLDS]
        rest = [i for other in range(FOLDS) if other != fold for i in order[other::FOLDS]]
        answers[held_out] = applied(fit(logits[rest], truth[rest], balance), logits[held_out])
    return answers
