"""Linear layers of a frozen model with int8 weights, and a LoRA adapter that can be switched off.

`int8_model` puts them into a model; `load_adapter` reads an adapter as PEFT saves it.

Axis legend: `m` rows (tokens of all sequences), `i` inputs, `o` outputs, `r` rank.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from mome.backbones.open.int8_weight import Int8Weight
from mome.errors import BackboneError

PREFIX = "base_model.model."
"""What PEFT puts in front of a module's name."""
PLAIN = {
    "peft_type": ("LORA",),
    "bias": ("none",),
    "use_dora": (False, None),
    "use_rslora": (False, None),
    "lora_bias": (False, None),
    "fan_in_fan_out": (False, None),
    "rank_pattern": ({}, None),
    "alpha_pattern": ({}, None),
    "modules_to_save": ([], None),
    "trainable_token_indices": ([], None),
}
"""Settings of an adapter whose every layer computes W x + alpha / r * B A x."""

ADAPTER_ON: ContextVar[bool] = ContextVar("mome_adapter_on", default=True)
"""Whether the adapter acts in this thread or task."""


@contextmanager
def adapter_off() -> Iterator[None]:
    """Let models compute without their adapters within the context, in this thread or task."""
    token = ADAPTER_ON.set(False)
    try:
        yield
    finally:
        ADAPTER_ON.reset(token)


class AdaptedLinear(nn.Module):
    """y = W x + b + B A x, with W in int8, one scale an output, and B A x while the adapter is on.

    A row's result does not depend on the other rows of the batch. There are no gradients.

    levels: W divided by its scales and rounded (o, i) int8.
    scales: (o,) float64.
    bias: (o,) float32.
    """

    def __init__(self, levels: Tensor, scales: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.out_features, self.in_features = levels.shape
        self.weight = Int8Weight(levels, scales)
        self.bias: Tensor | None
        self.register_buffer("bias", bias)
        self.lora_a: Tensor | None
        """Transposed (i, r)."""
        self.lora_b: Tensor | None
        """Transposed (r, o), times the adapter's scale."""
        self.set_adapter(None)

    def set_adapter(self, pair: tuple[Tensor, Tensor] | None) -> None:
        """Set A (r, i) and the scaled B (o, r), or remove them."""
        # Few rows are multiplied a fifth faster by what is stored in the order in which it is read.
        lora_a, lora_b = (half.float().mT.contiguous() for half in pair) if pair else (None, None)
        self.register_buffer("lora_a", lora_a, persistent=False)
        self.register_buffer("lora_b", lora_b, persistent=False)

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output (..., o) in float32 for inputs (..., i)."""
        rows = x.reshape(-1, self.in_features).float()
        y = self.weight(rows)
        if self.bias is not None:
            y += self.bias
        if self.lora_a is not None and self.lora_b is not None and ADAPTER_ON.get():
            y.addmm_(rows @ self.lora_a, self.lora_b)
        return y.view(*x.shape[:-1], self.out_features)


def load_adapter(model: nn.Module, folder: Path, scale: float = 1.0) -> None:
    """Load a LoRA adapter that PEFT's `save_pretrained` wrote into a quantized model.

    scale: multiplies the adapter's own scale. An adapter that was loaded before is replaced.
    Raises BackboneError for an adapter of another model or of another kind; none is loaded then.
    """
    try:
        config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
        weights = load_file(folder / "adapter_model.safetensors")
        own_scale = config["lora_alpha"] / config["r"]
    except (OSError, ArithmeticError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise BackboneError(
            f"no usable adapter is in {folder}; it needs the adapter_config.json and "
            "adapter_model.safetensors that PEFT writes"
        ) from error
    _check_plain(folder, config)
    layers = {
        name: module for name, module in model.named_modules() if isinstance(module, AdaptedLinear)
    }
    _check_fits(folder, layers, weights, config["r"])
    for name, layer in layers.items():
        key_a, key_b = _keys(name)
        pair = None
        if key_a in weights:
            pair = weights[key_a], weights[key_b].float() * (own_scale * scale)
        layer.set_adapter(pair)


def _keys(name: str) -> tuple[str, str]:
    """Return the names of A and B of a module."""
    return f"{PREFIX}{name}.lora_A.weight", f"{PREFIX}{name}.lora_B.weight"


def _check_plain(folder: Path, config: Mapping[str, Any]) -> None:
    for key, plain in PLAIN.items():
        # What an older PEFT did not write yet, it did not have.
        if key in config and config[key] not in plain:
            raise BackboneError(
                f"the adapter in {folder} has {key} = {json.dumps(config[key])}; only plain LoRA "
                "can be loaded"
            )


def _check_fits(
    folder: Path, layers: Mapping[str, AdaptedLinear], weights: Mapping[str, Tensor], rank: int
) -> None:
    """Raise BackboneError for a weight that no layer has, one of another shape, or half a pair."""
    left = dict(weights)
    for name, layer in layers.items():
        shapes = (rank, layer.in_features), (layer.out_features, rank)
        found = [left.pop(key, None) for key in _keys(name)]
        given = tuple(None if weight is None else tuple(weight.shape) for weight in found)
        if given not in (shapes, (None, None)):
            raise _other_model(folder, f"{name} takes {shapes}, and the adapter has {given}")
    if left or not weights:
        raise _other_model(folder, f"no layer takes {min(left, default='it')}")


def _other_model(folder: Path, reason: str) -> BackboneError:
    return BackboneError(
        f"the adapter in {folder} is of another base model ({reason}); load the model that it was "
        "trained on"
    )
