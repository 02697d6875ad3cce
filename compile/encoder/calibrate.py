"""Ranges of the inputs of every quantised product, over texts one at a time (padding must not enter)."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np

from encoder.reference import Watch

CLIPPED_SHARE = 1e-6  # values outside the central 1 - 2 * share are clipped: a few outliers must not cost all others precision
Text = TypeVar("Text")


def calibrate(forward: Callable[[Text, Watch], object], texts: Iterable[Text], clipped_share: float = CLIPPED_SHARE) -> dict[str, tuple[float, float]]:
    """{product: (low, high)}: the clipped_share quantile at both ends of all its input values.

    @param forward runs the float32 reference on one tokenised text, watched
    """
    seen: dict[str, list[np.ndarray]] = {}
    for text in texts:
        forward(text, lambda name, x: seen.setdefault(name, []).append(x.ravel().astype(np.float16)))
    return {name: range_of(np.concatenate(values).astype(np.float32), clipped_share) for name, values in seen.items()}


def range_of(values: np.ndarray, clipped_share: float) -> tuple[float, float]:
    if clipped_share == 0:
        return float(values.min()), float(values.max())
    tail = max(1, int(len(values) * clipped_share))
    ordered = np.partition(values, [tail, len(values) - 1 - tail])
    return float(ordered[tail]), float(ordered[len(values) - 1 - tail])
