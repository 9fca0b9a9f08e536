"""Memorise facts: route every wording, train the experts of those not recalled yet, and verify all.
`mome.tune` calls `tune`.

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
from mome.memory.training.affected import Reach, reach
from mome.memory.training.batches import pools, with_neighbours
from mome.memory.training.pool import Pool
from mome.memory.training.practise import Practice, fit_shared
from mome.memory.training.processes import ALONE, Team
from mome.memory.training.wordings import Wording, routes, verdict, wordings

SAVE_SECONDS = 30.0
"""Interval at which a long tune saves what is memorised so far."""
UNASKED = "the tune was stopped before this was asked"
PATIENCE, SPARING = 40, 2
"""Two constants: the step limit when training on unused rows only, and the number of such attempts.
"""
CROWDED = 2
"""Above this number of pools of broken wordings per process, pools are distributed; below it the
first process trains all, which always converges.
"""
THE_SAME = 0.97
"""Minimum score for a fact's own experts if there are shared ones, which generalise better to new
questions.
"""


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
    """Make `memory` know exactly `facts`. `prompt` builds the backbone's prompt of a question.

    `kept`: ids of facts whose wording, SQL and prompt are unchanged. They are re-checked only if a
    changed fact shares their experts, and only rows of changed and forgotten facts change. Without
    any, all facts are asked again.

    `practice`: a memory without shared experts fits them to it first. Existing shared experts stay,
    because the facts rest on them.

    `save` is called now and then, and on interruption, with what is memorised so far. `memory` is
    unchanged until the end, so that an interruption leaves it intact.

    `team`: every process makes the same call and trains its share of the facts.

    Facts that are known already cost no step. If two facts answer one question differently, the
    first one wins. The report gives the reason for every wording that is not memorised.
    """
    memory.attach()
    # All work is done on a copy, so that an exception leaves the caller's memory as it was.
    working = copy.copy(memory)
    if working.shared is None:

        def practised(done: int, total: int) -> None:
            _tell(progress, TuneProgress("practise", done, total))

        working.shared = fit_shared(memory, practice, prompt, practised, team)
        if working.shared is not None:
            threshold = max(memory.router.threshold, THE_SAME)
            working.router = replace(memory.router, threshold=threshold)
    affected = reach(working, facts, kept)
    config = config or TuneConfig()
    done = _Tuner(working, affected, prompt, config, progress, save, team).run()
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
        self.memory = memory
        self.reach = reach
        self.config = config
        self.progress = progress
        self.save = save
        self.team = team
        # Linking a question takes longer than a training step, and every attempt needs the prompt.
        self.prompt = cache(prompt)
        self.ids, gates = routes(memory, reach.anchors)
        self.bank = memory.bank.resized(self.ids)
        self.positions, _ = self.bank.find(self.ids)
        self.free = reach.may_move(self.bank.ids)
        self.version = self.done = self.exposures = 0
        self.saved = time.monotonic()
        self.changed = self._emptied().long()
        """(s,) at which version of the bank each row last changed."""
        self.items = wordings(reach, self.ids, gates)
        self.trainable = [item for item in self.items if not item.reason]
        self.memorised = torch.tensor(
            [not item.reason and not reach.is_new[item.fact] for item in self.items],
            dtype=torch.bool,
        )
        """(n,) which wordings the bank holds; the rows of their experts are left alone where others
        find room without them.
        """

    def _emptied(self) -> Tensor:
        """Zero the rows of forgotten facts; return (s,) which rows they are."""
        gone = torch.isin(self.bank.ids, self.reach.gone)
        for rows in self.bank.rows:
            rows[gone] = 0
        self.version = int(gone.any())
        return gone

    def run(self) -> Memory:
        """Train, then verify; return a memory that knows the facts."""
        if self.memory.shared is not None:
            self._save()
        try:
            self._memorise()
            asked = self._asked()
        # Not only errors: Ctrl-C and the end of a helper too. What is memorised by then is kept for
        # the next tune, and the error goes on unchanged.
        except BaseException:
            self._save()
            raise
        return self._result(asked)

    def _asked(self) -> RecallReport:
        """Decode new facts and those whose experts changed; previous verdicts hold for the
        others.
        """
        moved = (self.changed[self.positions] > 0).any(1).tolist()
        is_new = self.reach.is_new
        reached = {item.fact for item in self.items if moved[item.row] or is_new[item.fact]}
        facts = [fact for place, fact in enumerate(self.reach.facts) if place in reached]
        mine = recall(self._result(), self.team.share(facts), self.prompt, progress=self.progress)
        # In the order of ranks, the parts are in the order of the facts again.
        parts = [report.facts for report in self.team.all_gather(mine)]
        return RecallReport(tuple(chain.from_iterable(parts)))

    def _result(self, asked: RecallReport | None = None) -> Memory:
        """Return the memory as trained so far; `asked` is the report of decoding, None
        before it.
        """
        result = copy.copy(self.memory)
        facts = self.reach.all_with(self._with_experts())
        result.bank = self.reach.merged(self.memory.bank, self.bank, facts)
        result.facts, result.known = facts, self.reach.known
        result.report = self.reach.all_reports(self._report(asked))
        return result

    def _save(self) -> None:
        """Save what is memorised so far; a failure must not end the tune."""
        # A refresh is short and has a memory to fall back on; only a tune from scratch is saved.
        if self.save and not self.reach.partial:
            with suppress(MemoryError_):
                self.save(self._result())
        self.saved = time.monotonic()

    def _memorise(self) -> None:
        """Train all pools once on rows that no memorised wording uses, so that nothing is undone.

        Then train what did not converge together with its neighbours, at last on all of their rows,
        and repeat for what that broke until nothing is missing.
        """
        new = [item for item in self.trainable if self.reach.is_new[item.fact]]
        # Small pools if there are few wordings, so that each process gets one.
        size = min(self.config.pool, -(-len(new) // self.team.size))
        self._train_all(list(pools(new, size)), apart=True, spare=True)
        for attempt in count(1):
            broken = self._broken()
            if not broken:
                break
            self._moved(0, -len(broken))
            groups = list(with_neighbours(broken, self.trainable, self.positions, self.config.pool))
            apart = len(groups) > CROWDED * self.team.size
            self._train_all(groups, apart=apart, spare=attempt < SPARING)
        self._moved(0, len(self.trainable) - self.done)

    def _train_all(self, groups: list[list[Wording]], *, apart: bool, spare: bool) -> None:
        """Train pools one after the other. In a team, pools are distributed if they may be trained
        `apart`; else the first process trains all.

        With `spare`, only rows change that no memorised wording outside of the pool uses.
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
        # Every process adds the others' progress to what all had before.
        steps = self.team.all_gather((self.done - done, self.exposures - exposures))
        self.done = done + sum(through for through, _ in steps)
        self.exposures = exposures + sum(trained for _, trained in steps)
        self._exchange(items)
        self._mark_memorised(item for group in groups for item in group)
        # All merged rows get a version later than any check, so that `_broken` looks at them again:
        # a process has checked its wordings without the others' updates.
        self.version = max(self.team.all_gather(self.version)) + 1
        self.changed = changed.index_fill(0, moved, self.version)

    def _exchange(self, items: list[Wording]) -> None:
        """Share the state of `items` with all processes."""
        mine = [(item.row, item.exposures, item.chance, item.reason) for item in items]
        for states in self.team.all_gather(mine):
            for row, exposures, chance, reason in states:
                item = self.items[row]
                item.exposures, item.chance, item.reason = exposures, chance, reason

    def _train(self, group: list[Wording], spare: bool) -> None:
        free = self.free & ~self._taken(group) if spare else self.free
        # With fewer rows than usual some wordings never converge, so they get fewer steps at first.
        pool = self._pool(group, free, None if free.equal(self.free) else PATIENCE)
        pool.train(self._moved)
        self._mark_memorised(group)
        self.version += 1
        self.changed[pool.staged.commit(self.bank)] = self.version
        self._mark_checked(group)
        if time.monotonic() - self.saved > SAVE_SECONDS:
            self._save()

    def _taken(self, group: list[Wording]) -> Tensor:
        """Return (s,) which rows memorised wordings outside of `group` use."""
        others = self.memorised.clone()
        others[[item.row for item in group]] = False
        taken = torch.zeros(len(self.bank.ids), dtype=torch.bool)
        return taken.index_fill_(0, self.positions[others].flatten(), True)

    def _mark_memorised(self, items: Iterable[Wording]) -> None:
        for item in items:
            self.memorised[item.row] = item.chance >= self.config.mastered

    def _broken(self) -> list[Wording]:
        """Return wordings that did not converge, or that share experts with wordings trained later
        and are no longer recalled.
        """
        # Rows that have not changed since a wording was measured cannot have undone it.
        latest = self.changed[self.positions].amax(1).tolist()
        stale = [
            item
            for item in self.trainable
            if not item.reason and (latest[item.row] > item.checked or self._missed(item))
        ]
        broken: list[int] = []
        mine = self.team.share(list(pools(stale, self.config.pool)))
        for group in mine:
            for slice_, rows in self._pool(group, self.free).missing():
                broken += [slice_.items[row].row for row in rows]
        self._exchange([item for group in mine for item in group])
        self._mark_checked(stale)
        everywhere = chain.from_iterable(self.team.all_gather(broken))
        return [self.items[row] for row in everywhere]

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
        total = len(self.trainable)
        # Broken wordings are subtracted again, which may overshoot for a moment.
        done = min(max(self.done, 0), total)
        _tell(self.progress, TuneProgress("memorise", done, total, self.exposures))

    def _with_experts(self) -> Iterator[MemoryFact]:
        rows = iter(self.ids.split([len(fact.wordings) for fact in self.reach.facts]))
        for fact in self.reach.facts:
            yield replace(fact, experts=tuple(next(rows).unique().tolist()))

    def _report(self, asked: RecallReport | None) -> RecallReport:
        """Join the verdicts of decoding with those of training; for facts that were not decoded,
        previous verdicts hold.
        """
        decoded = {fact.id: fact.wordings for fact in asked.facts} if asked else {}
        items = iter(self.items)
        found = []
        for fact in self.reach.facts:
            own = [next(items) for _ in fact.wordings]
            if asked is None:
                verdicts = [
                    WordingRecall(item.question, False, item.reason or UNASKED) for item in own
                ]
            elif fact.id in decoded:
                pairs = zip(own, decoded[fact.id], strict=True)
                mastered = self.config.mastered
                verdicts = [verdict(item, said.reason, mastered) for item, said in pairs]
            else:
                verdicts = [*self.reach.before[fact.id].wordings]
            found.append(FactRecall(fact.id, fact.kind, tuple(verdicts)))
        return RecallReport(tuple(found))
