"""Top-k by product keys is exact: the twin's scores, and experts that have them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mome.kernels import gpu, twins


def make(
    b: int, n1: int, n2: int, device: torch.device, random: torch.Generator
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    queries = torch.randn(b, 16, generator=random)
    return queries.to(device), tuple(
        torch.randn(n, 8, generator=random).to(device) for n in (n1, n2)
    )


@pytest.mark.parametrize(
    ("b", "n1", "n2", "k"),
    [(1, 1, 1, 1), (3, 63, 100, 7), (2, 100, 63, 63), (1, 1024, 1024, 32), (2, 2, 64, 2)],
)
def test_top_k(
    b: int, n1: int, n2: int, k: int, device: torch.device, random: torch.Generator
) -> None:
    queries, keys = make(b, n1, n2, device, random)
    ids, scores = gpu.top_k(queries, keys, k)
    wanted_ids, wanted = twins.top_k(queries, keys, k)
    assert torch.equal(scores, wanted) and ids.dtype == torch.int64
    assert torch.equal(ids, wanted_ids)


def test_more_than_fits_into_registers_is_the_twins(
    device: torch.device, random: torch.Generator
) -> None:
    queries, keys = make(3, 300, 300, device, random)
    assert torch.equal(gpu.top_k(queries, keys, 257)[0], twins.top_k(queries, keys, 257)[0])


def test_equal_scores_go_to_the_lower_index(device: torch.device) -> None:
    queries, keys = (
        torch.ones(1, 2, device=device),
        (torch.ones(5, 1, device=device), torch.ones(5, 1, device=device)),
    )
    ids, scores = gpu.top_k(queries, keys, 3)
    assert len(set(ids[0].tolist())) == 3 and scores.tolist() == [[2, 2, 2]]
    assert ids[0, 0] == 0


def test_negative_scores_keep_their_order(device: torch.device) -> None:
    keys = (
        torch.tensor([[-3.0], [-1.0], [-2.0]], device=device),
        torch.tensor([[-0.5], [-0.25]], device=device),
    )
    ids, scores = gpu.top_k(torch.ones(1, 2, device=device), keys, 2)
    assert ids.tolist() == [[3, 2]] and scores.tolist() == [[-1.25, -1.5]]
