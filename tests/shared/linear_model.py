"""A model of three linear layers, for tests of int8 weights and of adapters."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Tiny(nn.Module):
    """A model of two layers and an output layer; `width` is that of its inner layer."""

    def __init__(self, width: int = 63) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.embedding = nn.Embedding(10, 100)
        self.norm = nn.LayerNorm(100)
        self.up = nn.Linear(100, width)
        self.down = nn.Linear(width, 100, bias=False)
        self.head = nn.Linear(100, 10, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        states = self.norm(self.embedding(ids))
        return self.head(states + self.down(torch.relu(self.up(states))))


IDS = torch.tensor([[1, 2, 3], [4, 5, 6]])


def relative_error(found: Tensor, right: Tensor) -> float:
    return float((found - right).detach().norm() / right.norm().detach())
