"""Verified pairs: questions with SQL that a person has confirmed.

The tuner reads them from JSONL or CSV and makes facts of them; they outrank every rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlglot
from sqlglot.errors import SqlglotError

from training_data.facts import Fact, make_fact
from training_data.given.records import Record, RecordProblem, read_records
from training_data.language.words import is_plain, normalise
from training_data.sql.referenced_objects import objects_of

if TYPE_CHECKING:
    from schemas.catalog import FullCatalog

KIND = "verified"
"""The kind of these facts."""

LONGEST_QUESTION = 1000
"""In characters."""

LONGEST_SQL = 10_000
"""In characters."""


@dataclass(frozen=True)
class VerifiedPair:
    """A question with its SQL."""

    question: str
    sql: str
    line: int
    """In the file, from 1."""
    path: str = ""
    """Of the file; empty where the pair was not read from one."""
    wordings: tuple[str, ...] = ()
    """Other ways to ask the same."""


def read_verified(path: Path | str) -> tuple[list[VerifiedPair], list[RecordProblem]]:
    """Read the pairs of a file, and the problems in it, in the order of lines.

    The file is JSONL with the fields `question`, `sql` and, optionally, a list `wordings`, or CSV
    with the columns `question` and `sql`. In JSONL, `sql` may be a list of equally right queries:
    the first one is taken. Of two pairs that ask the same and answer with different SQL, the later
    one counts and the earlier one is reported. Raises UnreadableFile if the file cannot be read.
    """
    pairs: list[VerifiedPair] = []
    problems: list[RecordProblem] = []
    for record in read_records(path, ("question", "sql")):
        result = record if isinstance(record, RecordProblem) else _pair(str(path), record)
        if isinstance(result, RecordProblem):
            problems.append(result)
        else:
            pairs.append(result)
    kept, overruled = settle(pairs)
    return kept, sorted([*problems, *overruled], key=lambda problem: problem.line)


def settle(pairs: Iterable[VerifiedPair]) -> tuple[list[VerifiedPair], list[RecordProblem]]:
    """Return one pair for each question, and a problem for each pair that a later one overrules.

    Pairs with the same question and SQL become one that has the wordings of both. The pairs may
    come from several files.
    """
    chosen: dict[str, VerifiedPair] = {}
    problems: list[RecordProblem] = []
    for pair in pairs:
        earlier = chosen.pop(normalise(pair.question), None)
        if earlier and _same_sql(earlier.sql, pair.sql):
            pair = replace(earlier, wordings=(*earlier.wordings, pair.question, *pair.wordings))
        elif earlier:
            problems.append(_overruled(earlier, pair))
        chosen[normalise(pair.question)] = pair
    return list(chosen.values()), problems


def verified_facts(
    pairs: Iterable[VerifiedPair], catalog: FullCatalog, *, check: Callable[[str], str | None]
) -> tuple[list[Fact], list[RecordProblem]]:
    """Return a fact for each pair whose SQL passes the check, and a problem for each other.

    `check`: returns None for SQL that it accepts, else the reason in one line.
    """
    settled, problems = settle(pairs)
    answers = {normalise(pair.question): pair.sql for pair in settled}
    facts: list[Fact] = []
    for pair in settled:
        reason = check(pair.sql)
        if reason is None:
            wordings = _wordings(pair, answers)
            facts.append(make_fact(KIND, wordings, pair.sql, _objects(pair.sql, catalog)))
        else:
            problems.append(RecordProblem(pair.path, pair.line, reason))
    return facts, problems


def _overruled(earlier: VerifiedPair, later: VerifiedPair) -> RecordProblem:
    where = f"line {later.line}"
    if later.path != earlier.path:
        where = f"{later.path}, {where}"
    reason = f"{where} asks the same with other SQL; the later one counts"
    return RecordProblem(earlier.path, earlier.line, reason)


def _pair(path: str, record: Record) -> VerifiedPair | RecordProblem:
    question, sql = record.line_of("question"), _sql(record)
    if reason := _fault(question, sql):
        return RecordProblem(path, record.line, reason)
    wordings = tuple(wording for wording in _given_wordings(record) if not _fault(wording, sql))
    return VerifiedPair(question, sql, record.line, path, wordings)


def _given_wordings(record: Record) -> list[str]:
    given = record.fields.get("wordings")
    if not isinstance(given, list):
        return []
    return [" ".join(text.split()) for text in given if isinstance(text, str)]


def _sql(record: Record) -> str:
    """Return the SQL, or the first of a list of equally right queries."""
    given = record.fields.get("sql")
    if isinstance(given, list):
        text = next((query for query in given if isinstance(query, str)), "")
    else:
        text = record.text("sql")
    return text.strip().rstrip("; \t\n")


def _fault(question: str, sql: str) -> str | None:
    """Return the reason why the pair cannot be used; None if it can."""
    if not normalise(question):
        return "no question"
    if not sql:
        return "no sql"
    if len(question) > LONGEST_QUESTION or len(sql) > LONGEST_SQL:
        return f"longer than {LONGEST_QUESTION} characters of question or {LONGEST_SQL} of sql"
    if not is_plain(question + sql):
        return "control characters in the text"
    return None


def _wordings(pair: VerifiedPair, answers: dict[str, str]) -> list[str]:
    """Return the question and its other wordings, each once.

    `answers`: the SQL of each normalised question. A wording that is another pair's question with
    other SQL is left out.
    """
    by_form = {normalise(pair.question): pair.question}
    for wording in pair.wordings:
        form = normalise(wording)
        if answers.get(form, pair.sql) == pair.sql:
            by_form.setdefault(form, wording)
    return list(by_form.values())


def _same_sql(left: str, right: str) -> bool:
    """Return True if two statements differ in white space at most."""
    return left.split() == right.split()


def _objects(sql: str, catalog: FullCatalog) -> frozenset[str]:
    """Return the objects in the SQL; empty where sqlglot cannot parse it."""
    try:
        return objects_of(sqlglot.parse_one(sql, dialect=catalog.dialect), catalog)
    except SqlglotError:
        return frozenset()
