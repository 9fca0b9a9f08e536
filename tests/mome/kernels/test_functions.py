"""Gradients of both implementations against float64; in place, what is not routed to the bit, and the same bits twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from mome import kernels
from mome.kernels import InputVectors

B, T, K, D_IN, D_OUT, S = 3, 63, 5, 100, 65, 9


@pytest.fixture(autouse=True)
def chosen_implementation(implementation: str):
    with kernels.forced(implementation):
        yield


def make(device: torch.device, dtype: torch.dtype, random: torch.Generator) -> dict[str, Tensor]:
    """Leaves, with duplicates among the positions and an expert that is not there."""
    sizes = {"x": (B, T, D_IN), "y": (B, T, D_OUT), "rows": (S, D_OUT), "gates": (B, K)}
    tensors = {
        name: torch.randn(*size, generator=random).to(device, dtype) for name, size in sizes.items()
    }
    positions = torch.randint(S, (B, K), generator=random)
    positions[1, 2] = -1
    return tensors | {
        "positions": positions.to(device),
        "ids": torch.randint(2**24, (B, K), generator=random).to(device),
    }


def gradients(leaves: dict[str, Tensor], chosen: Tensor | None = None) -> tuple[Tensor, ...]:
    """The output, and the gradients of x, y and the rows under a loss that is not linear."""
    x, y, rows = (leaves[name].clone().requires_grad_() for name in ("x", "y", "rows"))
    kept = slice(None) if chosen is None else chosen
    inputs = InputVectors(leaves["ids"][kept], leaves["gates"][kept], D_IN, 3, 1)
    out = kernels.expand(
        y * 2,
        kernels.shrink(x, inputs, chosen=chosen),
        rows,
        positions=leaves["positions"][kept],
        chosen=chosen,
    )
    (out.square().sum() / out.numel()).backward()
    return out.detach(), x.grad, y.grad, rows.grad


@pytest.mark.parametrize("routed", [None, [2, 0]])
def test_gradients_are_those_of_float64(
    routed: list[int] | None,
    dtype: torch.dtype,
    device: torch.device,
    random: torch.Generator,
    close: Callable,
) -> None:
    leaves = make(device, dtype, random)
    chosen = None if routed is None else torch.tensor(routed, device=device)
    found = gradients(leaves, chosen)
    with kernels.forced("torch"):
        wanted = gradients(
            {name: t.double() if t.is_floating_point() else t for name, t in leaves.items()}, chosen
        )
    for one, other in zip(found, wanted, strict=True):
        close(one, other, dtype)


def test_float64_gradients_are_those_of_finite_differences(
    implementation: str, random: torch.Generator
) -> None:
    if implementation == "triton":
        pytest.skip("kernels compute in float32")
    leaves = make(torch.device("cpu"), torch.float64, random)
    inputs = InputVectors(leaves["ids"], leaves["gates"], D_IN, 3, 1)
    x, y, rows = (
        leaves[name][..., :width].clone().requires_grad_()
        for name, width in (("x", D_IN), ("y", 3), ("rows", 3))
    )

    def computed(x: Tensor, y: Tensor, rows: Tensor) -> Tensor:
        return kernels.expand(y * 1, kernels.shrink(x, inputs), rows, positions=leaves["positions"])

    assert torch.autograd.gradcheck(computed, (x, y, rows), fast_mode=True)


def test_the_output_is_the_input_and_what_is_not_routed_keeps_every_bit(
    device: torch.device, random: torch.Generator
) -> None:
    leaves = make(device, torch.float32, random)
    y = leaves["y"]
    y[1, 0, :3] = torch.tensor([-0.0, float("nan"), float("inf")])
    before = y.clone()
    chosen = torch.tensor([0, 2], device=device)
    inputs = InputVectors(leaves["ids"][chosen], leaves["gates"][chosen], D_IN, 3, 1)
    h = kernels.shrink(leaves["x"], inputs, chosen=chosen)
    assert (
        kernels.expand(y, h, leaves["rows"], positions=leaves["positions"][chosen], chosen=chosen)
        is y
    )
    assert torch.equal(y[1].view(torch.int32), before[1].view(torch.int32))
    assert not torch.equal(y[0], before[0])


def test_the_same_bits_twice(device: torch.device, random: torch.Generator) -> None:
    leaves = make(device, torch.float32, random)
    assert all(
        torch.equal(one, other)
        for one, other in zip(gradients(leaves), gradients(leaves), strict=True)
    )


def test_only_what_needs_a_gradient_gets_one(device: torch.device, random: torch.Generator) -> None:
    leaves = make(device, torch.float32, random)
    inputs = InputVectors(leaves["ids"], leaves["gates"], D_IN, 3, 1)
    rows = leaves["rows"].requires_grad_()
    h = kernels.shrink(leaves["x"], inputs)
    assert not h.requires_grad
    kernels.expand(leaves["y"], h, rows, positions=leaves["positions"]).sum().backward()
    assert rows.grad is not None and leaves["x"].grad is None


def test_the_rest_goes_through_the_same_door(device: torch.device, random: torch.Generator) -> None:
    ids = torch.tensor([[3, 2**24 - 1]], device=device)
    assert torch.equal(
        kernels.input_vectors(ids, 63, seed=1, layer=2).cpu(),
        kernels.twins.input_vectors(ids.cpu(), 63, seed=1, layer=2),
    )
    values, positions = torch.ones(3, 5, device=device), torch.tensor([1, 1, 0], device=device)
    assert kernels.reduce_duplicates(values, positions, 3)[:, 0].tolist() == [1, 2, 0]
    queries = torch.randn(3, 8, generator=random).to(device)
    keys = tuple(torch.randn(32, 4, generator=random).to(device) for _ in range(2))
    assert torch.equal(kernels.top_k(queries, keys, 4)[0], kernels.twins.top_k(queries, keys, 4)[0])
    rows, moments = (
        torch.zeros(3, 5, device=device),
        (torch.zeros(3, 5, device=device), torch.zeros(3, 5, device=device)),
    )
    one = torch.ones(1, device=device)
    kernels.adam(
        rows,
        moments,
        positions[:1],
        values[:1],
        steps=one,
        rates=one,
        decays=(0.8, 0.9),
        epsilon=1e-8,
    )
    assert torch.allclose(rows[1], -torch.ones(5, device=device)) and not rows[[0, 2]].any()
