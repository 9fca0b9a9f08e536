"""What a user may do with an adapter beyond PEFT's own calls: fit its router before training, and settle what is trained."""

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
"""Makes the model's inputs of prompts, padded, with their attention mask."""


def fit_router(model: nn.Module, encode: Encode, wordings: Sequence[Sequence[str]]) -> None:
    """Fit the active adapter's router to prompts, those of one fact in one group, and calibrate what it takes for a known question.

    Call it before training: raises BackboneError where there are trained experts already, which hang on the router that they have.
    """
    base, holder = _base(model)
    name = holder.active
    if name is None:
        raise BackboneError("no memory is active: choose one with set_adapter")
    experts = holder.adapters[name]
    if len(experts.bank) or len(experts.staged):
        raise BackboneError(
            "this memory is trained already, and its experts hang on its router: fit the router of a new one"
        )
    strange = background(wording for group in wordings for wording in group)
    groups, others = (
        [_states(base, encode(group)) for group in texts] for texts in (wordings, strange)
    )
    holder.set_router(name, fit(groups, others, experts.config))


def _states(base: nn.Module, inputs: Mapping[str, Tensor]) -> Tensor:
    device = next(base.parameters()).device
    with using({}):
        return question_states(base, {name: tensor.to(device) for name, tensor in inputs.items()})


def settle(model: nn.Module) -> None:
    """Move all experts in training into the bank, so that others can be trained; make a new optimizer after it."""
    for experts in _base(model)[1].adapters.values():
        experts.settle()


def _base(model: nn.Module) -> tuple[nn.Module, MemoryHolder]:
    base = model.get_base_model() if isinstance(model, PeftModel) else model
    holder = getattr(base, HOLDER, None)
    if not isinstance(holder, MemoryHolder):
        raise BackboneError(
            "this model has no memory: make one with get_peft_model and a MomeConfig"
        )
    return base, holder
