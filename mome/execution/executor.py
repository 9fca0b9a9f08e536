"""The only way to the database: runs guarded queries on the sessions of one engine.

`mome.execution.open_executor` builds it for the CLI, the app and the translator.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from mome.errors import ExecutionError, NotGuarded, TimedOut, Unreachable
from mome.execution.abandoned import abandon, refuse_if_too_many
from mome.execution.session import ConnectionLost, Engine, Session, timed_out
from mome.execution.watchdog import ends_within, started
from mome.guard import GuardedQuery

_SESSIONS = 4
"""Most statements at once, each on its own connection, so that threads cannot use up a server's."""
# An engine's own timeout should come first: it leaves the connection usable.
_GRACE_S = 0.5
"""Seconds beyond the timeout after which the engine is asked to stop the statement."""
_STOP_S = 0.5
"""Seconds that it has for that. Then the statement is abandoned, and the caller goes on."""
T = TypeVar("T")
N = TypeVar("N", int, float)


@dataclass(frozen=True)
class Result:
    """The result of a query."""

    columns: tuple[str, ...]
    """Names of the columns as the engine gives them; a name may occur twice."""
    rows: list[tuple]
    """Plain Python values, at most as many rows as were asked for."""
    truncated: bool
    """True if the query has more rows, than were asked for or than 64 MiB hold."""
    elapsed_ms: float
    """Milliseconds from the call until the rows were fetched."""
    cut: int = 0
    """Number of values that are shortened; each ends with `… [cut: ...]`."""


