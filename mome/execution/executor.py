"""The only way to the database: takes what the guard let through, and runs it on the sessions of one engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from mome.errors import ExecutionError, NotGuarded, TimedOut, Unreachable
from mome.execution.session import ConnectionLost, Engine, Session, plain
from mome.guard import GuardedQuery

_SESSIONS = 4
T = TypeVar("T")
N = TypeVar("N", int, float)


@dataclass(frozen=True)
class Result:
    """What a query gave."""

    columns: tuple[str, ...]
    """As the engine names them; a name may come twice."""
    rows: list[tuple]
    """Plain Python values, at most as many rows as were asked for."""
    truncated: bool
    """True where there are more rows."""
    elapsed_ms: float


class Executor:
    """Runs guarded queries on one database, read-only, with a timeout and a row cap; connects when first needed.

    Threads may share it: up to four statements run at once, each on a connection of its own, and idle connections are used again.
    """

    def __init__(self, engine: Engine, *, timeout_s: float, max_rows: int) -> None:
        self._engine = engine
        self._timeout_s = _checked(timeout_s)
        self._max_rows = _checked(max_rows)
        self._slots = BoundedSemaphore(_SESSIONS)
        self._lock = Lock()
        self._idle: list[Session] = []
        self._closed = False
        self._warnings: tuple[str, ...] | None = None

    def run(
        self, query: GuardedQuery, *, timeout_s: float | None = None, max_rows: int | None = None
    ) -> Result:
        """The first `max_rows` rows. Raises NotGuarded, ExecutionError, Unreachable or TimedOut."""
        sql = self._text(query)
        seconds = _checked(self._timeout_s if timeout_s is None else timeout_s)
        cap = _checked(self._max_rows if max_rows is None else max_rows)
        started = time.perf_counter()
        fetched = self._call(lambda session: session.run(sql, seconds, cap + 1), seconds)
        elapsed_ms = (time.perf_counter() - started) * 1000
        rows = [tuple(map(plain, row)) for row in fetched.rows[:cap]]
        return Result(fetched.columns, rows, len(fetched.rows) > cap, elapsed_ms)

    def explain(self, query: GuardedQuery, *, timeout_s: float | None = None) -> None:
        """Let the engine plan the query without running it. Raises as `run`."""
        sql = self._text(query)
        seconds = _checked(self._timeout_s if timeout_s is None else timeout_s)
        self._call(lambda session: session.explain(sql, seconds), seconds)

    def ping(self) -> None:
        """Ask the database for a sign of life. Raises Unreachable with the reason and what to do."""
        self._call(lambda session: session.run("SELECT 1", self._timeout_s, 1), self._timeout_s)

    def reachable(self) -> bool:
        """Whether the database answers."""
        try:
            self.ping()
        except ExecutionError:
            return False
        return True

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the operator should mend, such as a role that can write; connects if nothing did before. Raises Unreachable."""
        if self._warnings is None:
            self._warnings = self._call(self._engine.warnings, self._timeout_s)
        return self._warnings

    def close(self) -> None:
        """Close the connections; those at work close when they are done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()
        self._engine.close()

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _text(self, query: GuardedQuery) -> str:
        if not isinstance(query, GuardedQuery):
            raise NotGuarded(
                f"only a query that passed the guard is run, not {type(query).__name__}; call mome.guard.guard on the SQL first"
            )
        if query.dialect != self._engine.dialect:
            raise NotGuarded(
                f"the query was guarded as {query.dialect}, and this database speaks {self._engine.dialect}"
            )
        if any("\ud800" <= character <= "\udfff" for character in query.sql):
            raise ExecutionError("the query holds characters that are not text; write them anew")
        return query.sql

    def _call(self, work: Callable[[Session], T], wait_s: float) -> T:
        if not self._slots.acquire(timeout=wait_s):
            raise TimedOut("the database is busy with other questions; try again in a moment")
        try:
            idle = self._taken()
            if idle is not None:
                try:
                    return self._done(idle, work)
                except ConnectionLost:
                    self._drop_idle()
            return self._done(self._opened(), work)
        finally:
            self._slots.release()

    def _done(self, session: Session, work: Callable[[Session], T]) -> T:
        try:
            return work(session)
        finally:
            self._give_back(session)

    def _opened(self) -> Session:
        if self._closed:
            raise Unreachable("this executor is closed; open another one")
        return self._engine.connect()

    def _taken(self) -> Session | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, session: Session) -> None:
        with self._lock:
            keep = session.usable and not self._closed
            if keep:
                self._idle.append(session)
        if not keep:
            session.close()

    def _drop_idle(self) -> None:
        """When one idle connection is dead, so are most likely the others."""
        with self._lock:
            dead, self._idle = self._idle, []
        for session in dead:
            session.close()


def _checked(limit: N) -> N:
    """The timeout or row cap itself. Raises ValueError where nothing could ever come back."""
    if limit <= 0:
        raise ValueError(f"a timeout and a row cap are above 0, not {limit}")
    return limit
