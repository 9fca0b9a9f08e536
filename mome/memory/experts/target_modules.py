"""Where a memory sits in a transformers model when nobody says so: the text backbone and the PEFT tuner ask this."""

from __future__ import annotations

import math

from torch import nn

from mome.errors import BackboneError
from mome.memory.experts.layer import MemoryLayer

DOWN = ("down_proj", "wo", "fc2", "c_proj", "dense_4h_to_h", "fc_out", "output.dense")
"""Names of feed-forward outputs; BERT's attention has an `output.dense`, too, which is none."""


def feed_forward_outputs(model: nn.Module, *, seq2seq: bool) -> tuple[str, ...]:
    """Qualified names of the feed-forward outputs of the last third of the (decoder's) layers; raises BackboneError."""
    side = "decoder." if seq2seq else ""
    linear = [
        name
        for name, module in model.named_modules()
        if isinstance(module, (nn.Linear, MemoryLayer)) and side in name
    ]
    found = [
        name
        for name in linear
        if name.endswith(tuple(f".{down}" for down in DOWN)) and "attention.output" not in name
    ]
    if not found:
        raise BackboneError(
            f"{type(model).__name__} has no feed-forward output under a known name ({', '.join(DOWN)})"
        )
    return tuple(found[-math.ceil(len(found) / 3) :])
