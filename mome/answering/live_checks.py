"""What is asked of the database while candidates are compared: whether queries run, and whether
they have rows. A database that does not answer is left alone for a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from sqlglot import exp

from mome.catalog import Catalog
from mome.errors import ExecutionError, Refused, TimedOut, Unreachable
from mome.guard import GuardedQuery, guard, write_sql

# With 8 candidates, a question waits at most this long: after one timeout nothing else runs.
CHECK_SECONDS = 2.0
"""Time limit of one query on the database while candidates are compared."""
RETRY_SECONDS = 30.0
"""Pause after a failed connection, so that an unreachable database does not slow every question."""

T = TypeVar("T")


class Rows(Protocol):
    """The part of an execution's result that is used here."""

    @property
    def rows(self) -> Sequence[tuple[object, ...]]:
        """The rows, at most as many as were asked for."""
        ...

    @property
    def truncated(self) -> bool:
        """Whether there were more rows."""
        ...


class CheckingExecutor(Protocol):
    """The part of an Executor that is used here; `mome.execution.open_executor` returns one."""

    def run(
        self, query: GuardedQuery, *, timeout_s: float | None = None, max_rows: int | None = None
    ) -> Rows:
        """Run a query and return its result."""
        ...

    def explain(self, query: GuardedQuery, *, timeout_s: float | None = None) -> None:
        """Let the database plan a query without running it."""
        ...


class LiveChecks:
    """Queries of one catalog's database. Without an executor nothing is known of it."""

    def __init__(self, catalog: Catalog, executor: CheckingExecutor | None) -> None:
        self._catalog = catalog
        self._executor = executor
        self._asleep_until = 0.0

    def run(self, query: GuardedQuery, max_rows: int) -> Rows | None:
        """Return the first rows of a query; see `asked`."""
        return self.asked(
            lambda executor: executor.run(query, timeout_s=CHECK_SECONDS, max_rows=max_rows)
        )

    def explain(self, query: GuardedQuery) -> None:
        """Let the database plan a query. Raises ExecutionError if it refuses."""
        self.asked(lambda executor: executor.explain(query, timeout_s=CHECK_SECONDS))

    def has_row(self, probe: exp.Select) -> bool | None:
        """Return whether a query has a row; None if that cannot be determined."""
        try:
            query = guard(write_sql(probe, self._catalog.dialect), self._catalog)
            found = self.run(query, max_rows=1)
        except (Refused, ExecutionError):
            return None
        return None if found is None else bool(found.rows)

    def number(self, probe: exp.Select) -> int | None:
        """Return the number that a query gives; None if that cannot be determined."""
        try:
            query = guard(write_sql(probe, self._catalog.dialect), self._catalog)
            found = self.run(query, max_rows=1)
        except (Refused, ExecutionError):
            return None
        value = found.rows[0][0] if found is not None and found.rows else None
        return value if isinstance(value, int) else None

    def asked(self, ask: Callable[[CheckingExecutor], T]) -> T | None:
        """Call the database. Returns None if it is unreachable, was so recently, or times out.
        Raises ExecutionError.
        """
        if self._executor is None or time.monotonic() < self._asleep_until:
            return None
        try:
            return ask(self._executor)
        except Unreachable:
            self._asleep_until = time.monotonic() + RETRY_SECONDS
        except TimedOut:
            pass
        return None
