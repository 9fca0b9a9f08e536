"""A fitted router sends wordings of one fact to the same experts, different facts to others, and
strangers nowhere.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mome.memory.config import MemoryConfig
from mome.memory.routing.fit_router import (
    LOWEST_APART,
    LOWEST_THRESHOLD,
    apart,
    fit_router,
    foreign_words,
)
from mome.memory.routing.router import FOREIGN, PLAIN, Router, nearest_known

CONFIG = MemoryConfig()


def clusters(count: int, size: int, width: int = 48, seed: int = 0) -> list[Tensor]:
    """Facts as random centres; wordings differ from them in a few directions that say nothing."""
    generator = torch.Generator().manual_seed(seed)
    style = torch.randn(6, width, generator=torch.Generator().manual_seed(99)) * 0.3
    centres = torch.randn(count, width, generator=generator)
    noise = 0.1 * torch.randn(count, size, width, generator=generator)
    return list(
        centres.unsqueeze(1) + torch.randn(count, size, 6, generator=generator) @ style + noise
    )


def chosen(router: Router, states: Tensor) -> Tensor:
    return router.select(router.query(states), top_k=32, temperature=0.1)[0]


def shared(one: Tensor, other: Tensor) -> float:
    """Share of experts that rows of two routes have in common."""
    return float((one.unsqueeze(2) == other.unsqueeze(1)).any(2).float().mean())


def test_an_unseen_wording_meets_its_fact_and_no_other() -> None:
    facts, background = clusters(40, 4), clusters(48, 2, seed=1)
    router = fit_router([fact[:3] for fact in facts], background, CONFIG)
    known = chosen(router, torch.stack([fact[0] for fact in facts]))
    unseen = chosen(router, torch.stack([fact[3] for fact in facts]))
    assert shared(known, unseen) > 0.5
    assert shared(known, unseen.roll(1, 0)) < 0.05


def test_experts_are_used_evenly() -> None:
    facts = clusters(60, 1)
    router = fit_router(facts, clusters(48, 2, seed=1), CONFIG)
    uses = chosen(router, torch.cat(facts)).unique(return_counts=True)[1]
    assert uses.max() <= 15
    assert len(uses) > 60 * 32 / 2


def test_the_threshold_parts_paraphrases_from_strangers() -> None:
    facts = clusters(40, 4)
    router = fit_router([fact[:3] for fact in facts], clusters(48, 2, seed=1), CONFIG)
    known = router.query(torch.cat([fact[:3] for fact in facts]))
    unseen, strangers = (
        torch.stack([group[3] for group in groups]) for groups in (facts, clusters(200, 4, seed=2))
    )
    assert (
        nearest_known(router.query(unseen), known)[0] >= router.threshold
    ).float().mean() >= 0.95
    assert (
        nearest_known(router.query(strangers), known)[0] < router.threshold
    ).float().mean() >= 0.9


def test_the_same_seed_gives_the_same_router() -> None:
    facts, background = clusters(10, 2), clusters(48, 2, seed=1)
    first, again = (fit_router(facts, background, CONFIG) for _ in range(2))
    assert first.hash == again.hash
    assert fit_router(facts, background, MemoryConfig(seed=1)).hash != first.hash


@pytest.mark.parametrize(
    ("count", "size", "width"), [(0, 1, 48), (1, 1, 48), (3, 1, 7), (2, 2, 1100)]
)
def test_few_facts_and_odd_widths_are_no_trouble(count: int, size: int, width: int) -> None:
    router = fit_router(clusters(count, size, width), clusters(48, 2, width, seed=1), CONFIG)
    assert torch.isfinite(router.projection).all()
    assert 0 < router.shared_threshold <= router.threshold < 1
    assert len(chosen(router, torch.randn(2, width))[0].unique()) == 32


def test_foreign_words_let_the_threshold_fall() -> None:
    facts = clusters(40, 4)
    # Background questions that resemble facts give a threshold of 0.82.
    background = [
        other + fact[:2] for fact, other in zip(facts, clusters(40, 2, seed=1), strict=True)
    ]
    plain, told = (
        fit_router(facts, background, CONFIG, foreign) for foreign in (None, torch.ones(40))
    )
    assert told.threshold == pytest.approx(plain.threshold - FOREIGN, abs=1e-5)


def test_the_threshold_has_a_lower_bound() -> None:
    facts, background = clusters(40, 4), clusters(48, 2, seed=1)
    router = fit_router(facts, background, CONFIG, torch.full((48,), 2))
    assert router.threshold == LOWEST_THRESHOLD


def test_foreign_words_are_counted_in_every_second_background_question() -> None:
    groups, background = (
        [("how many books", "count the books"), ("all authors",)],
        [("a b",), ("books in Paris", "count wombats"), ("c",)],
    )
    assert foreign_words(groups, background, PLAIN).tolist() == [1, 1]
    assert foreign_words([], background, PLAIN).tolist() == [2, 1]


def test_facts_about_any_subject_are_apart() -> None:
    facts, background = clusters(80, 3), clusters(48, 2, seed=1)
    bare = fit_router([fact[:2] for fact in facts], background, CONFIG)
    twice = [fact[:2] for fact in (*facts, facts[0], facts[1])]
    router = apart([fact[:2] for fact in facts], bare)
    known = router.query(torch.cat([fact[:2] for fact in facts]))
    cosines = router.query(torch.stack([fact[0] for fact in facts])) @ known.T
    for row in range(80):
        cosines[row, 2 * row : 2 * row + 2] = -1
    nearest = cosines.amax(1)
    median, upper = float(nearest.quantile(0.5)), float(nearest.quantile(0.8413))
    assert router.threshold == pytest.approx(max(median + 3 * (upper - median), LOWEST_APART))
    assert router.shared_threshold == router.threshold
    # Facts of which there are two are no reason to keep paraphrases out.
    assert apart(twice, bare).threshold <= router.threshold + 0.05
    unseen = router.query(torch.stack([fact[2] for fact in facts]))
    assert float((nearest_known(unseen, known)[0] >= router.threshold).float().mean()) > 0.9
