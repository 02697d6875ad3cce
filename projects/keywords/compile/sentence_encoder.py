"""The sentence encoder: mean pooling and L2 norm on top of the shared encoder, as in modules.json of all-MiniLM-L6-v2."""

import numpy as np
import onnx

from encoder.graph import EncoderGraph
from encoder.reference import Encoder, Watch, ignore

MAX_TOKENS = 256  # sentence_bert_config.json of all-MiniLM-L6-v2


class SentenceEncoder(Encoder):
    """Float32, in NumPy: the reference."""

    def __call__(self, ids: list[int], watch: Watch = ignore) -> np.ndarray:
        """Unit vector `[h]` of one text. @param ids with special tokens, at most MAX_TOKENS"""
        pooled = self.hidden(ids, watch=watch).mean(0)
        return pooled / max(float(np.linalg.norm(pooled)), 1e-12)


def sentence_graph(encoder: Encoder, ranges: dict[str, tuple[float, float]] | None) -> onnx.ModelProto:
    """The same in ONNX: output `sentence_embedding`, float32 [b, h], unit length."""
    graph = EncoderGraph(encoder, ranges, MAX_TOKENS)
    mask = graph.mask()
    mean = graph.mean_pooled(graph.hidden(mask), mask)
    length = graph.op("Max", graph.op("ReduceL2", mean, graph.ints(1), keepdims=1), graph.scalar(1e-12))
    graph.answer("sentence_embedding", "unit", "Div", mean, length)
    return graph.model("sentence_embedding", ["b", graph.hidden_size])
