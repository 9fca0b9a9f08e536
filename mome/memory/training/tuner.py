"""Memorises facts: routes every wording, trains the experts of what is not recalled yet, and verifies all. The CLI's `tune` calls it.

Axis legend: `n` wordings, `k` experts, `s` experts of the bank.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import chain, count

import torch
from torch import Tensor

from mome.artifacts.facts import MemoryFact
from mome.errors import MemoryError_
from mome.memory.config import TuneConfig
from mome.memory.memory import Memory
from mome.memory.recall import recall
from mome.memory.report import (
    FactRecall,
    Progress,
    Prompter,
    RecallReport,
    TuneProgress,
    WordingRecall,
)
from mome.memory.routing.router import SAME
from mome.memory.training.affected import Reach, reach
from mome.memory.training.batches import pools, with_neighbours
from mome.memory.training.pool import Pool, Wording
from mome.memory.training.practise import Practice, fit_shared
from mome.memory.training.processes import ALONE, Team

ROUTED_AT_ONCE = 4096
SAVE_SECONDS = 30.0
"""How often a long tune saves what is memorised so far."""
UNASKED = "the tune was stopped before this was asked"
PATIENCE, SPARING = 40, 2
"""Steps after which a wording has found no room among rows that nothing else rests on, and how often all are tried on such."""
CROWDED = 2
"""So many pools of broken wordings for each process are trained apart; fewer go to the first one, which is sure to settle them."""
THE_SAME = 0.97
"""Below this score a fact's own experts are left out where there are shared ones: these know better what questions have in common."""


def tune(
    memory: Memory,
    facts: Sequence[MemoryFact],
    prompt: Prompter,
    *,
    kept: Collection[str] = (),
    practice: Practice = (),
    config: TuneConfig | None = None,
    progress: Progress | None = None,
    save: Callable[[Memory], None] | None = None,
    team: Team = ALONE,
) -> RecallReport:
    """Make `memory` know exactly `facts`; `prompt` makes the backbone's prompt of a question.

    `kept` are ids of known facts that are as they were, prompts included: only those whose experts a changed or forgotten
    fact had to move are looked at, and no row moves but those of the changed and forgotten ones. Without any, all are asked again.

    On `practice` a memory without shared experts fits some first; those that it has stay, for its facts rest on them.

    What it knew of them before costs nothing. Of two facts that answer one question differently the first is kept. Whatever is
    not memorised is in the report with its reason. Until the end `memory` is as it was, so an interruption leaves it intact; `save`
    gets what is there so far now and then, and at an interruption.

    In a `team` every process makes the same call, and trains and asks its share of the facts.
    """
    memory.attach()
    working = copy.copy(memory)
    if working.shared is None:
        working.shared = fit_shared(
            memory,
            practice,
            prompt,
            lambda done, total: _tell(progress, TuneProgress("practise", done, total)),
            team,
        )
        if working.shared is not None:
            working.router = replace(
                memory.router, threshold=max(memory.router.threshold, THE_SAME)
            )
    done = _Tuner(
        working, reach(working, facts, kept), prompt, config or TuneConfig(), progress, save, team
    ).run()
    memory.bank, memory.known, memory.facts = done.bank, done.known, done.facts
    memory.router, memory.shared, memory.report = done.router, done.shared, done.report
    return memory.report


def _tell(progress: Progress | None, news: TuneProgress) -> None:
    if progress:
        progress(news)


