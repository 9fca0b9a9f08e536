"""Change what a memory of baskets knows: the baskets of a changed file, or a single one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from mome.closed_set.memorise import memorise, refuse_missed
from mome.errors import MemoryError_, TableError
from mome.memory import MemoryFact, MemoryStore, RecallReport, written
from mome.recommend.backbone import items_asked
from mome.recommend.baskets import Basket, checked_baskets
from mome.recommend.facts import LEARNED, basket_fact, basket_id, baskets_of
from mome.recommend.growth import changed_catalogue
from mome.recommend.known_baskets import Catalogue, KnownBaskets
from mome.reporting import Reporter

BATCH = 256
"""Facts that are asked again at once after new items came."""


@dataclass(frozen=True)
class BasketChange:
    """The result of learning or forgetting a basket."""

    fact: MemoryFact
    known: bool = False
    """Whether the memory recalled it before."""
    replaced: str | None = None
    """The item that completed the basket before; None if there was none."""
    new_items: tuple[str, ...] = ()
    """Items that the catalogue did not have."""


def learn(memory: Path, items: Sequence[str], reporter: Reporter) -> BasketChange:
    """Memorise that the last of `items` completes the others; on failure the memory is unchanged.
    Raises TableError, NoMemory, or MemoryError_ if it is not memorised.
    """
    whole = [item.strip() for item in items]
    if len(set(whole)) < 2 or not all(whole) or whole[-1] in whole[:-1]:
        raise TableError("give two different items at least, the one that completes them last")
    *others, answer = whole
    store = MemoryStore(memory)
    with store.lock():
        reporter.stage("Loading the memory")
        known = KnownBaskets.load(memory)
        new = tuple(item for item in dict.fromkeys(whole) if item not in known.backbone.places)
        _check(known.catalogue, whole)
        before = next((f for f in known.memory.facts if f.id == basket_id(others)), None)
        if before is not None and before.answer == answer:
            return BasketChange(before, known=True)
        rest = () if before is None else (before.answer, *before.objects)
        fact = basket_fact(others, answer, [one for one in rest if one != answer], learned=True)
        facts = [other for other in known.memory.facts if other.id != fact.id]
        items = sorted({*known.catalogue.items, *whole})
        change(known, [*facts, fact], items, reporter)
        _store(store, known, known.catalogue.forgotten - {fact.id})
    return BasketChange(fact, replaced=before.answer if before else None, new_items=new)


def forget(memory: Path, name: str, reporter: Reporter) -> BasketChange:
    """Forget the fact with this id or question; no tune brings it back. Items that no other basket
    holds leave the catalogue. Raises MemoryError_ if there is no such fact, or no other.
    """
    store = MemoryStore(memory)
    with store.lock():
        reporter.stage("Loading the memory")
        known = KnownBaskets.load(memory)
        facts = known.memory.facts
        fact = next((f for f in facts if name.strip() in (f.id, f.wordings[0])), None)
        if fact is None:
            raise MemoryError_(
                f"the memory at {memory} has no basket {name}: give an id that `mome facts` lists"
            )
        left = [other for other in facts if other is not fact]
        if not left:
            raise MemoryError_("no basket would be left; nothing was changed")
        gone = items_in([fact]) - items_in(left) - known.catalogue.alone
        change(known, left, [item for item in known.catalogue.items if item not in gone], reporter)
        _store(store, known, known.catalogue.forgotten | {fact.id})
    return BasketChange(fact)


def items_in(facts: Iterable[MemoryFact]) -> set[str]:
    """Return the items of the baskets that facts remember."""
    return set(chain.from_iterable(basket for fact in facts for basket in baskets_of(fact)))


def _check(catalogue: Catalogue, items: Sequence[str]) -> None:
    """Raise TableError for items that a file may not hold either."""
    alone = [Basket((item,)) for item in catalogue.items]
    checked_baskets(iter([*alone, Basket(tuple(items))]), "with this the memory")


def _store(store: MemoryStore, known: KnownBaskets, forgotten: frozenset[str]) -> None:
    known.catalogue = replace(known.catalogue, forgotten=forgotten)
    store.write(known.memory.stored(), known.catalogue.files())


def change(
    known: KnownBaskets, facts: Sequence[MemoryFact], items: Sequence[str], reporter: Reporter
) -> RecallReport:
    """Make the memory know exactly these facts over exactly these items. Raises MemoryError_ if
    there is no room for new items, or if a new fact is not recalled.
    """
    memory, before = known.memory, {fact.id: fact for fact in known.memory.facts}
    new_items = set(items) - set(known.catalogue.items)
    holders = [
        basket for fact in facts for basket in baskets_of(fact) if not new_items.isdisjoint(basket)
    ]
    catalogue = changed_catalogue(known.catalogue, items, holders)
    if catalogue is None:
        raise MemoryError_(
            "the memory has no room for so many new items; make it anew with "
            "`mome tune --baskets FILE` in another folder"
        )
    known.use(catalogue)
    same = [f for f in facts if f.id in before and before[f.id].answer == f.answer]
    kept = {fact.id for fact in same}
    if new_items:
        # A new item may come before the answer of a known fact.
        kept -= _lost(known, [before[fact.id] for fact in same])
    report = memorise(memory, facts, kept, [known.backbone.learning_rate], reporter)
    refuse_missed(report, before)
    _take_over(known, facts)
    return report


def _lost(known: KnownBaskets, facts: Sequence[MemoryFact]) -> set[str]:
    """Return ids of facts that the memory does not recall any more."""
    lost = set()
    for first in range(0, len(facts), BATCH):
        some = facts[first : first + BATCH]
        questions = [fact.wordings[0] for fact in some]
        answers = written(known.memory, questions, questions)
        pairs = zip(some, answers, strict=True)
        lost |= {fact.id for fact, answer in pairs if answer != fact.answer}
    return lost


def _take_over(known: KnownBaskets, facts: Sequence[MemoryFact]) -> None:
    """Give the memory's facts the kind and the rarer answers of these, which need no training."""
    memory, wanted = known.memory, {fact.id: fact for fact in facts}
    memory.facts = tuple(
        replace(fact, kind=wanted[fact.id].kind, objects=wanted[fact.id].objects)
        for fact in memory.facts
    )


def learned_baskets(facts: Iterable[MemoryFact]) -> list[Basket]:
    """Return the baskets that were learned one by one, the item that completed each at its end."""
    return [
        Basket((*items_asked(fact.wordings[0]), fact.answer), timed=True)
        for fact in facts
        if fact.kind == LEARNED
    ]
