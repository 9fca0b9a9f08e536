"""Ask a translator the questions of an examination, and grade its answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mome.answering.translation import Translation
from mome.answering.translator import Translator
from mome.errors import ExecutionError, Refused
from mome.evaluation.grading import ANSWERED, GOOD, Grade, grade
from mome.evaluation.questions import ExamQuestion
from mome.execution import Executor
from mome.guard import guard
from mome.reporting import Reporter
from mome.sql_tree import is_ordered

# A limit keeps one question from filling the memory.
ROWS = 5000
"""Maximum number of rows by which an answer is compared."""


@dataclass(frozen=True)
class Graded:
    """One question with what became of it."""

    asked: ExamQuestion
    grade: Grade
    answer: str
    """The SQL, or why there is none."""
    confidence: float
    milliseconds: float

    @property
    def is_good(self) -> bool:
        """Whether it is answered right, or rightly refused."""
        return self.grade in GOOD

    @property
    def is_answered(self) -> bool:
        """Whether an answer was given as the only one."""
        return self.grade in ANSWERED

    def line(self) -> str:
        """Return the question and its grade in one line."""
        return f"{self.asked.place}: {self.asked.question}: {self.grade}: {self.answer}"


def ask_all(
    translator: Translator,
    executor: Executor,
    questions: Sequence[ExamQuestion],
    reporter: Reporter,
) -> tuple[list[Graded], list[str]]:
    """Return a grade for each question whose own SQL runs, and the problems of the others."""
    found: list[Graded] = []
    problems: list[str] = []
    for done, asked in enumerate(questions):
        reporter.progress(done, len(questions), "")
        try:
            found.append(_graded(translator, executor, asked))
        except (Refused, ExecutionError) as error:
            problems.append(f"{asked.place}: {error}")
    return found, problems


def _graded(translator: Translator, executor: Executor, asked: ExamQuestion) -> Graded:
    """Return the grade of one question. Raises Refused or ExecutionError if its own SQL does not
    run.
    """
    if asked.sql is None:
        answer = translator.translate(asked.question)
        grade_ = Grade.INVENTED if answer.status == "ok" else Grade.RIGHTLY_REFUSED
        return _as_graded(asked, grade_, answer)
    query = guard(asked.sql, translator.catalog)
    wanted = executor.run(query, max_rows=ROWS).rows
    answer = translator.translate(asked.question)
    if answer.status == "ambiguous":
        return _as_graded(asked, Grade.AMBIGUOUS, answer)
    if answer.sql is None:
        return _as_graded(asked, Grade.REFUSED, answer)
    try:
        rows = executor.run(guard(answer.sql, translator.catalog), max_rows=ROWS).rows
    except ExecutionError:
        return _as_graded(asked, Grade.FAILED, answer)
    # A question seldom says in which order its columns are shown.
    ordered = is_ordered(query.sql, query.dialect)
    return _as_graded(asked, grade(wanted, rows, ordered=ordered), answer)


def _as_graded(asked: ExamQuestion, grade_: Grade, answer: Translation) -> Graded:
    spent = answer.timings.get("total", 0.0)
    return Graded(asked, grade_, answer.sql or answer.reason, answer.confidence, spent)


def of_kind(graded: Sequence[Graded], kind: str) -> Iterator[Graded]:
    """Yield the questions of one kind."""
    return (one for one in graded if one.asked.kind == kind)
