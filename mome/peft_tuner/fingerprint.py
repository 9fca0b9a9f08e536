"""Tells one base model from another: a memory answers in the directions of the one that it was trained on. `MomeModel` compares."""

from __future__ import annotations

import hashlib

import torch
from torch import nn

from mome.peft_tuner.holder import HOLDER

VALUES = 16
"""Looked at in every weight; all of a large model would take minutes."""


def fingerprint(model: nn.Module) -> str | None:
    """Hex SHA-256 over some values of every weight, in half precision so that the type in which it is loaded makes no difference.

    None where weights are not in memory. Covers another model or another training of it, not a change of single values.
    """
    digest = hashlib.sha256()
    for name, weight in model.named_parameters():
        if weight.is_meta:
            return None
        if not name.startswith(f"{HOLDER}."):
            step = max(1, weight.numel() // VALUES)
            values = (
                weight.detach()
                .flatten()[::step]
                .to("cpu", torch.bfloat16)
                .contiguous()
                .view(torch.int16)
            )
            digest.update(f"{name.replace('.base_layer', '')}{tuple(weight.shape)}".encode())
            digest.update(values.numpy().tobytes())
    return digest.hexdigest()
