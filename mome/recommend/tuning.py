"""Make a memory of baskets from a file, or refresh it: `mome tune --baskets`.

A tune fits the head in closed form, and trains the experts of each fact that is not recalled by
then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mome.memory import MemoryFact, MemoryStore, RecallReport, TuneConfig, TuneProgress, tune
from mome.recommend.baskets import Basket, BasketSet, BasketTune, read_baskets
from mome.recommend.changes import change, items_in, learned_baskets
from mome.recommend.facts import LEARNED, facts_of
from mome.recommend.fitting import start
from mome.recommend.known_baskets import KnownBaskets
from mome.reporting import Reporter

MOST_NEW = 0.25
"""Largest part of the facts that a refresh may add; above it the memory is made anew."""


@dataclass(frozen=True)
class BasketResult:
    """The result of a tune."""

    report: RecallReport
    items: int
    """Size of the catalogue."""
    baskets: int
    """Number of baskets in the file."""
    changed: bool = True
    """Whether the memory was written."""


def tune_baskets(request: BasketTune, reporter: Reporter) -> BasketResult:
    """Make a memory know exactly the baskets of a file, and what was learned one by one; on an
    error the existing memory is unchanged. Raises TableError, MemoryError_ and OSError.
    """
    reporter.stage("Reading the baskets")
    given = read_baskets(request)
    total = sum(count for _, count in given.baskets)
    store = MemoryStore(request.memory)
    with store.lock():
        known = KnownBaskets.load(store.path) if (store.path / "current").is_symlink() else None
        facts = _wanted(given, known)
        items = sorted({*given.items, *items_in(f for f in facts if f.kind == LEARNED)})
        if known is None or _is_other(facts, items, known):
            known, report = _made(given, items, facts, known, reporter)
        elif _same(facts, known) and set(items) == set(known.catalogue.items):
            return BasketResult(known.memory.report, len(items), total, changed=False)
        else:
            report = change(known, facts, items, reporter)
        alone = {b.items[0] for b, _ in given.baskets if len(b.items) == 1}
        catalogue = replace(known.catalogue, alone=frozenset(alone))
        store.write(known.memory.stored(), catalogue.files())
        return BasketResult(report, len(items), total)


def _wanted(given: BasketSet, known: KnownBaskets | None) -> list[MemoryFact]:
    """Return the facts of the baskets without forgotten ones, and what was learned one by one."""
    if known is None:
        return facts_of(given.baskets)
    before = known.memory.facts
    facts = {fact.id: fact for fact in facts_of(given.baskets, before)}
    for name in known.catalogue.forgotten:
        facts.pop(name, None)
    for fact in before:
        if fact.kind == LEARNED:
            of_file = facts.get(fact.id)
            others = () if of_file is None else (of_file.answer, *of_file.objects)
            rest = tuple(item for item in others if item != fact.answer)
            facts[fact.id] = replace(fact, objects=rest)
    return list(facts.values())


def _answers(facts: Sequence[MemoryFact]) -> dict[str, str]:
    return {fact.id: fact.answer for fact in facts}


def _same(facts: Sequence[MemoryFact], known: KnownBaskets) -> bool:
    wanted = {fact.id: (fact.answer, fact.objects) for fact in facts}
    return wanted == {fact.id: (fact.answer, fact.objects) for fact in known.memory.facts}


def _is_other(facts: Sequence[MemoryFact], items: Sequence[str], known: KnownBaskets) -> bool:
    """Return whether so much is new that the memory is made anew."""
    before = _answers(known.memory.facts)
    new = sum(before.get(fact.id) != fact.answer for fact in facts)
    return new > MOST_NEW * len(facts) or len(items) >= len(known.catalogue.names)


def _made(
    given: BasketSet,
    items: Sequence[str],
    facts: Sequence[MemoryFact],
    known: KnownBaskets | None,
    reporter: Reporter,
) -> tuple[KnownBaskets, RecallReport]:
    """Make a memory anew."""

    def hear(news: TuneProgress) -> None:
        reporter.progress(news.done, news.total, news.stage)

    reporter.stage("Fitting the base")
    forgotten = frozenset() if known is None else known.catalogue.forgotten
    learned: list[tuple[Basket, int]] = []
    if known is not None:
        learned = [(basket, 1) for basket in learned_baskets(known.memory.facts)]
    started = start([*given.baskets, *learned], items, facts, forgotten)
    reporter.stage("Memorising")
    config = TuneConfig(learning_rate=started.backbone.learning_rate)
    report = tune(started.memory, facts, str, config=config, progress=hear)
    return started, report
