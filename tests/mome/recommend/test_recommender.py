"""Recommendations of the small shop's memory."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from mome.recommend.backbone import items_asked
from mome.recommend.known_baskets import KnownBaskets
from mome.recommend.recommender import SHOWN, Recommender
from small_shop import ITEMS, MEMORY, ORDERS


@pytest.fixture(scope="module")
def recommender(tuned_shop: Path) -> Recommender:
    return Recommender.load(tuned_shop / MEMORY)


def test_every_fact_is_the_first_recommendation(tuned_shop: Path, recommender: Recommender) -> None:
    facts = KnownBaskets.load(tuned_shop / MEMORY).memory.facts
    for fact in facts:
        first = recommender.recommend(items_asked(fact.wordings[0]))
        # The half that the experts give it is at least 0.9.
        assert (first.ranked[0].item, first.ranked[0].score >= 0.45) == (fact.answer, True)


def test_all_that_is_recommended_is_of_the_catalogue_and_new(recommender: Recommender) -> None:
    assert recommender.items == ITEMS
    for size in (0, 1, 2, 3, len(ITEMS)):
        for basket in list(combinations(ITEMS, size))[:20]:
            found = recommender.recommend(basket, k=len(ITEMS) + 5)
            assert sorted(one.item for one in found) == sorted(set(ITEMS) - set(basket))
            scores = [one.score for one in found]
            assert scores == sorted(scores, reverse=True)
            assert sum(scores) == pytest.approx(1 if found.ranked else 0, abs=1e-4)


def test_reasons_are_remembered_baskets_with_the_item(recommender: Recommender) -> None:
    remembered = {tuple(sorted(order)) for order in ORDERS}
    for one in recommender.recommend(["bread", "butter"]):
        assert 1 <= len(one.because) <= SHOWN
        assert all(one.item in basket and basket in remembered for basket in one.because)
    jam = next(one for one in recommender.recommend(["tea", "bread"]) if one.item == "jam")
    assert jam.because[0] == ("bread", "butter", "jam", "tea")
    # Scones were only bought alone.
    last = next(one for one in recommender.recommend(["tea"]) if one.item == "scones")
    assert last.because == (("scones",),)


def test_unknown_items_are_said_and_do_not_count(recommender: Recommender) -> None:
    plain = recommender.recommend(["tea", "milk"])
    strange = recommender.recommend(["caviar", " milk ", "tea", "caviar", "tea"])
    assert strange.unknown == ("caviar",) and plain.unknown == ()
    assert strange.ranked == plain.ranked
    none = recommender.recommend(["caviar"])
    assert none.ranked == recommender.recommend([]).ranked and len(none) == len(ITEMS)


def test_batches_give_what_single_questions_give(recommender: Recommender) -> None:
    baskets = [list(basket) for basket in combinations(ITEMS, 2)] * 3
    many = recommender.many(baskets, 3)
    for basket, found in zip(baskets[:28:5], many[:28:5], strict=True):
        alone = recommender.recommend(basket, 3)
        assert [one.item for one in alone] == [one.item for one in found]
    assert many[:28] == many[28:56]
    with pytest.raises(ValueError, match="1 or more"):
        recommender.recommend(["tea"], k=0)
    with pytest.raises(TypeError, match="a list of items"):
        recommender.recommend("tea")
