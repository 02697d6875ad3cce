"""Ranges of the inputs of every quantised product, over texts one at a time (padding must not enter)."""

import numpy as np

from reference import Encoder

CLIPPED_SHARE = 1e-6  # values outside the central 1 - 2 * share are clipped: a few outliers must not cost all others precision


def calibrate(encoder: Encoder, token_ids: list[list[int]], clipped_share: float = CLIPPED_SHARE) -> dict[str, tuple[float, float]]:
    """{product: (low, high)}: the clipped_share quantile at both ends of all its input values."""
    seen: dict[str, list[np.ndarray]] = {}
    for ids in token_ids:
        encoder(ids, lambda name, x: seen.setdefault(name, []).append(x.ravel().astype(np.float16)))
    return {name: range_of(np.concatenate(values).astype(np.float32), clipped_share) for name, values in seen.items()}


def range_of(values: np.ndarray, clipped_share: float) -> tuple[float, float]:
    if clipped_share == 0:
        return float(values.min()), float(values.max())
    tail = max(1, int(len(values) * clipped_share))
    ordered = np.partition(values, [tail, len(values) - 1 - tail])
    return float(ordered[tail]), float(ordered[len(values) - 1 - tail])
