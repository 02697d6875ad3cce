"""The tagger: the shared encoder, an embedding of the features of every word, and one linear layer."""

import numpy as np
import onnx

from data import LABELS
from windows import MAX_TOKENS

from encoder.graph import EncoderGraph
from encoder.reference import Encoder, Watch, ignore

Row = tuple[list[int], list[int]]
"""Token ids and features, of `windows.row_of`."""


class Tagger(Encoder):
    """Float32, in NumPy: the reference. Weights of train.py: those of the encoder, `features.weight`, `head.weight`, `head.bias`."""

    def __call__(self, row: Row, watch: Watch = ignore) -> np.ndarray:
        """Logits `[t, labels]`"""
        ids, features = row
        hidden = self.hidden(ids, self.weights["features.weight"][features], watch)
        return hidden @ self.weights["head.weight"].T + self.weights["head.bias"]

    def scale(self, factor: float) -> None:
        """Multiplies all logits from now on."""
        for name in ("head.weight", "head.bias"):
            self.weights[name] = self.weights[name] * np.float32(factor)


def tagger_graph(tagger: Tagger, ranges: dict[str, tuple[float, float]] | None) -> onnx.ModelProto:
    """The same in ONNX: one more input, `feature_ids`; output `logits`, float32 [b, t, labels]."""
    graph = EncoderGraph(tagger, ranges, MAX_TOKENS)
    added = graph.op("Gather", graph.constant(tagger.weights["features.weight"]), "feature_ids")
    hidden = graph.hidden(graph.mask(), added)
    graph.linear("logits", hidden, tagger.weights["head.weight"], tagger.weights["head.bias"])
    return graph.model("logits", ["b", "t", len(LABELS)], ("feature_ids",))
