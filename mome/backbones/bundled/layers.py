"""Layers that are made without drawing their weights.

A model's weights are read from its file, or drawn by `BundledModel.initialise`. To draw them before
takes longer than to read them, and torch's "meta" device imports more than it saves.
"""

from __future__ import annotations

from torch import nn


class UnsetLinear(nn.Linear):
    """A linear map whose weights are not set yet."""

    def reset_parameters(self) -> None:
        """Leave the weights as they are."""


class UnsetEmbedding(nn.Embedding):
    """An embedding whose weights are not set yet."""

    def reset_parameters(self) -> None:
        """Leave the weights as they are."""
