"""What the model card says about accuracy, invariance and speed."""

import random
import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime

from data import SEED, measured_sentences, stsb
from reference import Encoder


def open_session(model: bytes | str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def embed(session: onnxruntime.InferenceSession, rows: list[list[int]], width: int | None = None) -> np.ndarray:
    """Unit vectors `[b, h]` of token rows, padded with 0 to `width` or the longest row."""
    width = width or max(map(len, rows))
    ids = np.zeros((len(rows), width), np.int64)
    mask = np.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


def spearman(a: list[float], b: list[float]) -> float:
    """Rank correlation, ties get their mean rank."""
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def ranks(values: list[float]) -> np.ndarray:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + ends - 1) / 2)[inverse]


def scores(data: Path, encoder: Encoder, tokenise, model: bytes, float_model: bytes) -> dict:
    session, float_session = open_session(model), open_session(float_model)
    sentences = measured_sentences(data)
    quantised = np.vstack([embed(session, [tokenise(text)]) for text in sentences])
    reference = np.vstack([encoder(tokenise(text)) for text in sentences])
    cosines = (quantised * reference).sum(1)
    return {
        "stsb_dev_spearman_fp32": round(stsb_spearman(data, tokenise, lambda ids: encoder(ids)), 4),
        "stsb_dev_spearman_int8": round(stsb_spearman(data, tokenise, lambda ids: embed(session, [ids])[0]), 4),
        "cosine_int8_to_fp32_min": round(float(cosines.min()), 4),
        "cosine_int8_to_fp32_mean": round(float(cosines.mean()), 5),
        "cosine_sentences": len(sentences),
        "invariance_max_difference": invariance(session, [tokenise(text) for text in sentences[:200]]),
        "speed_int8_to_fp32": round(speed_ratio(session, float_session, [tokenise(text) for text in sentences[:100]]), 2),
        "bytes": len(model),
    }


def stsb_spearman(data: Path, tokenise, vector) -> float:
    pairs = stsb(data, "dev")
    similarities = [float(vector(tokenise(a)) @ vector(tokenise(b))) for a, b, _ in pairs]
    return spearman(similarities, [score for _, _, score in pairs])


def invariance(session: onnxruntime.InferenceSession, rows: list[list[int]]) -> float:
    """Largest change of a component between a text alone and in a shuffled, padded batch."""
    alone = np.vstack([embed(session, [row]) for row in rows])
    order = random.Random(SEED).sample(range(len(rows)), len(rows))
    worst = 0.0
    for start in range(0, len(order), 16):
        chosen = order[start : start + 16]
        width = max(len(rows[i]) for i in chosen) + start % 7
        worst = max(worst, float(np.abs(embed(session, [rows[i] for i in chosen], width) - alone[chosen]).max()))
    return float(f"{worst:.1e}")


def speed_ratio(session, float_session, rows: list[list[int]], rounds: int = 5) -> float:
    """Time of fp32 over time of int8, one text at a time on one thread; alternating, median of the rounds."""

    def seconds(which) -> float:
        begin = time.perf_counter()
        for row in rows:
            embed(which, [row])
        return time.perf_counter() - begin

    return statistics.median(seconds(float_session) / seconds(session) for _ in range(rounds))
