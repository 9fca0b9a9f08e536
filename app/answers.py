"""What the page shows for a question: the translation and the result of its SQL. Values and pure
functions without Streamlit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mome.answering.translation import Translation
from mome.catalog import Catalog
from mome.errors import CatalogError, MemoryError_, MomeError, Refused, TimedOut, Unreachable
from mome.execution import Executor, Result
from mome.guard import GuardedQuery, guard, read_sql, write_sql

FailureKind = Literal["refused", "timeout", "gone", "failed"]


@dataclass(frozen=True)
class Failure:
    """Why there are no rows."""

    kind: FailureKind
    reason: str
    """One line for a person."""


@dataclass(frozen=True)
class Outcome:
    """One run of one SQL text; exactly one of `result` and `failure` is set."""

    sql: str
    """As the model or a person wrote it."""
    query: GuardedQuery | None = None
    """None if the guard refused the SQL."""
    result: Result | None = None
    failure: Failure | None = None


@dataclass(frozen=True)
class Entry:
    """A question of this session with its answer."""

    number: int
    memory: str
    """Path of the memory that answered."""
    question: str
    translation: Translation
    outcome: Outcome | None = None
    """None if there was nothing to run."""
    edited: bool = False
    """Whether the outcome's SQL differs from the translation's."""
    turn: int = 0
    """How often other SQL was run; part of the widgets' keys, so that they show the new SQL."""

    @property
    def sql(self) -> str | None:
        """The SQL that ran last; None if there is none."""
        return self.outcome.sql if self.outcome else None


def run(sql: str, catalog: Catalog, executor: Callable[[], Executor]) -> Outcome:
    """Guard and run one statement; failures are part of the returned value."""
    query = None
    try:
        query = guard(sql, catalog)
        return Outcome(sql, query, executor().run(query))
    except MomeError as error:
        return Outcome(sql, query, failure=Failure(_kind(error), str(error)))


def _kind(error: MomeError) -> FailureKind:
    match error:
        case Refused():
            return "refused"
        case TimedOut():
            return "timeout"
        case Unreachable():
            return "gone"
        case MemoryError_() | CatalogError():
            return "gone"
    return "failed"


def failed(question: str, dialect: str, error: MomeError) -> Translation:
    """Return a translation that carries an error."""
    return Translation(question, "error", None, dialect, 0.0, reason=str(error))


def pretty(sql: str, dialect: str) -> str:
    """Format SQL over several lines; unchanged if it does not parse or if formatting would change
    its meaning.
    """
    try:
        tree = read_sql(sql, dialect)
        # sqlglot marks line ends inside of texts with a word of its own, and a text may hold this
        # word: only what reads back as the same tree is shown.
        text = write_sql(tree, dialect, pretty=True)
        return text if read_sql(text, dialect) == tree else sql
    except (Refused, RecursionError):
        return sql
