"""The tagger in torch: the encoder, an embedding of the features of every word, and one linear layer."""

import numpy as np
import torch

from encoder.reference import Encoder
from encoder.torch_encoder import TorchEncoder, padded

from data import LABELS
from text import CASES, LISTS


class TorchTagger(TorchEncoder):
    """Features enter as the sum of one vector for the case and one for every list a word stands in; both start at 0."""

    def __init__(self, encoder: Encoder, use_case: bool, dropout: float):
        super().__init__(encoder, dropout)
        hidden = encoder.config["hidden_size"]
        self.use_case = use_case
        self.case = torch.nn.Parameter(torch.zeros(len(CASES), hidden))
        self.lists = torch.nn.Parameter(torch.zeros(len(LISTS), hidden))
        self.head = torch.nn.Linear(hidden, len(LABELS))

    def feature_table(self) -> torch.Tensor:
        """`[FEATURES, h]`"""
        numbers = torch.arange(len(CASES) << len(LISTS), device=self.case.device)
        case = self.case[numbers % len(CASES)] * float(self.use_case)
        bits = (numbers[:, None] // len(CASES) >> torch.arange(len(LISTS), device=numbers.device)) & 1
        return case + bits.to(case.dtype) @ self.lists

    def forward(self, rows: list[list[int]], features: list[list[int]]) -> torch.Tensor:
        """Logits `[b, t, labels]`. @param rows token ids with both special tokens @param features of every token"""
        device = self.case.device
        ids = padded(rows, -1).to(device)
        mask = ids >= 0
        added = self.feature_table()[padded(features).to(device)]
        return self.head(self.drop(self.hidden(ids.clamp(min=0), mask, added))).float()

    def to_numpy(self) -> dict[str, np.ndarray]:
        """The encoder's weights, `features.weight` [FEATURES, h], `head.weight` [labels, h], `head.bias` [labels]."""
        with torch.no_grad():
            own = {"features.weight": self.feature_table(), "head.weight": self.head.weight, "head.bias": self.head.bias}
        return super().to_numpy() | {name: value.detach().cpu().numpy() for name, value in own.items()}
