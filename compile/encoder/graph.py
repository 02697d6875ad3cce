"""The ONNX graph of the encoder, float32 or statically quantised (QDQ); a task puts its own head on it.

Inputs `input_ids`, `attention_mask`: int64 [b, t], and those that a task adds.
Quantised: the word embeddings (int8, one scale a row) and the four matrix products with weights of each layer (weights
int8 symmetric, one scale an output channel; inputs uint8, one fixed scale each, found by calibration). Attention
products, softmax, layer norms, pooling and heads stay float32. No scale depends on the batch, so neither does an answer.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from encoder.reference import Encoder

OPSET = 20  # first with Gelu
MASKED = -1e9  # exp() of it is exactly 0, so padding cannot move an answer


class Graph:
    """Collects nodes and weights; every method returns the name of its output."""

    def __init__(self):
        self.nodes, self.initializers, self.count = [], [], 0

    def constant(self, value: np.ndarray) -> str:
        self.count += 1
        name = f"c{self.count}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, *inputs: str, **attributes) -> str:
        self.count += 1
        name = f"{kind.lower()}_{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def answer(self, output: str, name: str, kind: str, *inputs: str) -> None:
        """The node whose result is the output of the graph."""
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=name))

    def scalar(self, value: float) -> str:
        return self.constant(np.float32(value))

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))


def activation_parameters(low: float, high: float) -> tuple[np.float32, np.uint8]:
    """Scale and zero point of uint8 for values in [low, high]; 0 is represented exactly."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = np.float32((high - low) / 255.0)
    return scale, np.uint8(np.clip(round(-low / scale), 0, 255))


