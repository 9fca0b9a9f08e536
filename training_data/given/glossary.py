"""Glossary files: terms with a meaning in words, an SQL expression, or both.

The tuner calls `read_glossary`; `glossary_facts` then makes facts of the expressions, and
`synonyms` gives the meanings to the linker.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from training_data.given.records import Record, RecordProblem, read_records
from training_data.language.words import is_plain, normalise

LONGEST_TERM = 80
"""In characters. A term is one phrase inside of a question."""

LONGEST_EXPRESSION = 4000
"""In characters."""


@dataclass(frozen=True)
class GlossaryTerm:
    """A term and its definition: at least one of meaning and expression is there."""

    term: str
    meaning: str | None
    """Words that mean the same, for linking; None where only an expression is given."""
    expression: str | None
    """SQL over columns of the database, in its dialect. None where only words are given."""
    line: int
    """In the file, from 1."""
    path: str = ""
    """Of the file; empty where the term was not read from one."""


def read_glossary(path: Path | str) -> tuple[list[GlossaryTerm], list[RecordProblem]]:
    """Read the terms of a glossary file, and the problems in it, in the order of lines.

    The file is JSONL with the fields `term`, `meaning` and `expression`, or CSV with these
    columns. Of two different entries for one term, the later one counts and the earlier one is
    reported. Raises UnreadableFile if the file cannot be read at all.
    """
    chosen: dict[str, GlossaryTerm] = {}
    problems: list[RecordProblem] = []
    for record in read_records(path, ("term",)):
        result = record if isinstance(record, RecordProblem) else _term(str(path), record)
        if isinstance(result, RecordProblem):
            problems.append(result)
            continue
        earlier = chosen.pop(normalise(result.term), None)
        if earlier and (earlier.meaning, earlier.expression) != (result.meaning, result.expression):
            reason = f"line {result.line} explains the same term otherwise; the later one counts"
            problems.append(RecordProblem(str(path), earlier.line, reason))
        chosen[normalise(result.term)] = result
    return list(chosen.values()), sorted(problems, key=lambda problem: problem.line)


def synonyms(terms: Iterable[GlossaryTerm]) -> tuple[tuple[str, str], ...]:
    """Return (term, meaning) of every term that has words alone, for linking questions."""
    return tuple(
        (term.term, term.meaning) for term in terms if term.meaning and not term.expression
    )


def _term(path: str, record: Record) -> GlossaryTerm | RecordProblem:
    term = record.line_of("term")
    meaning = record.line_of("meaning")
    expression = record.text("expression").rstrip("; \t\n")
    if reason := _fault(term, meaning, expression):
        return RecordProblem(path, record.line, reason)
    return GlossaryTerm(term, meaning or None, expression or None, record.line, path)


def _fault(term: str, meaning: str, expression: str) -> str | None:
    """Return the reason why the entry cannot be used; None if it can."""
    if not normalise(term):
        return "no term"
    if not meaning and not expression:
        return f"neither meaning nor expression for {term!r}"
    if len(term) > LONGEST_TERM or len(expression) > LONGEST_EXPRESSION:
        return (
            f"longer than {LONGEST_TERM} characters of term or {LONGEST_EXPRESSION} of expression"
        )
    if not is_plain(term + meaning + expression):
        return "control characters in the text"
    return None
