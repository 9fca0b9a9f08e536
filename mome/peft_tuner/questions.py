"""The pooled state of a prompt in the frozen model, by which a question is routed.

The hooks of `routing` and `fit_router` call this. The prompt of an encoder-decoder is all that its
encoder reads. The prompt of a causal model is all that comes before the first label, or the whole
input if there are no labels.

Axis legend: `b` questions, `t` tokens, `d` width.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from mome.errors import BackboneError
from mome.memory.question_states import pooled

NOT_READ = frozenset(
    "past_key_values use_cache labels position_ids cache_position return_dict kwargs".split()
)
"""Arguments of a call that are meant for the decoder, even if the encoder accepts them."""


def state_width(model: nn.Module) -> int:
    """Return the width d of a model's question states."""
    config = getattr(model.config, "encoder", model.config)
    config = config.get_text_config()
    return getattr(config, "hidden_size", None) or config.d_model


@torch.no_grad()
def question_states(model: nn.Module, inputs: Mapping[str, Any]) -> Tensor:
    """Return the states (b, d) of the prompts in `inputs`, in float32 on the CPU.

    `inputs`: keyword arguments of a call of the model. No route may be in force.
    """
    states, mask = (_encoded if model.config.is_encoder_decoder else _prompt)(model, inputs)
    return pooled(states.float(), mask.to(states.device)).cpu()


def _encoded(model: nn.Module, inputs: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """The encoder's states (b, t, d), which a call may bring along, and the mask (b, t)."""
    outputs = inputs.get("encoder_outputs")
    if outputs is None:
        encoder = model.get_encoder()
        read = inspect.signature(encoder.forward).parameters.keys() - NOT_READ
        with _evaluating(encoder):
            outputs = encoder(**{name: value for name, value in inputs.items() if name in read})
    states, mask = outputs[0], inputs.get("attention_mask")
    return states, mask if mask is not None else torch.ones(states.shape[:2], dtype=torch.int64)


def _prompt(model: nn.Module, inputs: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """A causal model's states (b, t, d) of the prompt's tokens, without its head, and the mask (b, t)."""
    name = "input_ids" if inputs.get("input_ids") is not None else "inputs_embeds"
    tokens, mask, labels = inputs[name], inputs.get("attention_mask"), inputs.get("labels")
    mask = (
        torch.ones(tokens.shape[:2], dtype=torch.int64, device=tokens.device)
        if mask is None
        else mask
    )
    if labels is not None:
        mask = mask * ((labels != -100).cumsum(1) == 0)
    if not mask.any(1).all():
        raise BackboneError(
            "the labels leave no question to route by: set them to -100 on the tokens of the prompt"
        )
    last = int(mask.any(0).nonzero().max()) + 1
    mask = mask[:, :last]
    trunk, positions = model.get_decoder(), (mask.cumsum(1) - 1).clamp_(min=0)
    with _evaluating(trunk):
        # `forward` itself: where the trunk is the model, its hooks would ask for the question again.
        out = trunk.forward(
            **{name: tokens[:, :last]}, attention_mask=mask, position_ids=positions, use_cache=False
        )
    return out.last_hidden_state, mask


@contextmanager
def _evaluating(trunk: nn.Module) -> Iterator[None]:
    """Turn off dropout and autocast within the context, so that a prompt always has one state."""
    training = [module for module in trunk.modules() if module.training]
    device = next(trunk.parameters()).device.type
    for module in training:
        module.training = False
    try:
        with torch.autocast(device, enabled=False):
            yield
    finally:
        for module in training:
            module.training = True
