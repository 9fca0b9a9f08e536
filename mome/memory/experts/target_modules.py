"""Default memory layers of a transformers model; the text backbone and the PEFT tuner use them."""

from __future__ import annotations

import math

from torch import nn

from mome.errors import BackboneError
from mome.memory.experts.layer import MemoryLayer

DOWN = ("down_proj", "wo", "fc2", "c_proj", "dense_4h_to_h", "fc_out", "output.dense")
"""Names of feed-forward outputs. BERT's attention also has an `output.dense`, which is excluded
below.
"""


def feed_forward_outputs(model: nn.Module, *, seq2seq: bool) -> tuple[str, ...]:
    """Return qualified names of the feed-forward outputs in the last third of the (decoder) layers.

    Raises BackboneError if the model has none under a known name.
    """
    # The encoder reads the question for the router, so it must not change with the route.
    side = "decoder." if seq2seq else ""
    linear = [
        name
        for name, module in model.named_modules()
        if isinstance(module, (nn.Linear, MemoryLayer)) and side in name
    ]
    endings = tuple(f".{down}" for down in DOWN)
    found = [name for name in linear if name.endswith(endings) and "attention.output" not in name]
    if not found:
        raise BackboneError(
            f"{type(model).__name__} has no feed-forward output under a known name "
            f"({', '.join(DOWN)})"
        )
    # Upper layers leave a long trunk below the memory, which is computed once per fact.
    return tuple(found[-math.ceil(len(found) / 3) :])
