"""Which of a backbone's candidates can be shown: the guard lets them through, the database runs or plans them. The translator calls it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

from mome.answering.plausibility import flaws
from mome.answering.row_comparison import same_rows
from mome.answering.stored_spelling import repair
from mome.answering.translation import Rewritten
from mome.backbones.base import Candidate
from mome.catalog import Catalog
from mome.errors import ExecutionError, Refused, TimedOut, Unreachable
from mome.guard import GuardedQuery, guard
from mome.linking.values import ValueIndex

CHECK_SECONDS = 2.0
"""How long one candidate may run on the database while candidates are compared."""
RETRY_SECONDS = 30.0
"""How long a database that could not be reached is left alone."""
EMPTY_PENALTY, FLAW_PENALTY = 1.75, 5.0
"""Taken off the log-probability of a candidate that gives no rows, and for each thing in it that makes no sense."""
ECHO = 0.5
"""Weight of how well the question fits the candidate, read the other way."""
LEAST = 1e-30
COMPARED_ROWS = 500
"""Rows at most by which two readings are told apart."""

T = TypeVar("T")


class CheckingExecutor(Protocol):
    """What `mome.execution.open_executor` gives."""

    def run(
        self, query: GuardedQuery, *, timeout_s: float | None = None, max_rows: int | None = None
    ): ...

    def explain(self, query: GuardedQuery, *, timeout_s: float | None = None) -> None: ...


@dataclass(frozen=True)
class Checked:
    """A candidate that the guard let through."""

    query: GuardedQuery
    literals: tuple[Rewritten, ...]
    candidate: Candidate
    verified: bool
    """Whether people verified exactly this query."""
    flaws: int = 0
    """Things that make no sense in it; none are sought in what people verified."""
    empty: bool | None = None
    """Whether the database gave no rows; None where it was not asked or took too long."""
    confidence: float = 0.0
    """Its part of what all candidates that passed are given, in [0, 1]."""

    @property
    def rank(self) -> float:
        """Higher is better."""
        said = math.log(max(self.candidate.probability, LEAST)) + ECHO * self.candidate.echo
        return (
            said
            - FLAW_PENALTY * self.flaws
            - (EMPTY_PENALTY if self.empty and not self.verified else 0.0)
        )


class Checker:
    """Guards and tries candidates over one catalog; without an executor it only guards."""

    def __init__(
        self,
        catalog: Catalog,
        values: ValueIndex,
        verified: Collection[str],
        executor: CheckingExecutor | None,
    ) -> None:
        self._catalog, self._values, self._verified, self._executor = (
            catalog,
            values,
            verified,
            executor,
        )
        self._asleep_until = 0.0

    def check(self, candidates: Iterable[Candidate]) -> list[Checked]:
        """Candidates that guard and database accept, each query once, best first; they run until one gives rows or takes too long."""
        guarded: dict[str, Checked] = {}
        for found in filter(None, map(self._guarded, candidates)):
            guarded.setdefault(found.query.sql, found)
        passed: list[Checked] = []
        settled = False
        for candidate in sorted(guarded.values(), key=_worst_last):
            checked = self._explained(candidate) if settled else self._tried(candidate)
            if checked is not None:
                passed.append(checked)
                settled |= not checked.empty
        return _with_confidence(sorted(passed, key=_worst_last))

    def differ(self, one: Checked, other: Checked) -> bool:
        """Whether both run and give different rows in any order; True too where nobody can tell."""
        try:
            found = [
                self._asked(partial(self._run, checked, COMPARED_ROWS)) for checked in (one, other)
            ]
        except ExecutionError:
            return False
        if None in found or any(result.truncated for result in found):
            return True
        first, second = found
        return not same_rows(first.rows, second.rows, ordered=False)

    def _guarded(self, candidate: Candidate) -> Checked | None:
        """The candidate with stored spellings in its literals, unless people verified it as it is; None where the guard refuses."""
        if candidate.answer is None:
            return None
        verified = candidate.answer in self._verified
        sql, literals = (
            (candidate.answer, ())
            if verified
            else repair(candidate.answer, self._catalog, self._values)
        )
        try:
            return Checked(
                guard(sql, self._catalog),
                literals,
                candidate,
                verified,
                0 if verified else flaws(sql, self._catalog, self._values),
            )
        except Refused:
            return None

    def _tried(self, checked: Checked) -> Checked | None:
        """The candidate with whether it gives rows; None where the database refuses it."""
        try:
            result = self._asked(partial(self._run, checked, 2))
        except ExecutionError:
            return None
        if result is None:
            return checked
        return replace(
            checked,
            empty=not result.rows or all(value is None for row in result.rows for value in row),
        )

    def _explained(self, checked: Checked) -> Checked | None:
        try:
            self._asked(lambda: self._executor.explain(checked.query, timeout_s=CHECK_SECONDS))
        except ExecutionError:
            return None
        return checked

    def _run(self, checked: Checked, max_rows: int):
        return self._executor.run(checked.query, timeout_s=CHECK_SECONDS, max_rows=max_rows)

    def _asked(self, ask: Callable[[], T]) -> T | None:
        """What the database says; None where it is not there, was not there a moment ago, or takes too long. Raises ExecutionError."""
        if self._executor is None or time.monotonic() < self._asleep_until:
            return None
        try:
            return ask()
        except Unreachable:
            self._asleep_until = time.monotonic() + RETRY_SECONDS
        except TimedOut:
            pass
        return None


def _worst_last(checked: Checked) -> float:
    return -checked.rank


def _with_confidence(ranked: list[Checked]) -> list[Checked]:
    """What they have together is shared out anew by rank, which knows more than the decoder did."""
    weights = [math.exp(checked.rank - ranked[0].rank) for checked in ranked]
    given = min(1.0, sum(checked.candidate.probability for checked in ranked)) / sum(
        weights or [1.0]
    )
    return [
        replace(checked, confidence=given * weight)
        for checked, weight in zip(ranked, weights, strict=True)
    ]
