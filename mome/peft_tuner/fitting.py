"""Calls on an adapter that PEFT does not offer: fit its router, and settle its experts.

Users call both functions through `mome.peft_tuner`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from peft import PeftModel
from torch import Tensor, nn

from mome.errors import BackboneError
from mome.memory.experts.layer import using
from mome.memory.routing.fit_router import fit_router as fit
from mome.memory.routing.unrelated_questions import background
from mome.peft_tuner.holder import HOLDER, MemoryHolder
from mome.peft_tuner.questions import question_states

Encode = Callable[[Sequence[str]], Mapping[str, Tensor]]
"""Turns prompts into the model's inputs, padded and with their attention mask."""


def fit_router(model: nn.Module, encode: Encode, wordings: Sequence[Sequence[str]]) -> None:
    """Fit the active adapter's router to prompts and calibrate its threshold.

    `encode`: turns prompts into inputs of the model.
    `wordings`: the prompts, one group for each fact.
    Raises BackboneError if the adapter has trained experts: they depend on the router they have.
    """
    base, holder = _base_and_holder(model)
    name = holder.active
    if name is None:
        raise BackboneError("no memory is active: choose one with set_adapter")
    experts = holder.adapters[name]
    if len(experts.bank) or len(experts.staged):
        raise BackboneError(
            "this memory is trained already, and its experts depend on its router: "
            "fit the router of a new one"
        )
    unrelated = background(wording for group in wordings for wording in group)
    groups = [_states(base, encode(group)) for group in wordings]
    others = [_states(base, encode(group)) for group in unrelated]
    holder.set_router(name, fit(groups, others, experts.config))


def _states(base: nn.Module, inputs: Mapping[str, Tensor]) -> Tensor:
    """Return the states (b, d) of the prompts in `inputs`, computed without any experts."""
    device = next(base.parameters()).device
    moved = {name: tensor.to(device) for name, tensor in inputs.items()}
    with using({}):
        return question_states(base, moved)


def settle(model: nn.Module) -> None:
    """Move the experts in training of all adapters into their banks, so that others can be trained.

    Make a new optimizer afterwards.
    """
    _, holder = _base_and_holder(model)
    for experts in holder.adapters.values():
        experts.settle()


def _base_and_holder(model: nn.Module) -> tuple[nn.Module, MemoryHolder]:
    """Return the base model and its holder; raises BackboneError if it has no memory."""
    base = model.get_base_model() if isinstance(model, PeftModel) else model
    holder = getattr(base, HOLDER, None)
    if not isinstance(holder, MemoryHolder):
        raise BackboneError(
            "this model has no memory: make one with get_peft_model and a MomeConfig"
        )
    return base, holder
