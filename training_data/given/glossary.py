"""The glossary: terms with a meaning in words, an SQL expression, or both. Read here, made facts by `glossary_facts`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from training_data.given.records import Problem, Record, read_records
from training_data.language.words import is_plain, normalise

LONGEST_TERM = 80
LONGEST_EXPRESSION = 4000


@dataclass(frozen=True)
class GlossaryTerm:
    """A term and what it stands for; at least one of meaning and expression is there."""

    term: str
    meaning: str | None
    """Words: a synonym for the linker. None where only an expression is given."""
    expression: str | None
    """SQL over columns of the database, in its dialect. None where only words are given."""
    line: int
    path: str = ""


def read_glossary(path: Path | str) -> tuple[list[GlossaryTerm], list[Problem]]:
    """The terms of a JSONL file ({"term", "meaning", "expression"}) or a CSV file (term,meaning,expression), and what was wrong.

    Of two entries for one term the later counts and the earlier is reported. Raises UnreadableFile.
    """
    chosen: dict[str, GlossaryTerm] = {}
    problems: list[Problem] = []
    for record in read_records(path, ("term",)):
        result = record if isinstance(record, Problem) else _term(str(path), record)
        if isinstance(result, Problem):
            problems.append(result)
            continue
        earlier = chosen.pop(normalise(result.term), None)
        if earlier and (earlier.meaning, earlier.expression) != (result.meaning, result.expression):
            problems.append(
                Problem(
                    str(path),
                    earlier.line,
                    f"line {result.line} explains the same term otherwise; the later one counts",
                )
            )
        chosen[normalise(result.term)] = result
    return list(chosen.values()), sorted(problems, key=lambda problem: problem.line)


def synonyms(terms: Iterable[GlossaryTerm]) -> tuple[tuple[str, str], ...]:
    """(term, meaning) of every term that is only explained in words, for linking a question to names and values."""
    return tuple(
        (term.term, term.meaning) for term in terms if term.meaning and not term.expression
    )


def _term(path: str, record: Record) -> GlossaryTerm | Problem:
    term, meaning, expression = (
        record.line_of("term"),
        record.line_of("meaning"),
        record.text("expression").rstrip("; \t\n"),
    )
    if not normalise(term):
        return Problem(path, record.line, "no term")
    if not meaning and not expression:
        return Problem(path, record.line, f"neither meaning nor expression for {term!r}")
    if len(term) > LONGEST_TERM or len(expression) > LONGEST_EXPRESSION:
        return Problem(
            path,
            record.line,
            f"longer than {LONGEST_TERM} characters of term or {LONGEST_EXPRESSION} of expression",
        )
    if not is_plain(term + meaning + expression):
        return Problem(path, record.line, "control characters in the text")
    return GlossaryTerm(term, meaning or None, expression or None, record.line, path)
