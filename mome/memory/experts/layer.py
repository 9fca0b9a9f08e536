"""The memory layer: a frozen linear map plus the experts of the active route. `Memory` installs it
and sets the route.

Axis legend: `b` questions, `h` routed questions, `t` tokens, `k` experts, `d` width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import cast

from torch import Tensor, nn

from mome import kernels
from mome.errors import BackboneError
from mome.kernels import InputVectors
from mome.memory.experts.bank import LayerShape
from mome.memory.routing.router import Route


@dataclass(frozen=True)
class Part:
    """One layer's share of a route."""

    questions: int
    """b. The layer's batch is a multiple of it, with the beams of a question side by side."""
    rows: Tensor | None
    """(h,) indices of routed questions; None for all."""
    shrink: InputVectors | Tensor
    """Input side of the experts; (k, d_in) for a shared low-rank map."""
    expand: Tensor
    """Output rows (h, k, d_out), or (s, d_out) with `positions`; (k, d_out) for the shared map."""
    positions: Tensor | None = None
    """(h, k) positions of the experts' rows in `expand`; None if rows are in order."""


class RouteMismatch(ValueError):
    """The batch size of a forward pass does not fit the active route."""


Parts = Mapping["MemoryLayer", Part]
ACTIVE: ContextVar[Parts | None] = ContextVar("mome_route", default=None)
"""The active route of this thread or task; None for the bare backbone."""


@contextmanager
def using(parts: Parts) -> Iterator[None]:
    """Set what memory layers add within the context."""
    token = ACTIVE.set(parts)
    try:
        yield
    finally:
        ACTIVE.reset(token)


def add_experts(x: Tensor, y: Tensor, part: Part) -> Tensor:
    """Add the experts' output to the routed questions of `y`, in place; other rows keep
    their bits.
    """
    if x.shape[0] % part.questions:
        raise RouteMismatch(
            f"a batch of {x.shape[0]} cannot be shared among {part.questions} routed questions"
        )
    # Beams of a question are side by side: (b * beams, t, d) becomes (b, beams * t, d), so that one
    # route serves all tokens of all beams.
    grouped = x.reshape(part.questions, -1, x.shape[-1])
    if isinstance(part.shrink, InputVectors):
        h = kernels.shrink(grouped, part.shrink, chosen=part.rows)
        return kernels.expand(
            y.contiguous(), h, part.expand, positions=part.positions, chosen=part.rows
        )
    some = grouped if part.rows is None else grouped[part.rows]
    added = (some.to(part.shrink.dtype) @ part.shrink.mT @ part.expand).to(y.dtype)
    if part.rows is None:
        return y + added.reshape(y.shape)
    # Not y + zeros: x + 0.0 turns -0.0 into 0.0, and other rows must keep their bits.
    by_question = y.reshape(part.questions, -1, y.shape[-1])
    return by_question.index_add(0, part.rows, added).reshape(y.shape)


class MemoryLayer(nn.Module):
    """y = W x + sum_i g_i b_i (a_i . x) over the experts i of the active route; W x if there is
    none.
    """

    def __init__(self, base_layer: nn.Linear) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.memories = 0
        """How many attached memories use this layer."""

    @property
    def weight(self) -> Tensor:
        """The frozen weight, for models that read it."""
        return self.base_layer.weight

    @property
    def bias(self) -> Tensor | None:
        """The frozen bias, for models that read it."""
        return self.base_layer.bias

    def forward(self, x: Tensor) -> Tensor:
        """Return the frozen map's output, plus the experts' output for routed questions."""
        y = self.base_layer(x)
        parts = ACTIVE.get()
        part = parts.get(self) if parts else None
        return y if part is None else add_experts(x, y, part)


def linear_shape(name: str, module: nn.Module) -> LayerShape:
    """Return the shape of a linear map or memory layer. Raises BackboneError for any other
    module.
    """
    linear = module.base_layer if isinstance(module, MemoryLayer) else module
    if not isinstance(linear, nn.Linear):
        raise BackboneError(
            f"{name} of this base model is a {type(linear).__name__}, not a linear layer: it "
            "cannot hold a memory"
        )
    return LayerShape(name, linear.in_features, linear.out_features)


Vectors = Callable[[int, Tensor, Tensor], InputVectors]
"""Returns the input side of experts (h, k) with gates (h, k) for a layer index."""
Rows = Callable[[int, Tensor], Tensor]
"""Returns output rows (h, k, d_out) of experts (h, k) for a layer index."""


def expert_parts(
    layers: Sequence[MemoryLayer], route: Route, *, vectors: Vectors, rows: Rows
) -> dict[MemoryLayer, Part]:
    """Return what each layer adds under `route`, from input `vectors` and output `rows`; empty if
    no question is routed.
    """
    chosen = route.hit.nonzero().squeeze(1)
    # Without a part a layer returns the frozen map's own tensor, bit for bit.
    if not len(chosen):
        return {}
    # None spares the kernels an index when all questions are routed.
    some = None if len(chosen) == len(route.hit) else chosen
    ids, gates = route.ids[chosen], route.gates[chosen]
    found = {}
    for index, layer in enumerate(layers):
        device = layer.weight.device
        place = None if some is None else some.to(device)
        found[layer] = Part(
            len(route.hit), place, vectors(index, ids, gates), rows(index, ids).to(device)
        )
    return found


def install(model: nn.Module, names: Sequence[str]) -> tuple[MemoryLayer, ...]:
    """Replace the linear maps `names` by memory layers; a layer that is installed already is
    shared.
    """
    layers = []
    for name in names:
        module = model.get_submodule(name)
        # Called for its error: anything but a linear map is refused.
        linear_shape(name, module)
        layer = module if isinstance(module, MemoryLayer) else MemoryLayer(cast(nn.Linear, module))
        layer.memories += 1
        layers.append(layer)
        _replace(model, name, layer)
    return tuple(layers)


def uninstall(model: nn.Module, names: Sequence[str]) -> None:
    """Undo one `install`; the linear map returns when the last memory is gone."""
    for name in names:
        layer = model.get_submodule(name)
        assert isinstance(layer, MemoryLayer)
        # Several memories may share a backbone; the last one to leave restores the linear map.
        layer.memories -= 1
        if not layer.memories:
            _replace(model, name, layer.base_layer)


def _replace(model: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, child = name.rpartition(".")
    setattr(model.get_submodule(parent), child, module)
