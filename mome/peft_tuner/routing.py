"""Forward hooks that route a base model's questions; `MomeModel` registers `enter` and `leave`.

A question has one route, found from its prompt, for all tokens of its answer. The later steps of a
`generate` are recognised by the scope that `MomeModel` opens around it. In transformers' own
`generate` there is no scope; its steps are recognised by their cache of keys and values. With
neither, every step counts as a new prompt.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn

from mome.errors import BackboneError
from mome.memory.experts.layer import ACTIVE, Parts, expert_parts
from mome.memory.routing.router import find_route
from mome.peft_tuner.holder import HOLDER, MemoryHolder
from mome.peft_tuner.questions import question_states


@dataclass
class RoutedCall:
    """The route of one call by the user: a forward pass or a whole `generate`."""

    parts: Parts | None = None
    """What each memory layer adds; None until the prompt has been routed."""


SCOPE: ContextVar[RoutedCall | None] = ContextVar("mome_scope", default=None)
"""The scope of this thread or task; None outside of PEFT's calls."""
ENTERED: ContextVar[tuple[Token[Parts | None], ...]] = ContextVar("mome_entered", default=())
"""For each forward pass under way, the token that restores the route before it."""
# Weak keys: an entry goes when its cache does.
BY_CACHE: WeakKeyDictionary[Any, Parts] = WeakKeyDictionary()
"""The parts of the prompt whose keys and values a cache holds."""


@contextmanager
def scope() -> Iterator[None]:
    """Open a scope: all forward passes within the context share one route."""
    token = SCOPE.set(RoutedCall())
    try:
        yield
    finally:
        SCOPE.reset(token)


def enter(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Put the questions' route in force before a forward pass."""
    # No route may be in force while the router reads the question.
    ENTERED.set((*ENTERED.get(), ACTIVE.set(None)))
    holder: MemoryHolder = getattr(model, HOLDER)
    name = holder.active
    if name is None:
        return
    current = SCOPE.get() or RoutedCall()
    inputs = _named_arguments(model, args, kwargs)
    if current.parts is None:
        current.parts = _cached_parts(inputs)
    if current.parts is None:
        current.parts = _route(model, holder, name, inputs)
    ACTIVE.set(current.parts)


def leave(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
    """Restore the route that was in force before a forward pass, even if the pass failed."""
    *outer_tokens, token = ENTERED.get()
    cache = getattr(output, "past_key_values", None)
    parts = ACTIVE.get()
    if cache is not None and parts is not None:
        BY_CACHE[cache] = parts
    ACTIVE.reset(token)
    ENTERED.set(tuple(outer_tokens))


def _named_arguments(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Mapping[str, Any]:
    """Return all arguments of a call by name."""
    if not args:
        return kwargs
    return kwargs | inspect.signature(model.forward).bind_partial(*args).arguments


def _cached_parts(inputs: Mapping[str, Any]) -> Parts | None:
    """Return the parts of the prompt that this call continues; None if it starts a new prompt."""
    cache = inputs.get("past_key_values")
    if cache is None or not cache.get_seq_length():
        return None
    return BY_CACHE.get(cache)


def _route(model: nn.Module, holder: MemoryHolder, name: str, inputs: Mapping[str, Any]) -> Parts:
    """Find the route of the prompts in `inputs` and return what each memory layer adds.

    In training every question is routed and becomes a known one, and its experts are staged.
    """
    experts = holder.adapters[name]
    router = holder.router(name)
    config = holder.configs[name]
    queries = router.query(question_states(model, inputs))
    learning = model.training and torch.is_grad_enabled() and experts.training
    if learning:
        _check_training(model)
        experts.learn(queries)
    route = find_route(
        router,
        queries,
        experts.known,
        experts.known,
        top_k=config.top_k,
        temperature=config.temperature,
    )
    if learning:
        route = replace(route, hit=torch.ones_like(route.hit))
        experts.stage(route.ids)
    layers = [model.get_submodule(layer.name) for layer in experts.layers]
    return expert_parts(layers, route, vectors=experts.vectors, rows=experts.rows)


def _check_training(model: nn.Module) -> None:
    """Raise BackboneError if the model uses gradient checkpointing.

    Gradient checkpointing computes layers again in the backward pass, when no route is in force.
    """
    if any(getattr(module, "gradient_checkpointing", False) for module in model.modules()):
        raise BackboneError(
            "a memory cannot train with gradient checkpointing, "
            "which computes layers again without its route: turn it off"
        )