class Executor:
    """Runs guarded queries on one database, read-only, with a timeout and a row cap.

    It connects at the first call. Threads may share it: up to four statements run at once, each on
    its own connection, and idle connections are reused. The caller of a statement goes on a second
    after its timeout at the latest, whatever the engine does.
    """

    def __init__(self, engine: Engine, *, timeout_s: float, max_rows: int) -> None:
        self._engine = engine
        self._timeout_s = _positive(timeout_s)
        self._max_rows = _positive(max_rows)
        self._closed = False
        self._inherited: list[Session] = []
        self._start_pool()
        self._warnings: tuple[str, ...] | None = None

    def run(
        self, query: GuardedQuery, *, timeout_s: float | None = None, max_rows: int | None = None
    ) -> Result:
        """Return the first rows of a query.

        timeout_s, max_rows: limits for this call; None means those of the executor.
        Raises NotGuarded, ExecutionError, Unreachable or TimedOut.
        """
        sql = self._checked_sql(query)
        seconds = _positive(self._timeout_s if timeout_s is None else timeout_s)
        cap = _positive(self._max_rows if max_rows is None else max_rows)
        started = time.perf_counter()
        # One row more than the cap tells whether the result is truncated.
        fetched = self._with_session(lambda session: session.run(sql, seconds, cap + 1), seconds)
        elapsed_ms = (time.perf_counter() - started) * 1000
        truncated = len(fetched.rows) > cap or fetched.is_short
        cut = sum(at < cap for at in fetched.cut)
        return Result(fetched.columns, fetched.rows[:cap], truncated, elapsed_ms, cut)

    def explain(self, query: GuardedQuery, *, timeout_s: float | None = None) -> None:
        """Let the engine plan the query without running it. Raises the same errors as `run`."""
        sql = self._checked_sql(query)
        seconds = _positive(self._timeout_s if timeout_s is None else timeout_s)
        self._with_session(lambda session: session.explain(sql, seconds), seconds)

    def ping(self) -> None:
        """Run `SELECT 1`. Raises Unreachable with the reason and what to do."""
        seconds = self._timeout_s
        self._with_session(lambda session: session.run("SELECT 1", seconds, 1), seconds)

    def reachable(self) -> bool:
        """Return whether the database answers."""
        try:
            self.ping()
        except ExecutionError:
            return False
        return True

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each right of the account that reading does not need.

        Connects if no call did before. Raises Unreachable.
        """
        if self._warnings is None:
            self._warnings = self._with_session(self._engine.warnings, self._timeout_s)
        return self._warnings

    def overdue(self) -> int | None:
        """Return how many statements of the account the server has run for over `OVERDUE_S`.

        Nobody waits for these any more, in any process. None if the database is no server.
        Raises ExecutionError.
        """
        return self._with_session(self._engine.overdue, self._timeout_s)

    def close(self) -> None:
        """Close idle connections now and busy ones when their statement ends."""
        with self._lock:
            self._closed = True
        self._close_idle()
        self._engine.close()

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _checked_sql(self, query: GuardedQuery) -> str:
        if not isinstance(query, GuardedQuery):
            raise NotGuarded(
                f"only a query that passed the guard is run, not {type(query).__name__}; "
                "call mome.guard.guard on the SQL first"
            )
        dialect = self._engine.dialect
        if query.dialect != dialect:
            raise NotGuarded(
                f"the query was guarded as {query.dialect}, but this database needs {dialect}; "
                "guard the SQL with this database's catalog"
            )
        # Drivers cannot encode surrogate code points in UTF-8, and each fails in its own way.
        if any("\ud800" <= character <= "\udfff" for character in query.sql):
            raise ExecutionError(
                "the query contains characters that are not text (surrogates); remove them"
            )
        return query.sql

    def _start_pool(self) -> None:
        self._owner = os.getpid()
        self._slots = BoundedSemaphore(_SESSIONS)
        # Guards `_idle` and `_closed`. Sessions run and close outside of it, for both may block.
        self._lock = Lock()
        self._idle: list[Session] = []

    def _leave_after_fork(self) -> None:
        """Give up the sessions that a forked process has from its parent, which uses them too."""
        if self._owner != os.getpid():
            # Kept, for to close or to collect them could tell the server that the parent leaves.
            self._inherited += self._idle
            self._start_pool()

    def _with_session(self, work: Callable[[Session], T], seconds: float) -> T:
        """Return the value of `work` on an idle or new session.

        seconds: how long it may take, and how long to wait for a slot before.
        """
        self._leave_after_fork()
        if not self._slots.acquire(timeout=seconds):
            raise TimedOut("the database is busy with other questions; try again in a moment")
        try:
            # After the wait: a slot may be free because its statement was abandoned.
            refuse_if_too_many(self._engine.place)
            idle = self._take_idle()
            if idle is not None:
                try:
                    return self._run_on(idle, work, seconds)
                except ConnectionLost:
                    # If one idle connection is dead, the others most likely are too. Statements
                    # only read, so the work may run again on a new connection.
                    self._close_idle()
            return self._run_on(self._open(), work, seconds)
        finally:
            self._slots.release()

    def _run_on(self, session: Session, work: Callable[[Session], T], seconds: float) -> T:
        call = started(lambda: work(session))
        in_time = False
        try:
            in_time = ends_within(call, seconds + _GRACE_S)
        finally:
            # Also reached by KeyboardInterrupt.
            if in_time:
                self._give_back(session)
            else:
                self._give_up(session, call)
        if not in_time:
            raise timed_out(seconds) from (call.exception() if call.done() else None)
        return call.result()

    def _open(self) -> Session:
        if self._closed:
            raise Unreachable("this executor is closed; open another one")
        opening = started(self._engine.connect)
        in_time = False
        try:
            in_time = ends_within(opening, self._engine.open_s)
        finally:
            if not in_time:
                abandon(self._engine.place, opening)
                opening.add_done_callback(_close_opened)
        if not in_time:
            raise Unreachable(
                f"the database did not open within {self._engine.open_s:g} s; is it overloaded?"
            )
        return opening.result()

    def _give_up(self, session: Session, call: Future) -> None:
        """Stop a call if the engine lets itself be stopped; its session is not used again."""
        started(session.stop)
        wait([call], _STOP_S)
        abandon(self._engine.place, call)
        call.add_done_callback(lambda _: session.close())

    def _take_idle(self) -> Session | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, session: Session) -> None:
        """Keep a session for reuse, unless it is unusable or the executor was closed meanwhile."""
        with self._lock:
            keep = session.usable and not self._closed
            if keep:
                self._idle.append(session)
        if not keep:
            session.close()

    def _close_idle(self) -> None:
        with self._lock:
            idle = self._idle
            self._idle = []
        for session in idle:
            session.close()


def _close_opened(opening: Future[Session]) -> None:
    if opening.exception() is None:
        opening.result().close()


def _positive(limit: N) -> N:
    """Return a timeout or row cap. Raises ValueError if it is not above 0."""
    if limit <= 0:
        raise ValueError(f"a timeout or row cap must be above 0, not {limit}")
    return limit