def quantise_channels(weight: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 values and one scale per index of `axis`; symmetric, range [-127, 127]."""
    other = tuple(i for i in range(weight.ndim) if i != axis)
    scale = np.maximum(np.abs(weight).max(other), 1e-12).astype(np.float32) / np.float32(127)
    shape = [-1 if i == axis else 1 for i in range(weight.ndim)]
    return np.clip(np.round(weight / scale.reshape(shape)), -127, 127).astype(np.int8), scale


class EncoderGraph(Graph):
    """@param ranges {name of a product: (low, high) of its input}; None builds float32 @param max_tokens longest row"""

    def __init__(self, encoder: Encoder, ranges: dict[str, tuple[float, float]] | None, max_tokens: int):
        super().__init__()
        self.weights, self.encoder, self.ranges, self.max_tokens = encoder.weights, encoder, ranges, max_tokens
        self.hidden_size = encoder.config["hidden_size"]

    def product(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """x @ weight + bias. weight `[in, out]`"""
        if self.ranges is None:
            return self.op("Add", self.op("MatMul", x, self.constant(weight)), self.constant(bias))
        scale, zero = activation_parameters(*self.ranges[name])
        parameters = [self.constant(scale), self.constant(zero)]
        activation = self.op("DequantizeLinear", self.op("QuantizeLinear", x, *parameters), *parameters)
        values, scales = quantise_channels(weight, axis=1)
        zeros = self.constant(np.zeros(len(scales), np.int8))
        dequantised = self.op("DequantizeLinear", self.constant(values), self.constant(scales), zeros, axis=1)
        return self.op("Add", self.op("MatMul", activation, dequantised), self.constant(bias))

    def dense(self, x: str, product: str, layer: str) -> str:
        return self.product(x, product, self.weights[f"{layer}.weight"].T, self.weights[f"{layer}.bias"])

    def norm(self, x: str, name: str) -> str:
        weight, bias = (self.constant(self.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=self.encoder.epsilon)

    def embeddings(self, added: str | None) -> str:
        words = self.weights["embeddings.word_embeddings.weight"]
        if self.ranges is None:
            embedded = self.op("Gather", self.constant(words), "input_ids")
        else:
            values, scales = quantise_channels(words, axis=0)
            rows = self.op("Cast", self.op("Gather", self.constant(values), "input_ids"), to=TensorProto.FLOAT)
            embedded = self.op("Mul", rows, self.op("Gather", self.constant(scales[:, None]), "input_ids"))
        length = self.op("Slice", self.op("Shape", "input_ids"), self.ints(1), self.ints(2))
        positions = self.weights["embeddings.position_embeddings.weight"][: self.max_tokens]
        positions = positions + self.weights["embeddings.token_type_embeddings.weight"][0]
        position = self.op("Slice", self.constant(positions), self.ints(0), length, self.ints(0))
        embedded = self.op("Add", embedded, position)
        return self.norm(embedded if added is None else self.op("Add", embedded, added), "embeddings.LayerNorm")

    def heads(self, x: str, axes: tuple[int, ...]) -> str:
        """[b, t, h] to [b, n, …]"""
        shape = self.ints(0, 0, self.encoder.heads, self.hidden_size // self.encoder.heads)
        return self.op("Transpose", self.op("Reshape", x, shape), perm=axes)

    def attention(self, x: str, name: str, bias: str) -> str:
        weights, biases = [], []
        for part in ("query", "key", "value"):
            weights.append(self.weights[f"{name}.attention.self.{part}.weight"].T)
            biases.append(self.weights[f"{name}.attention.self.{part}.bias"])
        joined = self.product(x, f"{name}.qkv", np.concatenate(weights, 1), np.concatenate(biases))
        q, k, v = (
            self.op("Slice", joined, self.ints(i * self.hidden_size), self.ints((i + 1) * self.hidden_size), self.ints(2))
            for i in range(3)
        )
        scale = self.scalar(1 / np.sqrt(self.hidden_size // self.encoder.heads))
        scores = self.op("MatMul", self.heads(q, (0, 2, 1, 3)), self.heads(k, (0, 2, 3, 1)))
        scores = self.op("Add", self.op("Mul", scores, scale), bias)
        context = self.op("MatMul", self.op("Softmax", scores, axis=-1), self.heads(v, (0, 2, 1, 3)))
        context = self.op("Transpose", context, perm=(0, 2, 1, 3))
        return self.op("Reshape", context, self.ints(0, 0, self.hidden_size))

    def layer(self, x: str, name: str, bias: str) -> str:
        context = self.attention(x, name, bias)
        attended = self.op("Add", x, self.dense(context, f"{name}.attention_output", f"{name}.attention.output.dense"))
        attended = self.norm(attended, f"{name}.attention.output.LayerNorm")
        inner = self.op("Gelu", self.dense(attended, f"{name}.intermediate", f"{name}.intermediate.dense"))
        return self.norm(self.op("Add", attended, self.dense(inner, f"{name}.output", f"{name}.output.dense")), f"{name}.output.LayerNorm")

    def mask(self) -> str:
        """`[b, t]` float32; 1 = token, 0 = padding"""
        return self.op("Cast", "attention_mask", to=TensorProto.FLOAT)

    def hidden(self, mask: str, added: str | None = None) -> str:
        """`[b, t, h]` of all tokens. @param added `[b, t, h]`, joins the embeddings before their norm"""
        absent = self.op("Sub", self.scalar(1), mask)
        bias = self.op("Mul", self.op("Unsqueeze", absent, self.ints(1, 2)), self.scalar(MASKED))
        x = self.embeddings(added)
        for i in range(self.encoder.config["num_hidden_layers"]):
            x = self.layer(x, f"encoder.layer.{i}", bias)
        return x

    def mean_pooled(self, x: str, mask: str) -> str:
        """`[b, h]`, mean of the real tokens"""
        column = self.op("Unsqueeze", mask, self.ints(2))
        total = self.op("ReduceSum", self.op("Mul", x, column), self.ints(1), keepdims=0)
        count = self.op("Max", self.op("ReduceSum", column, self.ints(1), keepdims=0), self.scalar(1e-9))
        return self.op("Div", total, count)

    def linear(self, output: str, x: str, weight: np.ndarray, bias: np.ndarray) -> None:
        """The float32 head of a classifier: `x @ weight.T + bias` as an output of the graph. weight `[out, in]`"""
        self.answer(output, "head", "Add", self.op("MatMul", x, self.constant(weight.T)), self.constant(bias))

    def model(self, output: str, shape: list[str | int], added_inputs: tuple[str, ...] = ()) -> onnx.ModelProto:
        """The checked model. @param shape of the float32 output @param added_inputs int64 [b, t] beside ids and mask"""
        names = ("input_ids", "attention_mask", *added_inputs)
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"]) for name in names]
        answer = helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)
        graph = helper.make_graph(self.nodes, "encoder", inputs, [answer], self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="servery")
        model.ir_version = 9
        onnx.checker.check_model(model, full_check=True)
        return model
