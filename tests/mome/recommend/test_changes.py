"""Learning, forgetting and refreshing a memory of baskets."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mome.errors import MemoryError_, TableError
from mome.memory import MemoryStore
from mome.recommend import changes, growth
from mome.recommend.baskets import BasketTune
from mome.recommend.changes import forget, learn
from mome.recommend.facts import basket_id
from mome.recommend.known_baskets import KnownBaskets
from mome.recommend.recommender import Recommender
from mome.recommend.tuning import tune_baskets
from mome.reporting import Reporter
from small_shop import ITEMS, MEMORY, ORDERS, write_orders


def first(memory: Path, *items: str) -> str:
    return Recommender.load(memory).recommend(items).ranked[0].item


def refresh(shop: Path, orders: tuple[tuple[str, ...], ...]):
    path = write_orders(shop / "orders.csv", orders)
    return tune_baskets(BasketTune(path, shop / MEMORY), Reporter())


def answers(memory: Path) -> dict[str, str]:
    return {fact.id: fact.answer for fact in KnownBaskets.load(memory).memory.facts}


def rows(memory: Path) -> dict[int, list[float]]:
    """The stored rows of each expert."""
    known = KnownBaskets.load(memory).memory
    ids = sorted({expert for fact in known.facts for expert in fact.experts})
    found = known.bank.resized(torch.tensor(ids))
    return dict(zip(ids, found.rows[0].tolist(), strict=True))


def test_a_basket_is_learned_with_a_new_item_and_forgotten(shop: Path) -> None:
    memory = shop / MEMORY
    change = learn(memory, ["tea", "scones", "cream"], Reporter())
    assert (change.known, change.new_items) == (False, ("cream",))
    assert first(memory, "scones", "tea") == "cream"
    assert learn(memory, ["scones", "tea", "cream"], Reporter()).known
    # A refresh keeps it.
    assert not refresh(shop, ORDERS).changed
    forget(memory, change.fact.id, Reporter())
    assert "cream" not in Recommender.load(memory).items
    assert set(Recommender.load(memory).items) == set(ITEMS)


def test_what_completes_a_basket_is_replaced(shop: Path) -> None:
    memory = shop / MEMORY
    before = answers(memory)
    fact_id = basket_id(["tea"])
    change = learn(memory, ["tea", "sugar"], Reporter())
    assert change.replaced == before[fact_id] != "sugar"
    assert first(memory, "tea") == "sugar"
    assert answers(memory) == before | {fact_id: "sugar"}
    MemoryStore(memory).rollback()
    assert first(memory, "tea") == before[fact_id]


def test_a_forgotten_fact_does_not_come_back(shop: Path) -> None:
    memory = shop / MEMORY
    change = forget(memory, '["tea"]', Reporter())
    assert change.fact.id not in answers(memory)
    refresh(shop, (*ORDERS, ("bread", "sugar")))
    assert change.fact.id not in answers(memory)
    learn(memory, ["tea", change.fact.answer], Reporter())
    assert change.fact.id in answers(memory)


def test_a_refresh_changes_only_rows_of_what_has_changed(shop: Path) -> None:
    memory = shop / MEMORY
    before, kept = answers(memory), rows(memory)
    # Another item and basket come, and with the last order of two its item.
    orders = (*ORDERS[:5], *ORDERS[7:], ("coffee", "milk", "sugar"), ("milk", "cocoa"))
    result = refresh(shop, orders)
    assert (result.changed, result.report.missed) == (True, ())
    after = answers(memory)
    assert after[basket_id(["cocoa"])] == "milk"
    assert basket_id(["coffee"]) in before and basket_id(["coffee"]) not in after
    assert first(memory, "cocoa") == "milk"
    now = rows(memory)
    for fact in KnownBaskets.load(memory).memory.facts:
        if fact.id in before:
            assert all(now[expert] == kept[expert] for expert in fact.experts)


def test_an_item_that_no_basket_holds_leaves_the_catalogue(shop: Path) -> None:
    memory = shop / MEMORY
    refresh(shop, ORDERS[:-1])
    known = KnownBaskets.load(memory)
    assert "scones" not in known.catalogue.items
    slot = known.catalogue.names.index(None)
    assert not known.catalogue.head.projection[:, slot].any()
    found = Recommender.load(memory).recommend(["tea"], k=20)
    assert "scones" not in {one.item for one in found}
    assert Recommender.load(memory).recommend(["scones"]).unknown == ("scones",)


def test_a_new_item_goes_with_what_it_came_with(shop: Path) -> None:
    memory = shop / MEMORY
    new = (("jam", "milk", "muffin"), ("jam", "muffin"))
    refresh(shop, (*ORDERS, *new))
    recommender = Recommender.load(memory)
    # Of no fact's items, so that the base alone answers.
    asked = ["muffin", "coffee"]
    hits = recommender._known.memory.route(['["coffee", "muffin"]']).hit
    assert not bool(hits)
    with_muffin = {one.item: one.score for one in recommender.recommend(asked, k=20)}
    without = {one.item: one.score for one in recommender.recommend(["coffee"], k=20)}
    assert with_muffin["jam"] / with_muffin["bread"] > without["jam"] / without["bread"]
    scores = {one.item: one.score for one in recommender.recommend(["jam", "sugar"], k=20)}
    assert scores["muffin"] > scores["scones"]


def test_with_many_changes_the_memory_is_made_anew(shop: Path) -> None:
    memory = shop / MEMORY
    learn(memory, ["tea", "scones", "cream"], Reporter())
    other = (("nail", "hammer"), ("nail", "saw"), ("saw", "wood", "nail"))
    result = refresh(shop, other)
    assert result.report.missed == ()
    assert first(memory, "tea", "scones") == "cream"
    assert set(Recommender.load(memory).items) == {
        "nail", "hammer", "saw", "wood", "tea", "scones", "cream",
    }  # fmt: skip


@pytest.mark.parametrize("anew", [False, True])
def test_ctrl_c_leaves_the_memory_as_it_was(shop: Path, anew: bool) -> None:
    class Interrupts(Reporter):
        def progress(self, done: int, total: int, label: str) -> None:
            """Act as Ctrl-C when the first experts have been trained."""
            if label == "memorise" and done:
                raise KeyboardInterrupt

    memory = shop / MEMORY
    before, kept, version = answers(memory), rows(memory), MemoryStore(memory).current
    more = (("cocoa", "milk"), *((f"nail {n}", f"saw {n}") for n in range(9 * anew)))
    path = write_orders(shop / "orders.csv", (*ORDERS, *more))
    with pytest.raises(KeyboardInterrupt):
        tune_baskets(BasketTune(path, memory), Interrupts())
    assert (answers(memory), rows(memory), MemoryStore(memory).current) == (before, kept, version)


@pytest.mark.parametrize(
    ("items", "told"),
    [
        (["tea"], "two different items"),
        (["tea", " "], "two different items"),
        (["tea", "milk", "tea"], "two different items"),
        (["Tea", "milk"], "differ in case"),
    ],
)
def test_baskets_that_cannot_be_learned(shop: Path, items: list[str], told: str) -> None:
    before = MemoryStore(shop / MEMORY).current
    with pytest.raises(TableError, match=told):
        learn(shop / MEMORY, items, Reporter())
    assert MemoryStore(shop / MEMORY).current == before


def test_what_cannot_be_done_changes_nothing(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = shop / MEMORY
    before = MemoryStore(memory).current
    with pytest.raises(MemoryError_, match="has no basket xyz"):
        forget(memory, "xyz", Reporter())
    monkeypatch.setattr(changes, "changed_catalogue", lambda *_: None)
    with pytest.raises(MemoryError_, match="no room for so many new items"):
        learn(memory, ["tea", "cake"], Reporter())
    assert MemoryStore(memory).current == before


def test_a_catalogue_grows_within_its_slots(tuned_shop: Path) -> None:
    catalogue = KnownBaskets.load(tuned_shop / MEMORY).catalogue
    room = len(catalogue.names) - 1
    more = [f"item {number}" for number in range(room)]
    grown = growth.changed_catalogue(catalogue, more, [(more[0], more[1])])
    assert grown is not None and grown.items == tuple(sorted(more)) and grown.names[-1] is None
    assert growth.changed_catalogue(catalogue, [*more, "one more"], []) is None
