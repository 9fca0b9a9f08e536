"""The questions of an examination: those of a file, and those made of a memory's own facts."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.artifacts.facts import MemoryFact
from mome.linking.values import ValueIndex
from mome.memory.routing.unrelated_questions import background
from mome.sql_tree import parsed
from mome.tune.value_swaps import swap
from training_data import normalise
from training_data.given.records import Record, RecordProblem, read_records

MOST = 24
"""Maximum number of questions of each kind that are made of a memory's facts."""
# Fixed, so that two examinations of one memory ask the same.
SEED = 0
_ARTICLES = re.compile(r"\b(?:the|an?|of the|all|do|does|is|are)\b\s*", re.IGNORECASE)
_LONG_WORD = re.compile(r"\b[a-z]{6,}\b")


@dataclass(frozen=True)
class ExamQuestion:
    """One question with what answers it."""

    kind: str
    """own (of a file), reworded, near or unrelated."""
    question: str
    sql: str | None
    """None if nothing in the database answers it."""
    place: str
    """Where it comes from: a file and line, or a fact."""


def read_questions(path: Path) -> tuple[list[ExamQuestion], list[str]]:
    """Return the questions of a JSONL or CSV file with `question` and `sql`, and the problems of
    lines that cannot be used. SQL that is null or empty says that nothing answers the question.

    Raises UnreadableFile.
    """
    found: list[ExamQuestion] = []
    problems: list[str] = []
    for record in read_records(path, required=("question", "sql")):
        if isinstance(record, RecordProblem):
            problems.append(str(record))
        elif not record.line_of("question") or "sql" not in record.fields:
            problems.append(f"{path}, line {record.line}: expected a question and its SQL or null")
        else:
            found.append(_of_file(path, record))
    return found, problems


def _of_file(path: Path, record: Record) -> ExamQuestion:
    question, sql = record.line_of("question"), record.text("sql") or None
    return ExamQuestion("own", question, sql, f"{path}, line {record.line}")


def reworded(facts: Sequence[MemoryFact]) -> list[ExamQuestion]:
    """Return facts asked in words that no tune has asked them in."""
    known = {normalise(wording) for fact in facts for wording in fact.wordings}
    found = []
    for number, fact in enumerate(_spread(facts)):
        question = _MANNERS[number % len(_MANNERS)](fact.wordings[0])
        if normalise(question) not in known:
            found.append(ExamQuestion("reworded", question, fact.answer, f"fact {fact.id}"))
    return found


def _terse(question: str) -> str:
    """Return a question as it is typed in haste: `how many members each club have`."""
    words = _ARTICLES.sub("", question).split()
    return " ".join(words).rstrip("?.!").lower()


def _mistyped(question: str) -> str:
    """Return a question with two letters swapped in its longest word that is no name."""
    words = list(_LONG_WORD.finditer(question))
    if not words:
        return question
    # The first of several: max keeps it.
    at = max(words, key=lambda word: word.end() - word.start()).start() + 1
    return question[:at] + question[at + 1] + question[at] + question[at + 2 :]


def _polite(question: str) -> str:
    return f"Could you please tell me: {question} Thanks!"


_MANNERS = (_terse, _mistyped, _polite)
"""Ways in which people write; no tune asks in them."""


def near(facts: Sequence[MemoryFact], values: ValueIndex, dialect: str) -> list[ExamQuestion]:
    """Return questions in the words of facts, with another stored value or number."""
    rng = random.Random(SEED)
    known = {normalise(wording) for fact in facts for wording in fact.wordings}
    found: list[ExamQuestion] = []
    for fact in facts:
        tree = parsed(fact.answer, dialect)
        question, sql = swap(fact.wordings[0], fact.answer, tree, dialect, values, rng)
        if sql != fact.answer and normalise(question) not in known:
            found.append(ExamQuestion("near", question, sql, f"fact {fact.id}"))
    return found[:: max(1, len(found) // MOST)][:MOST]


def unrelated(facts: Sequence[MemoryFact]) -> list[ExamQuestion]:
    """Return questions about subjects that no fact mentions."""
    wordings = [wording for fact in facts for wording in fact.wordings]
    asked = [question for question, _ in background(wordings)]
    return [
        ExamQuestion("unrelated", question, None, "unrelated subjects")
        for question in asked[:: max(1, len(asked) // MOST)][:MOST]
    ]


def _spread(facts: Sequence[MemoryFact]) -> Sequence[MemoryFact]:
    return facts[:: max(1, len(facts) // MOST)][:MOST]
