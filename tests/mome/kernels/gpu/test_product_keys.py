"""Top-k by product keys is exact: it gives the twin's experts and scores."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mome.kernels import gpu, twins


def make(
    b: int, n1: int, n2: int, device: torch.device, random: torch.Generator
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Return queries (b, 16) and half keys (n1, 8) and (n2, 8)."""
    queries = torch.randn(b, 16, generator=random).to(device)
    keys = tuple(torch.randn(n, 8, generator=random).to(device) for n in (n1, n2))
    return queries, keys


@pytest.mark.parametrize(
    ("b", "n1", "n2", "k"),
    [(1, 1, 1, 1), (3, 63, 100, 7), (2, 100, 63, 63), (1, 1024, 1024, 32), (2, 2, 64, 2)],
)
def test_top_k(
    b: int, n1: int, n2: int, k: int, device: torch.device, random: torch.Generator
) -> None:
    queries, keys = make(b, n1, n2, device, random)
    ids, scores = gpu.top_k(queries, keys, k)
    expected_ids, expected_scores = twins.top_k(queries, keys, k)
    assert torch.equal(scores, expected_scores) and ids.dtype == torch.int64
    assert torch.equal(ids, expected_ids)


def test_the_twin_computes_more_experts_than_fit_into_registers(
    device: torch.device, random: torch.Generator
) -> None:
    queries, keys = make(3, 300, 300, device, random)
    assert torch.equal(gpu.top_k(queries, keys, 257)[0], twins.top_k(queries, keys, 257)[0])


def test_of_equal_scores_the_lower_index_comes_first(device: torch.device) -> None:
    queries = torch.ones(1, 2, device=device)
    keys = (torch.ones(5, 1, device=device), torch.ones(5, 1, device=device))
    ids, scores = gpu.top_k(queries, keys, 3)
    assert len(set(ids[0].tolist())) == 3 and scores.tolist() == [[2, 2, 2]]
    assert ids[0, 0] == 0


def test_negative_scores_are_sorted_too(device: torch.device) -> None:
    keys = (
        torch.tensor([[-3.0], [-1.0], [-2.0]], device=device),
        torch.tensor([[-0.5], [-0.25]], device=device),
    )
    ids, scores = gpu.top_k(torch.ones(1, 2, device=device), keys, 2)
    assert ids.tolist() == [[3, 2]] and scores.tolist() == [[-1.25, -1.5]]
