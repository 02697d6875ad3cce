"""A compiled graph on one thread: its answers, whether they depend on the batch, and its speed."""

import random
import statistics
import time

import numpy as np
import onnxruntime

Rows = dict[str, list[list[int]]]
"""Rows of token ids under `input_ids`, and of what else the graph takes under its name; rows of one text are equally long."""


def open_session(model: bytes | str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run_rows(session: onnxruntime.InferenceSession, rows: Rows, width: int | None = None) -> np.ndarray:
    """The graph's answer `[b, …]` for rows padded with 0 to `width` or the longest of them."""
    lengths = [len(row) for row in rows["input_ids"]]
    width = width or max(lengths)
    feeds = {"attention_mask": (np.arange(width) < np.array(lengths)[:, None]).astype(np.int64)}
    for name, values in rows.items():
        feeds[name] = np.zeros((len(lengths), width), np.int64)
        for i, row in enumerate(values):
            feeds[name][i, : len(row)] = row
    return session.run(None, feeds)[0]


def selected(rows: Rows, indices: list[int]) -> Rows:
    return {name: [values[i] for i in indices] for name, values in rows.items()}


def invariance(session: onnxruntime.InferenceSession, rows: Rows, seed: int) -> float:
    """Largest change of a number of the answer between a text alone and in a shuffled, padded batch."""
    count = len(rows["input_ids"])
    alone = [run_rows(session, selected(rows, [i]))[0] for i in range(count)]
    order = random.Random(seed).sample(range(count), count)
    worst = 0.0
    for start in range(0, count, 16):
        chosen = order[start : start + 16]
        width = max(len(rows["input_ids"][i]) for i in chosen) + start % 7
        for i, answer in zip(chosen, run_rows(session, selected(rows, chosen), width)):
            real = answer[: len(alone[i])]  # of an answer per token, those of padding are no one's
            worst = max(worst, float(np.abs(real - alone[i]).max()))
    return float(f"{worst:.1e}")


def speed_ratio(session: onnxruntime.InferenceSession, float_session: onnxruntime.InferenceSession, rows: Rows, rounds: int = 5) -> float:
    """Time of fp32 over time of int8, one text at a time on one thread; alternating, median of the rounds."""

    def seconds(which: onnxruntime.InferenceSession) -> float:
        begin = time.perf_counter()
        for i in range(len(rows["input_ids"])):
            run_rows(which, selected(rows, [i]))
        return time.perf_counter() - begin

    return statistics.median(seconds(float_session) / seconds(session) for _ in range(rounds))
