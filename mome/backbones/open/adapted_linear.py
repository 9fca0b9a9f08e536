"""Linear layers of a frozen model with int8 weights, and a LoRA adapter that can be switched off.

`quantize` puts them into a model, `load_adapter` reads an adapter as PEFT saves it. On CPUs without
instructions for bfloat16 a token costs a third of the time that it takes in float32.

Axis legend: `m` rows (tokens of all sequences), `i` inputs, `o` outputs, `r` rank.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from mome.errors import BackboneError

ENGINE = "fbgemm"
LARGEST_WEIGHT = 127
# Before it adds in 32 bits, the AVX2 instruction adds two products of an unsigned and a signed byte
# in 16 bits: 2 * (64 + 63) * 127 fits, inputs of 8 bits would saturate.
ZERO, LARGEST_INPUT = 64, 63
# The distance of two levels is 1, so that a remainder is at most 0.5.
SPREAD = 2 * LARGEST_INPUT
SMALLEST = 1e-12
"""Keeps the scale of a row of zeros above 0."""
ROWS_AT_ONCE = 4096
"""Rows of a weight that are in float32 at a time; an output layer whole would take 0.5 GB."""
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
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.packed = _pack(linear.weight.detach())
        self.bias: Tensor | None
        self.register_buffer("bias", _wide(linear.bias))
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
        y = _multiplied(rows, self.packed)
        if self.bias is not None:
            y += self.bias
        if self.lora_a is not None and self.lora_b is not None and ADAPTER_ON.get():
            y.addmm_(rows @ self.lora_a, self.lora_b)
        return y.view(*x.shape[:-1], self.out_features)


def _wide(tensor: Tensor | None) -> Tensor | None:
    return None if tensor is None else tensor.detach().float()


def _multiplied(x: Tensor, packed: Any) -> Tensor:
    """Return x W^T of rows (m, i).

    The kernel takes inputs of 7 bits. A few inputs of a language model are a hundred times as large
    as the others, which 7 bits would round to 0: with them the next token changes in 2 of 100
    cases. What rounding leaves is therefore multiplied too, in the same call.
    """
    scale = x.abs().amax(1, keepdim=True).clamp_min_(SMALLEST).div_(LARGEST_INPUT)
    scaled = x / scale
    levels = x.new_empty(2 * len(x), x.shape[1])
    coarse, fine = levels.chunk(2)
    torch.round(scaled, out=coarse)
    torch.sub(scaled, coarse, out=fine).mul_(SPREAD)
    # The kernel derives a scale from its inputs only if none is given; theirs is 1 already.
    product = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
        levels, 1.0, ZERO, packed
    )
    y, rest = product.chunk(2)
    return y.add_(rest, alpha=1 / SPREAD).mul_(scale)


def _pack(weight: Tensor) -> Any:
    """Return a weight (o, i) in the kernel's own order of bytes."""
    if ENGINE not in torch.backends.quantized.supported_engines:
        raise BackboneError("this build of torch has no int8 kernels: they need an x86 processor")
    levels = torch.empty(weight.shape, dtype=torch.int8)
    scales = torch.empty(len(weight), dtype=torch.double)
    for start in range(0, len(weight), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        rows = weight[part].float()
        scale = rows.abs().amax(1).clamp_min_(SMALLEST).div_(LARGEST_WEIGHT)
        scales[part] = scale
        levels[part] = (rows / scale[:, None]).round_()
    zeros = torch.zeros(len(weight), dtype=torch.long)
    with warnings.catch_warnings():
        # torch 2.13 deprecates tensors of this type. Its newer int8 kernels, oneDNN's, take no such
        # tensor, but 2.6 times as long for 4 beams.
        warnings.simplefilter("ignore", UserWarning)
        quantized = torch._make_per_channel_quantized_tensor(levels, scales, zeros, 0)
        return torch.ops.quantized.linear_prepack(quantized, None)


@torch.no_grad()
def quantize(model: nn.Module) -> None:
    """Replace all linear layers of a frozen model, the output layer included, in place.

    Embeddings are kept in bfloat16 and everything else in float32, the precision in which the model
    computes from then on. The original weight of a layer is released before the next one is packed.
    Raises BackboneError if torch has no int8 kernels for this processor.
    """
    # A list of the modules themselves would keep all weights alive.
    for name in [name for name, _ in model.named_modules()]:
        module = model.get_submodule(name)
        if isinstance(module, nn.Linear):
            model.set_submodule(name, AdaptedLinear(module))
        elif isinstance(module, nn.Embedding):
            module.to(torch.bfloat16)
            # Layers compute in the precision of their inputs.
            module.register_forward_hook(lambda _module, _ids, states: states.float())
        else:
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.float()


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
