"""The compiled tagger as it lies in a version folder, read with nothing but what lies there."""

import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from data import LABELS
from text import LISTS, Gazetteer
from windows import CLS, MAX_TOKENS, OVERLAP_TOKENS, SEP, Run

from encoder.session import open_session, run_rows

SETTINGS = {
    "labels": LABELS,
    "lists": LISTS,
    "cls_id": CLS,
    "sep_id": SEP,
    "window_tokens": MAX_TOKENS,
    "overlap_tokens": OVERLAP_TOKENS,
}
ROWS = 16  # of one call


def write_settings(folder: Path) -> None:
    (folder / "model_artifacts/tagger.json").write_text(json.dumps(SETTINGS, indent=2) + "\n")


def running(model: bytes | str) -> Run:
    """Logits by the compiled graph: rows of like length together."""
    session = open_session(model)

    def run(rows: list[list[int]], features: list[list[int]]) -> list[np.ndarray]:
        answers: list[np.ndarray] = [np.empty(0)] * len(rows)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        for start in range(0, len(order), ROWS):
            chosen = order[start : start + ROWS]
            logits = run_rows(session, {"input_ids": [rows[i] for i in chosen], "feature_ids": [features[i] for i in chosen]})
            for i, answer in zip(chosen, logits):
                answers[i] = answer[: len(rows[i])]
        return answers

    return run


def open_version(folder: Path) -> tuple[Tokenizer, Gazetteer, Run]:
    artifacts = folder / "model_artifacts"
    settings = json.loads((artifacts / "tagger.json").read_text())
    if settings != json.loads(json.dumps(SETTINGS)):
        raise ValueError(f"{artifacts}/tagger.json was made with other settings than these scripts have: {settings}")
    tokeniser = Tokenizer.from_file(str(artifacts / "tokenizer.json"))
    return tokeniser, Gazetteer.read(artifacts / "gazetteer.tsv"), running(str(artifacts / "model.onnx"))
