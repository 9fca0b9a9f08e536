"""What a change of a few facts affects: facts that share experts with a changed or forgotten fact,
and rows that may change.

The tuner calls it. Axis legend: `n` wordings of the affected facts, `q` query width.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor

from mome.artifacts.facts import MemoryFact
from mome.memory.experts.bank import Bank
from mome.memory.experts.layered_bank import LayeredBank
from mome.memory.memory import Memory
from mome.memory.report import FactRecall, RecallReport, WordingRecall
from mome.memory.routing.router import fact_anchors


@dataclass(frozen=True)
class Reach:
    """All facts of a tune, those that take part in it, and what it may change."""

    all: tuple[MemoryFact, ...]
    known: Tensor
    """Queries of all wordings of all facts."""
    facts: tuple[MemoryFact, ...]
    """Facts that take part, in order: new and changed ones, and kept ones that share experts with
    these or with forgotten facts.
    """
    queries: Tensor
    """(n, q) queries of their wordings."""
    anchors: Tensor
    """(n, q) anchors of their wordings."""
    is_new: tuple[bool, ...]
    """For each of `facts`, whether it is new or changed and must be trained; others are trained
    only if a change broke them.
    """
    partial: bool
    """Whether any fact is kept; if so, only rows of the experts `open` may change."""
    open: Tensor
    """Experts of new, changed and forgotten facts, sorted."""
    gone: Tensor
    """Experts that only forgotten facts used, sorted."""
    before: dict[str, FactRecall]
    """Previous verdict on each kept fact, by id."""

    def may_move(self, ids: Tensor) -> Tensor:
        """Return which rows of experts `ids` may change."""
        return (
            torch.isin(ids, self.open) if self.partial else torch.ones(len(ids), dtype=torch.bool)
        )

    def said_before(self, place: int, wording: int) -> WordingRecall | None:
        """Return the previous verdict on a wording of a kept fact; None for a new fact."""
        return None if self.is_new[place] else self.before[self.facts[place].id].wordings[wording]

    def all_with(self, facts: Iterable[MemoryFact]) -> tuple[MemoryFact, ...]:
        """Return all facts, with those that took part replaced by the given ones."""
        here = {fact.id: fact for fact in facts}
        return tuple(here.get(fact.id, fact) for fact in self.all)

    def all_reports(self, report: RecallReport) -> RecallReport:
        """Return one report on all facts."""
        here = self.before | {fact.id: fact for fact in report.facts}
        return RecallReport(tuple(here[fact.id] for fact in self.all))

    def merged(
        self, before: LayeredBank, trained: Bank, facts: Sequence[MemoryFact]
    ) -> LayeredBank:
        """Merge `trained` rows into the memory's rows `before`; rows of experts that no fact uses
        any more are dropped.
        """
        if not self.partial:
            return before.replaced_by(trained.pruned())
        used = self.open[torch.isin(self.open, _experts(facts))]
        return before.overlaid(trained.resized(used).resized(self.open))


def reach(memory: Memory, facts: Sequence[MemoryFact], kept: Collection[str]) -> Reach:
    """Find what must be trained so that `memory` knows exactly `facts`; facts with ids in `kept`
    are unchanged.
    """
    old = {fact.id: fact for fact in memory.facts}
    names = {fact.id for fact in facts}
    before = {fact.id: fact for fact in memory.report.facts if fact.id in kept}
    # A kept fact brings the experts that it has in the memory; the caller's copy may have none.
    facts = tuple(old[fact.id] if fact.id in before else fact for fact in facts)
    new = [fact for fact in facts if fact.id not in before]
    gone = _experts(fact for fact in memory.facts if fact.id not in names)
    known = _queries(memory, facts)
    anchors = fact_anchors(known, facts, memory.config.seed)
    rows, ways = _by_fact(known, facts), _by_fact(anchors, facts)
    # All wordings of a fact have one anchor, so the first selects the experts of all.
    moved = [memory.select(ways[fact.id][:1])[0].flatten() for fact in new]
    was = _experts(old[fact.id] for fact in new if fact.id in old)
    opened = torch.cat([gone, was, *moved]).unique()
    touched = set(opened.tolist())
    taking_part = [
        fact for fact in facts if fact.id not in before or not touched.isdisjoint(fact.experts)
    ]
    # The empty slice lets `cat` work if no fact takes part.
    queries = torch.cat([known[:0], *(rows[fact.id] for fact in taking_part)])
    anchors = torch.cat([anchors[:0], *(ways[fact.id] for fact in taking_part)])
    is_new = tuple(fact.id not in before for fact in taking_part)
    return Reach(
        facts,
        known,
        tuple(taking_part),
        queries,
        anchors,
        is_new,
        bool(before),
        opened,
        gone,
        before,
    )


def _by_fact(values: Tensor, facts: Sequence[MemoryFact]) -> dict[str, Tensor]:
    """Return rows of `values` (n, q) by the id of the fact whose wordings they belong to."""
    names = [fact.id for fact in facts]
    counts = [len(fact.wordings) for fact in facts]
    return dict(zip(names, values.split(counts), strict=True))


def _experts(facts: Iterable[MemoryFact]) -> Tensor:
    used = set(chain.from_iterable(fact.experts for fact in facts))
    return torch.tensor(sorted(used), dtype=torch.int64)


def _queries(memory: Memory, facts: Sequence[MemoryFact]) -> Tensor:
    """Return queries of all wordings; those that the memory knows are not computed again."""
    asked = [question for fact in facts for question in fact.wordings]
    before = [question for fact in memory.facts for question in fact.wordings]
    rows = dict(zip(before, memory.known, strict=True))
    missing = [question for question in dict.fromkeys(asked) if question not in rows]
    rows |= dict(zip(missing, memory.queries(missing), strict=True))
    return torch.stack([rows[question] for question in asked]) if asked else memory.known[:0]
