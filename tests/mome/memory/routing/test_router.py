"""Product keys find exactly what comparing with every key finds."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import normalize

from mome.artifacts.facts import MemoryFact
from mome.memory.routing.router import FOREIGN, Router, fact_anchors, find_route, nearest_known


def make(first: int, second: int, width: int = 8) -> Router:
    generator = torch.Generator().manual_seed(first)
    keys = (
        torch.randn(first, width // 2, generator=generator),
        torch.randn(second, width // 2, generator=generator),
    )
    return Router(torch.zeros(width), torch.eye(width), keys, 0.5, 0.4)


def fact(name: str, wordings: int) -> MemoryFact:
    return MemoryFact(name, "verified", tuple(f"{name} {i}" for i in range(wordings)), "SELECT 1")


@pytest.mark.parametrize(("first", "second", "top_k"), [(32, 32, 32), (64, 32, 7), (32, 32, 1)])
def test_the_best_experts_are_those_of_brute_force(first: int, second: int, top_k: int) -> None:
    router = make(first, second)
    queries = router.query(torch.randn(63, 8, generator=torch.Generator().manual_seed(1)))
    every = (
        (queries[:, :4] @ router.keys[0].T).unsqueeze(2)
        + (queries[:, 4:] @ router.keys[1].T).unsqueeze(1)
    ).flatten(1)
    ids, gates = router.select(queries, top_k=top_k, temperature=0.3)
    assert torch.equal(ids, every.topk(top_k).indices)
    assert torch.allclose(gates, torch.softmax(every.topk(top_k).values / 0.3, 1))


def test_a_query_has_unit_length() -> None:
    assert torch.allclose(make(32, 32).query(torch.randn(5, 8)).norm(dim=1), torch.ones(5))


def test_the_hash_covers_tensors_and_thresholds() -> None:
    router = make(32, 32)
    moved = Router.from_tensors(router.tensors() | {"mean": router.mean + 1e-7}, 0.5, 0.4)
    others = [
        Router.from_tensors(router.tensors(), *thresholds).hash
        for thresholds in ((0.6, 0.4), (0.5, 0.3))
    ]
    assert len({router.hash, moved.hash, *others}) == 4
    assert Router.from_tensors(router.tensors(), 0.5, 0.4).hash == router.hash


def test_the_nearest_known_question() -> None:
    known = normalize(torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, -1.0]]), dim=1)
    score, index = nearest_known(torch.tensor([[0.0, -1.0], [0.6, 0.8]]), known)
    assert index.tolist() == [2, 1]
    assert score[0] == 1.0
    assert nearest_known(known, known[:0])[0].tolist() == [-1.0, -1.0, -1.0]


def test_a_question_takes_the_route_of_the_known_one_that_is_nearest() -> None:
    router, generator = make(32, 32), torch.Generator().manual_seed(2)
    known = router.query(torch.randn(3, 8, generator=generator))
    anchors = fact_anchors(known, [fact("a", 2), fact("b", 1)], 0)
    near, far = (
        normalize(known + 0.01 * torch.randn(known.shape, generator=generator), dim=1),
        -known,
    )
    route = find_route(router, torch.cat([near, far[:1]]), known, anchors, top_k=4, temperature=0.3)
    ids, gates = router.select(anchors, top_k=4, temperature=0.3)
    assert torch.equal(route.ids[:3], ids) and torch.allclose(route.gates[:3], gates)
    assert torch.equal(ids[0], ids[1]) and not torch.equal(ids[0], ids[2])
    assert route.hit.tolist() == [True, True, True, bool(route.score[3] >= 0.5)]


def test_facts_in_the_same_words_hardly_share_experts() -> None:
    router = make(1024, 1024, width=64)
    known = router.query(torch.randn(1, 64, generator=torch.Generator().manual_seed(2))).expand(
        40, -1
    )
    anchors = fact_anchors(known, [fact(f"f{i}", 1) for i in range(40)], 0)
    ids, _ = router.select(anchors, top_k=32, temperature=0.3)
    assert len(ids.unique()) > 0.7 * ids.numel()
    assert not torch.equal(anchors, fact_anchors(known, [fact(f"f{i}", 1) for i in range(40)], 1))


def test_no_facts_have_no_anchors() -> None:
    assert fact_anchors(torch.empty(0, 8), [], 0).shape == (0, 8)


def test_where_nothing_is_known_nothing_is_hit() -> None:
    router, none = make(32, 32), torch.empty(0, 8)
    assert not find_route(
        router, router.query(torch.randn(3, 8)), none, none, top_k=4, temperature=0.3
    ).hit.any()


def test_foreign_words_keep_a_question_out() -> None:
    router = replace(make(32, 32), shared_threshold=0.3)
    known = router.query(torch.randn(1, 8, generator=torch.Generator().manual_seed(2)))
    queries = known.expand(3, 8)
    route = find_route(
        router, queries, known, known, top_k=4, temperature=0.3, foreign=torch.tensor([0, 2, 3])
    )
    assert route.score.tolist() == pytest.approx([1.0, 1 - 2 * FOREIGN, 1 - 3 * FOREIGN], abs=1e-5)
    assert route.hit.tolist() == [True, True, False] and route.near.tolist() == [True, True, True]
