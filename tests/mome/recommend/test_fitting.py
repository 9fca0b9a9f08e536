"""What a memory of baskets starts from."""

from __future__ import annotations

import pytest

from mome.recommend import fitting
from mome.recommend.backbone import items_asked
from mome.recommend.baskets import Basket
from mome.recommend.facts import facts_of
from mome.recommend.fitting import SLOTS, slots_for, start

BASKETS = [(Basket(("a", "b")), 3), (Basket(("a", "c")), 1), (Basket(("d",)), 2)]


@pytest.mark.parametrize("items", [2, 47, 48, 1000, 10_000])
def test_a_quarter_of_the_items_may_come_later(items: int) -> None:
    slots = slots_for(items)
    assert slots % SLOTS == 0 and items * 5 // 4 < slots < items * 5 // 4 + 2 * SLOTS


def test_a_started_memory_knows_no_fact_and_the_same_in_each_tune() -> None:
    facts = facts_of(BASKETS)
    one, other = (start(BASKETS, ("a", "b", "c", "d"), facts, frozenset()) for _ in range(2))
    assert one.memory.facts == () and one.catalogue.items == ("a", "b", "c", "d")
    assert one.catalogue.files() == other.catalogue.files()
    assert one.memory.router.hash == other.memory.router.hash


def test_random_baskets_lack_one_item_in_their_second_wording() -> None:
    pairs = fitting._strange(["a", "b", "c", "c"])
    assert len(pairs) == fitting.STRANGE
    for one, fewer in pairs:
        items, rest = set(items_asked(one)), set(items_asked(fewer))
        assert rest <= items <= {"a", "b", "c"}
        assert len(rest) == max(1, len(items) - 1)
