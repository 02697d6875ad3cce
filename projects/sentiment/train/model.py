"""The classifier in torch: the encoder, the mean of its token vectors, and one linear layer."""

import numpy as np
import torch

from encoder.reference import Encoder
from encoder.torch_encoder import TorchEncoder, mean_pooled, padded

from data import LABELS


class TorchClassifier(TorchEncoder):
    """The embeddings stay as they are: words that training lacks keep their place among those that it has."""

    def __init__(self, encoder: Encoder, dropout: float):
        super().__init__(encoder, dropout)
        self.head = torch.nn.Linear(encoder.config["hidden_size"], len(LABELS))
        for name in self.names:
            self.weight(name).requires_grad = not name.startswith("embeddings.")

    def forward(self, rows: list[list[int]]) -> torch.Tensor:
        """Logits `[b, classes]`. @param rows token ids with both special tokens"""
        ids = padded(rows, -1).to(self.head.weight.device)
        mask = ids >= 0
        return self.head(self.drop(mean_pooled(self.hidden(ids.clamp(min=0), mask), mask))).float()

    def to_numpy(self) -> dict[str, np.ndarray]:
        """The encoder's weights, `head.weight` [classes, h], `head.bias` [classes]."""
        own = {"head.weight": self.head.weight, "head.bias": self.head.bias}
        return super().to_numpy() | {name: value.detach().cpu().numpy() for name, value in own.items()}
