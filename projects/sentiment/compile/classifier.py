"""The classifier: the shared encoder, the mean of its token vectors, one linear layer."""

import numpy as np
import onnx
from tokenizers import Tokenizer

from data import LABELS

from encoder.calibrate import calibrate
from encoder.graph import EncoderGraph
from encoder.reference import Encoder, Watch, ignore
from encoder.session import open_session, run_rows

MAX_TOKENS = 128
ROWS = 16  # of one call


class Classifier(Encoder):
    """Float32, in NumPy: the reference. Weights of train.py: those of the encoder, `head.weight`, `head.bias`."""

    def __call__(self, ids: list[int], watch: Watch = ignore) -> np.ndarray:
        """Logits `[classes]`"""
        return self.hidden(ids, watch=watch).mean(0) @ self.weights["head.weight"].T + self.weights["head.bias"]

    def calibrate(self, scale: float, biases: list[float]) -> None:
        """All logits from now on are `scale * logits + biases`."""
        self.weights["head.weight"] = self.weights["head.weight"] * np.float32(scale)
        self.weights["head.bias"] = self.weights["head.bias"] * np.float32(scale) + np.array(biases, np.float32)


def classifier_graph(classifier: Classifier, ranges: dict[str, tuple[float, float]] | None) -> onnx.ModelProto:
    """The same in ONNX: output `logits`, float32 [b, classes]."""
    graph = EncoderGraph(classifier, ranges, MAX_TOKENS)
    mask = graph.mask()
    pooled = graph.mean_pooled(graph.hidden(mask), mask)
    graph.linear("logits", pooled, classifier.weights["head.weight"], classifier.weights["head.bias"])
    return graph.model("logits", ["b", len(LABELS)])


def compiled(classifier: Classifier, rows: list[list[int]]) -> dict[str, bytes]:
    """The quantised model and the float32 one. @param rows token ids that fix the ranges"""
    ranges = {"int8": calibrate(classifier, rows), "fp32": None}
    return {name: classifier_graph(classifier, of).SerializeToString() for name, of in ranges.items()}


def logits_of(model: bytes | str, tokeniser: Tokenizer, texts: list[str]) -> np.ndarray:
    """`[n, classes]` by the compiled graph: texts of like length together. @param tokeniser cuts at MAX_TOKENS"""
    session = open_session(model)
    rows = [encoding.ids for encoding in tokeniser.encode_batch(texts)]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    answers = np.zeros((len(rows), len(LABELS)), np.float32)
    for start in range(0, len(order), ROWS):
        chosen = order[start : start + ROWS]
        answers[chosen] = run_rows(session, {"input_ids": [rows[i] for i in chosen]})
    return answers
