"""The encoder of reference.py in torch: batches, gradients, dropout. Same weights, same names."""

import numpy as np
import torch
from torch.nn import functional

from encoder.reference import Encoder


class TorchEncoder(torch.nn.Module):
    """@param dropout share of the values dropped after the embeddings and every block, while training"""

    def __init__(self, encoder: Encoder, dropout: float = 0.0):
        super().__init__()
        self.heads, self.epsilon, self.dropout = encoder.heads, encoder.epsilon, dropout
        self.depth = encoder.config["num_hidden_layers"]
        names = [name for name in encoder.weights if encoder.weights[name].dtype == np.float32]
        self.names = {name: name.replace(".", "_") for name in names}
        for name, key in self.names.items():
            self.register_parameter(key, torch.nn.Parameter(torch.from_numpy(encoder.weights[name].copy())))

    def weight(self, name: str) -> torch.Tensor:
        return getattr(self, self.names[name])

    def dense(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.linear(x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"))

    def norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        parameters = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return functional.layer_norm(x, x.shape[-1:], *parameters, self.epsilon)

    def drop(self, x: torch.Tensor) -> torch.Tensor:
        return functional.dropout(x, self.dropout, self.training)

    def layer(self, x: torch.Tensor, mask: torch.Tensor, name: str) -> torch.Tensor:
        b, t, h = x.shape
        q, k, v = (
            self.dense(x, f"{name}.attention.self.{part}").view(b, t, self.heads, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        context = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
        context = self.dense(context.transpose(1, 2).reshape(b, t, h), f"{name}.attention.output.dense")
        x = self.norm(x + self.drop(context), f"{name}.attention.output.LayerNorm")
        inner = functional.gelu(self.dense(x, f"{name}.intermediate.dense"))
        return self.norm(x + self.drop(self.dense(inner, f"{name}.output.dense")), f"{name}.output.LayerNorm")

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor, added: torch.Tensor | None = None) -> torch.Tensor:
        """Vectors `[b, t, h]`. @param ids, mask `[b, t]`, of `padded` @param added `[b, t, h]`, joins the embeddings before their norm"""
        x = self.weight("embeddings.word_embeddings.weight")[ids]
        x = x + self.weight("embeddings.position_embeddings.weight")[: ids.shape[1]]
        x = x + self.weight("embeddings.token_type_embeddings.weight")[0]
        x = self.drop(self.norm(x if added is None else x + added, "embeddings.LayerNorm"))
        for i in range(self.depth):
            x = self.layer(x, mask, f"encoder.layer.{i}")
        return x

    def to_numpy(self) -> dict[str, np.ndarray]:
        return {name: self.weight(name).detach().cpu().numpy() for name in self.names}


def padded(rows: list[list[int]], value: int = 0) -> torch.Tensor:
    """`[b, longest]`"""
    width = max(map(len, rows))
    return torch.tensor([row + [value] * (width - len(row)) for row in rows])


def mean_pooled(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean `[b, h]` over the real tokens. @param x `[b, t, h]` @param mask `[b, t]`"""
    return (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
