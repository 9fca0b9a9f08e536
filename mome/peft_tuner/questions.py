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
    {
        "past_key_values",
        "use_cache",
        "labels",
        "position_ids",
        "cache_position",
        "return_dict",
        "kwargs",
    }
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
    if model.config.is_encoder_decoder:
        states, mask = _encoder_states(model, inputs)
    else:
        states, mask = _causal_states(model, inputs)
    return pooled(states.float(), mask.to(states.device)).cpu()


def _encoder_states(model: nn.Module, inputs: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Return the encoder's states (b, t, d) and the mask (b, t).

    A call may bring the encoder's outputs along; then the encoder does not run again.
    """
    outputs = inputs.get("encoder_outputs")
    if outputs is None:
        encoder = model.get_encoder()
        accepted = inspect.signature(encoder.forward).parameters.keys() - NOT_READ
        arguments = {name: value for name, value in inputs.items() if name in accepted}
        with _evaluating(encoder):
            outputs = encoder(**arguments)
    states = outputs[0]
    mask = inputs.get("attention_mask")
    if mask is None:
        mask = torch.ones(states.shape[:2], dtype=torch.int64)
    return states, mask


def _causal_states(model: nn.Module, inputs: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Return a causal model's states (b, t, d) of the prompt, before its head, and the mask (b, t).

    Raises BackboneError if the labels leave no token for the prompt.
    """
    name = "input_ids" if inputs.get("input_ids") is not None else "inputs_embeds"
    tokens = inputs[name]
    mask = _prompt_mask(tokens, inputs)
    if not mask.any(1).all():
        raise BackboneError(
            "the labels leave no question to route by: set them to -100 on the tokens of the prompt"
        )
    # Answers that follow the longest prompt of the batch need not be computed.
    end = int(mask.any(0).nonzero().max()) + 1
    mask = mask[:, :end]
    positions = (mask.cumsum(1) - 1).clamp_(min=0)
    trunk = model.get_decoder()
    with _evaluating(trunk):
        # Call `forward` directly: if the trunk is the model itself, its hooks would route again.
        outputs = trunk.forward(
            **{name: tokens[:, :end]}, attention_mask=mask, position_ids=positions, use_cache=False
        )
    return outputs.last_hidden_state, mask


def _prompt_mask(tokens: Tensor, inputs: Mapping[str, Any]) -> Tensor:
    """Return the mask (b, t) of the tokens that belong to the prompt."""
    mask = inputs.get("attention_mask")
    labels = inputs.get("labels")
    if mask is None:
        mask = torch.ones(tokens.shape[:2], dtype=torch.int64, device=tokens.device)
    if labels is not None:
        # -100 marks a token without a label; the count stays 0 until the first label.
        mask = mask * ((labels != -100).cumsum(1) == 0)
    return mask


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
