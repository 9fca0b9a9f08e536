"""Both implementations of the public functions: gradients, in-place results and determinism."""

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
    """Return arguments with duplicates among the positions and with one untrained expert."""
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
    """Return the output, and the gradients of x, y and the rows under a quadratic loss."""
    x, y, rows = (leaves[name].clone().requires_grad_() for name in ("x", "y", "rows"))
    routed = slice(None) if chosen is None else chosen
    inputs = InputVectors(leaves["ids"][routed], leaves["gates"][routed], D_IN, 3, 1)
    out = kernels.expand(
        y * 2,
        kernels.shrink(x, inputs, chosen=chosen),
        rows,
        positions=leaves["positions"][routed],
        chosen=chosen,
    )
    (out.square().sum() / out.numel()).backward()
    return out.detach(), x.grad, y.grad, rows.grad


@pytest.mark.parametrize("routed", [None, [2, 0]])
def test_gradients_equal_those_of_float64(
    routed: list[int] | None,
    dtype: torch.dtype,
    device: torch.device,
    random: torch.Generator,
    close: Callable,
) -> None:
    leaves = make(device, dtype, random)
    chosen = None if routed is None else torch.tensor(routed, device=device)
    results = gradients(leaves, chosen)
    doubles = {
        name: tensor.double() if tensor.is_floating_point() else tensor
        for name, tensor in leaves.items()
    }
    with kernels.forced("torch"):
        expected = gradients(doubles, chosen)
    for result, wanted in zip(results, expected, strict=True):
        close(result, wanted, dtype)


def test_float64_gradients_equal_finite_differences(
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


def test_expand_returns_its_input_and_keeps_every_bit_of_questions_that_are_not_routed(
    device: torch.device, random: torch.Generator
) -> None:
    leaves = make(device, torch.float32, random)
    y = leaves["y"]
    y[1, 0, :3] = torch.tensor([-0.0, float("nan"), float("inf")])
    before = y.clone()
    chosen = torch.tensor([0, 2], device=device)
    positions = leaves["positions"][chosen]
    inputs = InputVectors(leaves["ids"][chosen], leaves["gates"][chosen], D_IN, 3, 1)
    h = kernels.shrink(leaves["x"], inputs, chosen=chosen)
    assert kernels.expand(y, h, leaves["rows"], positions=positions, chosen=chosen) is y
    assert torch.equal(y[1].view(torch.int32), before[1].view(torch.int32))
    assert not torch.equal(y[0], before[0])


def test_two_runs_give_the_same_bits(device: torch.device, random: torch.Generator) -> None:
    leaves = make(device, torch.float32, random)
    for first, second in zip(gradients(leaves), gradients(leaves), strict=True):
        assert torch.equal(first, second)


def test_only_tensors_that_require_a_gradient_get_one(
    device: torch.device, random: torch.Generator
) -> None:
    leaves = make(device, torch.float32, random)
    inputs = InputVectors(leaves["ids"], leaves["gates"], D_IN, 3, 1)
    rows = leaves["rows"].requires_grad_()
    h = kernels.shrink(leaves["x"], inputs)
    assert not h.requires_grad
    kernels.expand(leaves["y"], h, rows, positions=leaves["positions"]).sum().backward()
    assert rows.grad is not None and leaves["x"].grad is None


def test_functions_without_gradients(device: torch.device, random: torch.Generator) -> None:
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
    rows, mean, variance = (torch.zeros(3, 5, device=device) for _ in range(3))
    unit = torch.ones(1, device=device)
    kernels.adam(
        rows,
        (mean, variance),
        positions[:1],
        values[:1],
        steps=unit,
        rates=unit,
        decays=(0.8, 0.9),
        epsilon=1e-8,
    )
    assert torch.allclose(rows[1], -torch.ones(5, device=device)) and not rows[[0, 2]].any()
