"""Make what a memory of baskets starts from: slots, head and router."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import cast

from mome.closed_set.memory import NoWords
from mome.memory import MemoryConfig, MemoryFact
from mome.recommend.backbone import BasketBackbone, question_of
from mome.recommend.baskets import Basket
from mome.recommend.head import fit_head
from mome.recommend.known_baskets import Catalogue, KnownBaskets
from mome.recommend.memory import BasketMemory

TOP_K = 4
"""Experts of a fact. One token over a linear base needs fewer of them than SQL."""
SLOTS, FREE = 64, 16
"""Slots come in multiples of the first; the second, and a quarter of the items, may come later."""
STRANGE = 200
"""Random baskets that the router is fitted to beside the known ones."""
LARGEST = 12
"""Items of a random basket at most."""


def start(
    baskets: Sequence[tuple[Basket, int]],
    items: Sequence[str],
    facts: Sequence[MemoryFact],
    forgotten: frozenset[str],
) -> KnownBaskets:
    """Fit head and router to counted baskets, whose facts are `facts`; return an attached memory
    that knows none of them.
    """
    places = {item: place for place, item in enumerate(items)}
    counted = [(tuple(places[item] for item in basket.key), count) for basket, count in baskets]
    slots = slots_for(len(items))
    head = fit_head(counted, len(items), slots)
    names = (*items, *[None] * (slots - len(items)))
    backbone = BasketBackbone(names, head)
    wordings = [fact.wordings for fact in facts]
    strange = _strange([item for basket, _ in baskets for item in basket.items])
    config = MemoryConfig(top_k=TOP_K)
    memory = BasketMemory.create(backbone, config, wordings, NoWords(), strange=strange)
    memory.attach()
    return KnownBaskets(cast(BasketMemory, memory), Catalogue(names, head, forgotten))


def slots_for(items: int) -> int:
    """Return the number of slots for a catalogue that may grow; the last one stays free."""
    wanted = items + items // 4 + FREE
    return -(-wanted // SLOTS) * SLOTS


def _strange(drawn: Sequence[str]) -> list[tuple[str, str]]:
    """Return random baskets in two wordings, of which the second lacks an item: they show the
    router how similar baskets differ.
    """
    rng = random.Random(0)
    pairs = []
    for _ in range(STRANGE):
        items = sorted(set(rng.choices(drawn, k=rng.randint(2, LARGEST))))
        fewer = rng.sample(items, max(1, len(items) - 1))
        pairs.append((question_of(items), question_of(fewer)))
    return pairs
