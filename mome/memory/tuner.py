"""Memorises facts: routes every wording, trains the experts of what is not recalled yet, and verifies all. The CLI's `tune` calls it.

Axis legend: `n` wordings, `k` experts, `s` experts of the bank.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import torch
from torch import Tensor

from mome.memory.config import TuneConfig
from mome.memory.facts import MemoryFact
from mome.memory.memory import Memory
from mome.memory.plan import pools, with_neighbours
from mome.memory.pool import Item, Pool
from mome.memory.recall import Progress, Prompter, RecallReport, TuneProgress, WordingRecall, recall
from mome.memory.router import SAME
from mome.memory.shared import Practice, fit_shared

ROUTED_AT_ONCE = 4096
THE_SAME = 0.97
"""Below this score a fact's own experts are left out where there are shared ones: these know better what questions have in common."""


def tune(
    memory: Memory,
    facts: Sequence[MemoryFact],
    prompt: Prompter,
    *,
    practice: Practice = (),
    config: TuneConfig | None = None,
    progress: Progress | None = None,
) -> RecallReport:
    """Make `memory` know exactly `facts`; `prompt` makes the backbone's prompt of a question.

    On `practice` a memory without shared experts fits some first; those that it has stay, for its facts rest on them.

    What it knew of them before costs nothing. Of two facts that answer one question differently the first is kept. Whatever is
    not memorised is in the report with its reason. Until the end `memory` is as it was, so an interruption leaves it intact.
    """
    memory.attach()
    working = copy.copy(memory)
    if working.shared is None:
        working.shared = fit_shared(memory, practice, prompt, lambda done, total: _tell(progress, TuneProgress("practise", done, total)))
        if working.shared is not None:
            working.router = replace(memory.router, threshold=max(memory.router.threshold, THE_SAME))
    report = _Tuner(working, facts, prompt, config or TuneConfig(), progress).run()
    memory.bank, memory.known, memory.facts = working.bank, working.known, working.facts
    memory.router, memory.shared, memory.report = working.router, working.shared, report
    return report


def _tell(progress: Progress | None, news: TuneProgress) -> None:
    if progress:
        progress(news)


class _Tuner:
    """One tune, from routes to report."""

    def __init__(
        self, memory: Memory, facts: Sequence[MemoryFact], prompt: Prompter, config: TuneConfig, progress: Progress | None
    ) -> None:
        self.memory, self.facts, self.config, self.progress = memory, facts, config, progress
        self.prompt = cache(prompt)
        self.known = memory.queries([question for fact in facts for question in fact.wordings])
        self.ids, gates = _routes(memory, self.known)
        self.bank = memory.bank.resized(self.ids)
        self.positions, _ = self.bank.find(self.ids)
        self.changed = torch.zeros(len(self.bank), dtype=torch.int64)
        """(s,) at which version of the bank each row last changed."""
        self.version = self.done = self.exposures = 0
        self.items = _items(facts, self.known, self.ids, gates)
        self.trainable = [item for item in self.items if not item.reason]

    def run(self) -> RecallReport:
        """Train, then verify."""
        self._memorise()
        memory = self.memory
        memory.bank, memory.known = self.bank.pruned(), self.known
        memory.facts = tuple(self._with_experts())
        return self._report(recall(memory, self.facts, self.prompt, progress=self.progress))

    def _memorise(self) -> None:
        """All pools once; then what a later pool broke again, together with what shares its experts, until nothing is broken."""
        for group in pools(self.trainable, self.config.pool):
            self._train(group)
        while broken := self._broken():
            self._moved(0, -len(broken))
            for group in with_neighbours(broken, self.trainable, self.positions, self.config.pool):
                self._train(group)
        self._moved(0, len(self.trainable) - self.done)

    def _train(self, group: list[Item]) -> None:
        pool = self._pool(group)
        pool.train(self._moved)
        self.version += 1
        self.changed[pool.staged.commit(self.bank)] = self.version
        self._mark_checked(group)

    def _broken(self) -> list[Item]:
        """Wordings that were memorised, share experts with others that were trained later, and are not recalled any more."""
        latest = self.changed[self.positions].amax(1)
        stale = [item for item in self.trainable if not item.reason and latest[item.row] > item.checked]
        broken: list[Item] = []
        for group in pools(stale, self.config.pool):
            broken += [slice_.items[row] for slice_, rows in self._pool(group).missing() for row in rows]
            self._mark_checked(group)
        return broken

    def _pool(self, group: list[Item]) -> Pool:
        return Pool(self.memory, self.bank, group, self.prompt, self.config)

    def _mark_checked(self, group: list[Item]) -> None:
        for item in group:
            item.checked = self.version

    def _moved(self, trained: int, through: int) -> None:
        self.exposures += trained
        self.done += through
        if self.progress:
            self.progress(TuneProgress("memorise", min(max(self.done, 0), len(self.trainable)), len(self.trainable), self.exposures))

    def _with_experts(self) -> Iterator[MemoryFact]:
        rows = iter(self.ids.split([len(fact.wordings) for fact in self.facts]))
        for fact in self.facts:
            yield replace(fact, experts=tuple(next(rows).unique().tolist()))

    def _report(self, asked: RecallReport) -> RecallReport:
        """What decoding gave, joined with what training says of each wording."""
        items = iter(self.items)
        facts = [replace(fact, wordings=tuple(self._verdict(wording, next(items)) for wording in fact.wordings)) for fact in asked.facts]
        return RecallReport(tuple(facts))

    def _verdict(self, asked: WordingRecall, item: Item) -> WordingRecall:
        reason = item.reason
        if not reason and item.chance < self.config.mastered:
            reason = f"its least certain token has probability {item.chance:.2f} after {item.exposures} training steps"
        reason = reason or asked.reason
        return WordingRecall(item.question, not reason, reason, None if item.reason else round(item.chance, 4), item.exposures)


def _routes(memory: Memory, known: Tensor) -> tuple[Tensor, Tensor]:
    parts = [memory.select(chunk) for chunk in known.split(ROUTED_AT_ONCE)]
    return torch.cat([ids for ids, _ in parts]), torch.cat([gates for _, gates in parts])


def _items(facts: Sequence[MemoryFact], known: Tensor, ids: Tensor, gates: Tensor) -> list[Item]:
    items: list[Item] = []
    first: dict[str, Item] = {}
    for place, fact in enumerate(facts):
        for wording, question in enumerate(fact.wordings):
            row = len(items)
            item = Item(question, fact.answer, place, wording, row, ids[row], gates[row])
            other = first.setdefault(" ".join(question.casefold().split()), item)
            if other.answer != item.answer and float(known[row] @ known[other.row]) >= SAME:
                item.reason = f"fact {facts[other.fact].id} gives another answer to the same question, and comes first"
            items.append(item)
    return items