class _Tuner:
    """One tune, from routes to report."""

    def __init__(
        self,
        memory: Memory,
        reach: Reach,
        prompt: Prompter,
        config: TuneConfig,
        progress: Progress | None,
        save: Callable[[Memory], None] | None,
        team: Team,
    ) -> None:
        self.memory, self.reach, self.config, self.progress, self.save, self.team = (
            memory,
            reach,
            config,
            progress,
            save,
            team,
        )
        self.prompt = cache(prompt)
        self.ids, gates = _routes(memory, reach.anchors)
        self.bank = memory.bank.resized(self.ids)
        self.positions, _ = self.bank.find(self.ids)
        self.free = reach.may_move(self.bank.ids)
        self.version = self.done = self.exposures = 0
        self.saved = time.monotonic()
        self.changed = self._emptied().long()
        """(s,) at which version of the bank each row last changed."""
        self.items = _items(reach, self.ids, gates)
        self.trainable = [item for item in self.items if not item.reason]
        self.memorised = torch.tensor(
            [not item.reason and not reach.is_new[item.fact] for item in self.items],
            dtype=torch.bool,
        )
        """(n,) which wordings the bank holds; the rows of their experts are left alone where others find room without them."""

    def _emptied(self) -> Tensor:
        """(s,) which rows belonged to forgotten facts; they begin at zero."""
        gone = torch.isin(self.bank.ids, self.reach.gone)
        for rows in self.bank.rows:
            rows[gone] = 0
        self.version = int(gone.any())
        return gone

    def run(self) -> Memory:
        """Train, then verify; returns a memory that knows the facts."""
        if self.memory.shared is not None:
            self._save()
        try:
            self._memorise()
            asked = self._asked()
        except BaseException:
            self._save()
            raise
        return self._result(asked)

    def _asked(self) -> RecallReport:
        """What decoding gives for new facts and those whose experts have moved; of the others stands what was said before."""
        moved = (self.changed[self.positions] > 0).any(1).tolist()
        reached = {
            item.fact for item in self.items if moved[item.row] or self.reach.is_new[item.fact]
        }
        facts = [fact for place, fact in enumerate(self.reach.facts) if place in reached]
        mine = recall(self._result(), self.team.share(facts), self.prompt, progress=self.progress)
        return RecallReport(
            tuple(chain.from_iterable(report.facts for report in self.team.all_gather(mine)))
        )

    def _result(self, asked: RecallReport | None = None) -> Memory:
        """The memory with what is trained so far; `asked` is what decoding gave, None where nothing was decoded."""
        result = copy.copy(self.memory)
        facts = self.reach.all_with(self._with_experts())
        result.bank = self.reach.merged(self.memory.bank, self.bank, facts)
        result.facts, result.known = facts, self.reach.known
        result.report = self.reach.all_reports(self._report(asked))
        return result

    def _save(self) -> None:
        """What cannot be saved on the way must not end the tune."""
        if self.save and not self.reach.partial:
            with suppress(MemoryError_):
                self.save(self._result())
        self.saved = time.monotonic()

    def _memorise(self) -> None:
        """All pools once, on rows that nothing memorised rests on, so that nothing is undone; then what found no room there.

        That is trained together with what shares its experts, at last on all of these, and what breaks by it, until nothing is missing.
        """
        new = [item for item in self.trainable if self.reach.is_new[item.fact]]
        self._train_all(
            list(pools(new, min(self.config.pool, -(-len(new) // self.team.size)))),
            apart=True,
            spare=True,
        )
        for attempt in count(1):
            broken = self._broken()
            if not broken:
                break
            self._moved(0, -len(broken))
            groups = list(with_neighbours(broken, self.trainable, self.positions, self.config.pool))
            self._train_all(
                groups, apart=len(groups) > CROWDED * self.team.size, spare=attempt < SPARING
            )
        self._moved(0, len(self.trainable) - self.done)

    def _train_all(self, groups: list[list[Wording]], *, apart: bool, spare: bool) -> None:
        """Train pools one after the other; in a team each process its share where they may lie `apart`, else the first all of them.

        Where they `spare` what is memorised, rows move that nothing memorised outside of the pool rests on.
        """
        if self.team.size == 1:
            for group in groups:
                self._train(group, spare)
            return
        mine = self.team.share(groups) if apart else groups[: len(groups) * (self.team.rank == 0)]
        items = [item for group in mine for item in group]
        positions = self.positions[[item.row for item in items]].unique()
        before, changed = [rows[positions] for rows in self.bank.rows], self.changed.clone()
        done, exposures = self.done, self.exposures
        for group in mine:
            self._train(group, spare)
        moved = self.team.merge_rows(self.bank, positions, before)
        through, trained = zip(
            *self.team.all_gather((self.done - done, self.exposures - exposures)), strict=True
        )
        self.done, self.exposures = done + sum(through), exposures + sum(trained)
        self._exchange(items)
        self._mark_memorised(item for group in groups for item in group)
        self.version = max(self.team.all_gather(self.version)) + 1
        self.changed = changed.index_fill(0, moved, self.version)

    def _exchange(self, items: list[Wording]) -> None:
        """Let the team know how `items` fare."""
        for told in self.team.all_gather(
            [(item.row, item.exposures, item.chance, item.reason) for item in items]
        ):
            for row, exposures, chance, reason in told:
                item = self.items[row]
                item.exposures, item.chance, item.reason = exposures, chance, reason

    def _train(self, group: list[Wording], spare: bool) -> None:
        free = self.free & ~self._taken(group) if spare else self.free
        pool = self._pool(group, free, None if free.equal(self.free) else PATIENCE)
        pool.train(self._moved)
        self._mark_memorised(group)
        self.version += 1
        self.changed[pool.staged.commit(self.bank)] = self.version
        self._mark_checked(group)
        if time.monotonic() - self.saved > SAVE_SECONDS:
            self._save()

    def _taken(self, group: list[Wording]) -> Tensor:
        """(s,) rows of experts of memorised wordings outside of `group`."""
        others = self.memorised.clone()
        others[[item.row for item in group]] = False
        return torch.zeros(len(self.bank.ids), dtype=torch.bool).index_fill_(
            0, self.positions[others].flatten(), True
        )

    def _mark_memorised(self, items: Iterable[Wording]) -> None:
        for item in items:
            self.memorised[item.row] = item.chance >= self.config.mastered

    def _broken(self) -> list[Wording]:
        """Wordings that found no room yet, or share experts with others that were trained later and are not recalled any more."""
        latest = self.changed[self.positions].amax(1).tolist()
        stale = [
            item
            for item in self.trainable
            if not item.reason and (latest[item.row] > item.checked or self._missed(item))
        ]
        broken: list[int] = []
        mine = self.team.share(list(pools(stale, self.config.pool)))
        for group in mine:
            pool = self._pool(group, self.free)
            broken += [slice_.items[row].row for slice_, rows in pool.missing() for row in rows]
        self._exchange([item for group in mine for item in group])
        self._mark_checked(stale)
        return [self.items[row] for row in chain.from_iterable(self.team.all_gather(broken))]

    def _missed(self, item: Wording) -> bool:
        return item.chance < self.config.mastered and item.exposures < self.config.max_exposures

    def _pool(self, group: list[Wording], free: Tensor, patience: int | None = None) -> Pool:
        return Pool(
            self.memory, self.bank, group, self.prompt, self.config, free=free, patience=patience
        )

    def _mark_checked(self, group: list[Wording]) -> None:
        for item in group:
            item.checked = self.version

    def _moved(self, trained: int, through: int) -> None:
        self.exposures += trained
        self.done += through
        if self.progress:
            self.progress(
                TuneProgress(
                    "memorise",
                    min(max(self.done, 0), len(self.trainable)),
                    len(self.trainable),
                    self.exposures,
                )
            )

    def _with_experts(self) -> Iterator[MemoryFact]:
        rows = iter(self.ids.split([len(fact.wordings) for fact in self.reach.facts]))
        for fact in self.reach.facts:
            yield replace(fact, experts=tuple(next(rows).unique().tolist()))

    def _report(self, asked: RecallReport | None) -> RecallReport:
        """What decoding gave, joined with what training says of each wording; of facts that it was not asked for, what stands."""
        told = {fact.id: fact.wordings for fact in asked.facts} if asked else {}
        items = iter(self.items)
        found = []
        for fact in self.reach.facts:
            own = [next(items) for _ in fact.wordings]
            if asked is None:
                verdicts = [
                    WordingRecall(item.question, False, item.reason or UNASKED) for item in own
                ]
            elif fact.id in told:
                verdicts = [
                    self._verdict(said.reason, item)
                    for said, item in zip(told[fact.id], own, strict=True)
                ]
            else:
                verdicts = self.reach.before[fact.id].wordings
            found.append(FactRecall(fact.id, fact.kind, tuple(verdicts)))
        return RecallReport(tuple(found))

    def _verdict(self, said: str, item: Wording) -> WordingRecall:
        reason = item.reason
        if not reason and item.chance < self.config.mastered:
            reason = f"its least certain token has probability {item.chance:.2f} after {item.exposures} training steps"
        reason = reason or said
        return WordingRecall(
            item.question,
            not reason,
            reason,
            None if item.reason else round(item.chance, 4),
            item.exposures,
        )


def _routes(memory: Memory, anchors: Tensor) -> tuple[Tensor, Tensor]:
    parts = [memory.select(chunk) for chunk in anchors.split(ROUTED_AT_ONCE)]
    return torch.cat([ids for ids, _ in parts]), torch.cat([gates for _, gates in parts])


def _items(reach: Reach, ids: Tensor, gates: Tensor) -> list[Wording]:
    items: list[Wording] = []
    first: dict[str, Wording] = {}
    for place, fact in enumerate(reach.facts):
        for wording, question in enumerate(fact.wordings):
            row = len(items)
            item = Wording(question, fact.answer, place, wording, row, ids[row], gates[row])
            if before := reach.said_before(place, wording):
                item.reason, item.chance = before.reason, before.probability or 0.0
            other = first.setdefault(" ".join(question.casefold().split()), item)
            if (
                other.answer != item.answer
                and float(reach.queries[row] @ reach.queries[other.row]) >= SAME
            ):
                item.reason = f"fact {reach.facts[other.fact].id} gives another answer to the same question, and comes first"
            items.append(item)
    return items
