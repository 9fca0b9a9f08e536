"""Fingerprint of a base model. `MomeModel` compares it before an adapter is added.

Experts only make sense in the base model on which they were trained.
"""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor, nn

from mome.peft_tuner.holder import HOLDER

VALUES = 16
"""Number of values hashed of each weight, about; hashing all of a large model takes minutes."""


def fingerprint(model: nn.Module) -> str | None:
    """Return the hex SHA-256 of some values of every weight; None if one is on the meta device.

    Covers: another model, or the same model trained otherwise. Does not cover: changes of single
    values, and the type in which the weights are loaded.
    """
    digest = hashlib.sha256()
    for name, weight in model.named_parameters():
        if weight.is_meta:
            return None
        if not name.startswith(f"{HOLDER}."):
            digest.update(f"{name.replace('.base_layer', '')}{tuple(weight.shape)}".encode())
            digest.update(_sample(weight))
    return digest.hexdigest()


def _sample(weight: Tensor) -> bytes:
    """Return evenly spaced values of a weight in bfloat16, so that its type makes no difference."""
    step = max(1, weight.numel() // VALUES)
    values = weight.detach().flatten()[::step].to("cpu", torch.bfloat16)
    # numpy has no bfloat16: hash the bits as 16-bit integers.
    return values.contiguous().view(torch.int16).numpy().tobytes()
