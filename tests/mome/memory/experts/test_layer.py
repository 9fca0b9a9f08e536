"""The memory layer adds what its formula says, and touches nothing where no route is in force."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from mome.errors import BackboneError
from mome.kernels import InputVectors
from mome.memory.experts.bank import LayerShape
from mome.memory.experts.layer import (
    MemoryLayer,
    Part,
    RouteMismatch,
    expert_parts,
    install,
    linear_shape,
    uninstall,
)
from mome.memory.memory import using
from mome.memory.routing.router import Route

B, T, K, D_IN, D_OUT = 3, 5, 4, 63, 7


def make(questions: int = B, rows: list[int] | None = None) -> tuple[MemoryLayer, Part]:
    torch.manual_seed(0)
    routed = questions if rows is None else len(rows)
    inputs = InputVectors(torch.randint(2**20, (routed, K)), torch.rand(routed, K), D_IN, 0, 0)
    part = Part(
        questions,
        None if rows is None else torch.tensor(rows),
        inputs,
        torch.randn(routed, K, D_OUT),
    )
    return MemoryLayer(nn.Linear(D_IN, D_OUT)), part


def expected(layer: MemoryLayer, part: Part, x: Tensor) -> Tensor:
    """The formula, expert by expert."""
    y = layer.base_layer(x).clone()
    each = len(x) // part.questions
    for place, question in enumerate(
        range(part.questions) if part.rows is None else part.rows.tolist()
    ):
        for a, b in zip(part.shrink.gated[place], part.expand[place], strict=True):
            own = slice(question * each, (question + 1) * each)
            y[own] += (x[own] @ a).unsqueeze(-1) * b
    return y


@pytest.mark.parametrize("rows", [None, [0, 2], [1]])
@pytest.mark.parametrize("beams", [1, 3])
def test_the_output_is_that_of_the_formula(rows: list[int] | None, beams: int) -> None:
    layer, part = make(rows=rows)
    x = torch.randn(B * beams, T, D_IN)
    with using({layer: part}):
        assert torch.allclose(layer(x), expected(layer, part, x), atol=1e-4)


def test_rows_are_found_at_their_positions() -> None:
    layer, part = make()
    x, order = torch.randn(B, T, D_IN), torch.randperm(B * K)
    with using(
        {
            layer: replace(
                part, expand=part.expand.flatten(0, 1)[order], positions=order.argsort().view(B, K)
            )
        }
    ):
        assert torch.allclose(layer(x), expected(layer, part, x), atol=1e-4)


@pytest.mark.parametrize("rows", [None, [0, 2]])
def test_a_map_that_questions_share_is_added_to_the_routed_ones(rows: list[int] | None) -> None:
    layer = MemoryLayer(nn.Linear(D_IN, D_OUT))
    x, shrink, expand = torch.randn(B, T, D_IN), torch.randn(K, D_IN), torch.randn(K, D_OUT)
    wanted = layer(x)
    some = slice(None) if rows is None else rows
    wanted[some] += x[some] @ shrink.T @ expand
    with using({layer: Part(B, None if rows is None else torch.tensor(rows), shrink, expand)}):
        assert torch.allclose(layer(x), wanted, atol=1e-4)


def test_questions_that_are_not_routed_keep_every_bit() -> None:
    layer, part = make(rows=[1])
    x = torch.randn(B, T, D_IN)
    bare = layer(x)
    with using({layer: part}):
        y = layer(x)
    assert torch.equal(y[[0, 2]], bare[[0, 2]])
    assert not torch.equal(y[1], bare[1])


def test_without_a_route_the_layer_is_the_linear_map() -> None:
    layer, part = make()
    x = torch.randn(B, T, D_IN)
    assert torch.equal(layer(x), layer.base_layer(x))
    with using({MemoryLayer(nn.Linear(2, 2)): part}):
        assert torch.equal(layer(x), layer.base_layer(x))


def test_low_precision_stays_what_it_is() -> None:
    layer, part = make()
    x = torch.randn(B, T, D_IN, dtype=torch.bfloat16)
    with using({layer.bfloat16(): part}):
        assert layer(x).dtype == torch.bfloat16


def test_a_batch_of_another_size_is_refused() -> None:
    layer, part = make()
    with using({layer: part}), pytest.raises(RouteMismatch, match="3 routed questions"):
        layer(torch.randn(4, T, D_IN))


def test_gradients_reach_the_experts_alone() -> None:
    layer, part = make()
    layer.requires_grad_(False)
    part.expand.requires_grad_()
    with using({layer: part}):
        layer(torch.randn(B, T, D_IN)).square().sum().backward()
    assert part.expand.grad is not None
    assert layer.weight.grad is None


def test_memories_share_the_layers_of_a_model() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 2)))
    linear = model[1][0]
    first, second = install(model, ["1.0"]), install(model, ["1.0"])
    assert first == second == (model[1][0],)
    uninstall(model, ["1.0"])
    assert isinstance(model[1][0], MemoryLayer)
    uninstall(model, ["1.0"])
    assert model[1][0] is linear


def test_another_kind_of_module_cannot_hold_a_memory() -> None:
    with pytest.raises(BackboneError, match="0 of this base model is a Embedding"):
        install(nn.Sequential(nn.Embedding(2, 2)), ["0"])


def test_the_parts_of_a_route_are_for_the_questions_that_hit() -> None:
    layer, _ = make()
    hit = torch.tensor([False, True])
    route = Route(
        torch.tensor([[3, 1], [2, 5]]),
        torch.tensor([[0.5, 0.5], [0.25, 0.75]]),
        hit,
        hit,
        torch.ones(2),
    )
    vectors = lambda index, ids, gates: InputVectors(ids, gates, D_IN, 0, index)  # noqa: E731
    given = {"vectors": vectors, "rows": lambda _, ids: torch.ones(*ids.shape, D_OUT)}
    part = expert_parts([layer], route, **given)[layer]
    assert part.questions == 2 and part.rows.tolist() == [1]
    assert (
        part.shrink.ids.tolist() == [[2, 5]]
        and part.shrink.gates.tolist() == [[0.25, 0.75]]
        and part.expand.shape == (1, 2, D_OUT)
    )
    assert expert_parts([layer], replace(route, hit=route.hit & False), **given) == {}


def test_a_shape_is_that_of_the_linear_map() -> None:
    layer, _ = make()
    assert (
        linear_shape("here", layer)
        == linear_shape("here", layer.base_layer)
        == LayerShape("here", D_IN, D_OUT)
    )
    with pytest.raises(BackboneError, match="here of this base model is a LayerNorm"):
        linear_shape("here", nn.LayerNorm(3))
