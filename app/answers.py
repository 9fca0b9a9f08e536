"""What the page shows for a question: the translation and the result of its SQL. Values and pure
functions without Streamlit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from sqlglot import exp

from mome.answering.measures import NO_MEASURES, Measures
from mome.answering.translation import Translation
from mome.catalog import Catalog
from mome.conversation.turn import Turn
from mome.errors import CatalogError, MemoryError_, MomeError, Refused, TimedOut, Unreachable
from mome.execution import Executor, Result
from mome.guard import GuardedQuery, guard, read_sql, write_sql
from mome.sql_tree import parsed

FailureKind = Literal["refused", "timeout", "gone", "failed"]
Origin = Literal["model", "reading", "person", "step"]
# Seconds to count the rows beyond those that are shown; the answer waits for it.
COUNT_S = 3.0
# Rows that are counted by reading them, where the database cannot count them.
COUNTED_ROWS = 100_000


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
    total: int | None = None
    """Rows that the query has, if the result is truncated and they could be counted."""
    timeout_s: float | None = None
    """Seconds that it was given; None for the executor's."""


@dataclass(frozen=True)
class Entry:
    """A question of this session with its answer."""

    number: int
    memory: str
    """Path of the memory that answered."""
    question: str
    """As it was understood: a follow-up in words that stand alone."""
    translation: Translation
    outcome: Outcome | None = None
    """None if there was nothing to run."""
    origin: Origin = "model"
    """Who wrote the outcome's SQL: the model as its answer or as another reading, a person, or a
    step that a person clicked.
    """
    turn: int = 0
    """How often other SQL was run; part of the widgets' keys, so that they show the new SQL."""
    before: str | None = None
    """The SQL that an earlier version of the memory answered with; None if it is the same or the
    question is new.
    """
    asked: str = ""
    """The person's own words where they were a follow-up; else empty."""
    turns: tuple[Turn, ...] = ()
    """The turns that it was asked after, oldest first. An answer that is shown again and asked
    further begins a branch.
    """

    @property
    def after(self) -> str:
        """The question that it follows; empty for a new subject."""
        return self.turns[-1].understood if self.turns and self.asked else ""

    @property
    def sql(self) -> str | None:
        """The SQL that ran last; None if there is none."""
        return self.outcome.sql if self.outcome else None

    @property
    def as_turn(self) -> Turn:
        """The entry as a follow-up reads it: with the SQL that ran last."""
        answer = replace(
            self.translation, sql=self.sql or self.translation.sql, understood=self.question
        )
        return Turn(self.asked or self.question, answer)


def run(
    sql: str,
    catalog: Catalog,
    executor: Callable[[], Executor],
    timeout_s: float | None = None,
    measures: Measures = NO_MEASURES,
) -> Outcome:
    """Guard and run one statement; failures are part of the returned value. Columns have the names
    that a reader sees: `measures` are those of a glossary.
    """
    # Not at the top: it brings the rules of the form, which the page's start does without (0.2 s).
    from mome.answering.headings import headings

    query = None
    try:
        query = guard(sql, catalog)
        result = executor().run(query, timeout_s=timeout_s)
        result = replace(result, columns=headings(query, result.columns, catalog, measures))
    except MomeError as error:
        failure = Failure(_kind(error), str(error))
        return Outcome(sql, query, failure=failure, timeout_s=timeout_s)
    total = _count(query, catalog, executor()) if result.truncated else None
    return Outcome(sql, query, result, total=total, timeout_s=timeout_s)


def _count(query: GuardedQuery, catalog: Catalog, executor: Executor) -> int | None:
    """Return the number of a query's rows; None if it could not be determined in time."""
    try:
        counting = guard(f"SELECT COUNT(*) FROM ({query.sql}) AS counted", catalog)
        return int(executor.run(counting, timeout_s=COUNT_S, max_rows=1).rows[0][0])
    except TimedOut:
        return None
    except MomeError:
        # MySQL and MariaDB refuse a derived table with two columns of one name.
        return _count_by_reading(query, executor)


def _count_by_reading(query: GuardedQuery, executor: Executor) -> int | None:
    try:
        result = executor.run(query, timeout_s=COUNT_S, max_rows=COUNTED_ROWS)
    except MomeError:
        return None
    return None if result.truncated else len(result.rows)


def origin(outcome: Outcome, translation: Translation, catalog: Catalog) -> Origin:
    """Return who wrote the SQL of an outcome. Layout, comments and the names of the page's columns
    are nobody's work.
    """
    ran = _unnamed(outcome.query.sql if outcome.query is not None else outcome.sql, catalog)
    if translation.sql is not None and ran == _unnamed(translation.sql, catalog):
        return "model"
    readings = (alternative.sql for alternative in translation.alternatives)
    is_reading = any(ran == _unnamed(sql, catalog) for sql in readings)
    return "reading" if is_reading else "person"


def _unnamed(sql: str, catalog: Catalog) -> str:
    """Return guarded SQL without the quoted names of its columns."""
    tree = parsed(_guarded(sql, catalog), catalog.dialect)
    if not isinstance(tree, exp.Select):
        return _guarded(sql, catalog)
    shown = []
    for entry in tree.selects:
        is_quoted = isinstance(entry, exp.Alias) and entry.args["alias"].quoted
        shown.append(entry.this if is_quoted else entry)
    tree.set("expressions", shown)
    return tree.sql(catalog.dialect)


def _guarded(sql: str, catalog: Catalog) -> str:
    try:
        return guard(sql, catalog).sql
    except MomeError:
        return sql


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
