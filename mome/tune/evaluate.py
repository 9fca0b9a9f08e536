"""`mome eval`: recall of every memorised fact, and execution accuracy on held-back pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from mome.answering.row_comparison import same_rows
from mome.answering.translator import Translator
from mome.artifacts.source import executor_of
from mome.errors import ExecutionError, Refused
from mome.execution import Executor, Result
from mome.guard import guard
from mome.memory import FactRecall, TuneProgress, recall
from mome.reporting import Reporter
from mome.sql_tree import is_ordered
from training_data import VerifiedPair, read_verified

# Maximum number of rows by which an answer is compared with a held-back pair; a limit keeps one
# pair from filling the memory.
ROWS = 5000


@dataclass(frozen=True)
class Figures:
    """The result of `mome eval`."""

    facts: int
    recalled: int
    verified: int
    """Verified pairs among the facts."""
    verified_recalled: int
    pairs: int
    """Held-back pairs whose own SQL runs."""
    answered: int
    ambiguous: int
    """Held-back pairs that have several readings; they do not count as answered."""
    right: int
    """Held-back pairs whose answer has the same rows."""
    failed: tuple[str, ...]
    """All other usable pairs, one line each."""
    problems: tuple[str, ...]
    """Facts that are not recalled and pairs that cannot be used."""

    def to_dict(self) -> dict:
        """Return the figures and their shares for --json."""
        return asdict(self) | {
            "exact_recall": _share(self.recalled, self.facts),
            "execution_accuracy": _share(self.right, self.pairs),
        }

    def lines(self) -> list[str]:
        """Return the lines for the terminal."""
        verified = (
            f"{self.verified_recalled} of {self.verified} "
            f"({_percent(self.verified_recalled, self.verified)})"
        )
        accuracy = (
            f"{self.right} of {self.pairs} held-back pairs "
            f"({_percent(self.right, self.pairs)}), {self.answered} answered, "
            f"{self.ambiguous} ambiguous"
        )
        return [
            (
                f"exact recall        {self.recalled} of {self.facts} facts "
                f"({_percent(self.recalled, self.facts)})"
            ),
            f"verified pairs      {verified}",
            *([f"execution accuracy  {accuracy}"] if self.pairs else []),
        ]


@dataclass(frozen=True)
class HeldBack:
    """A file of pairs that were not given to the memory."""

    path: Path
    pairs: tuple[VerifiedPair, ...]
    problems: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> HeldBack:
        """Read a file. Raises TrainingDataError."""
        pairs, problems = read_verified(path)
        return cls(path, tuple(pairs), tuple(map(str, problems)))


@dataclass(frozen=True)
class PairOutcome:
    """What became of one held-back pair."""

    verdict: str
    """right, wrong, ambiguous or silent."""
    line: str
    """File, line, question and the answer that was given."""


def evaluate_memory(memory: Path, pairs: tuple[Path, ...], reporter: Reporter) -> Figures:
    """Measure a memory. Raises MomeError or TrainingDataError."""
    held_back = [HeldBack.read(path) for path in pairs]
    with executor_of(memory) as executor:
        reporter.stage("Loading the memory")
        translator = Translator.load(memory, executor=executor)
        reporter.stage("Asking every fact again")
        report = recall(
            translator.memory,
            translator.memory.facts,
            translator.prompt,
            progress=_progress_to(reporter),
        )
        missed = [_missed_line(fact) for fact in report.missed]
        verified = [fact for fact in report.facts if fact.kind == "verified"]
        outcomes, unusable = _ask_pairs(translator, executor, held_back, reporter)
    return Figures(
        facts=len(report.facts),
        recalled=report.recalled,
        verified=len(verified),
        verified_recalled=sum(fact.recalled for fact in verified),
        pairs=len(outcomes),
        answered=sum(outcome.verdict in ("right", "wrong") for outcome in outcomes),
        ambiguous=sum(outcome.verdict == "ambiguous" for outcome in outcomes),
        right=sum(outcome.verdict == "right" for outcome in outcomes),
        failed=tuple(outcome.line for outcome in outcomes if outcome.verdict != "right"),
        problems=(*missed, *unusable),
    )


def _missed_line(fact: FactRecall) -> str:
    reasons = [wording.reason for wording in fact.wordings if not wording.recalled]
    return f"{fact.wordings[0].question}: {reasons[0]}"


def _progress_to(reporter: Reporter) -> Callable[[TuneProgress], None]:
    return lambda progress: reporter.progress(progress.done, progress.total, "")


def _ask_pairs(
    translator: Translator, executor: Executor, files: list[HeldBack], reporter: Reporter
) -> tuple[list[PairOutcome], list[str]]:
    """Return an outcome for each usable pair, and the problems of the others."""
    outcomes: list[PairOutcome] = []
    problems: list[str] = []
    for file in files:
        problems += file.problems
        reporter.stage(f"Asking the pairs of {file.path.name}")
        for done, pair in enumerate(file.pairs):
            reporter.progress(done, len(file.pairs), "")
            try:
                query = guard(pair.sql, translator.catalog)
                gold = executor.run(query, max_rows=ROWS)
            except (Refused, ExecutionError) as error:
                problems.append(f"{file.path}, line {pair.line}: {error}")
                continue
            ordered = is_ordered(query.sql, query.dialect)
            verdict, answer = _verdict(translator, executor, pair.question, gold, ordered=ordered)
            line = f"{file.path}, line {pair.line}: {pair.question}: {verdict}: {answer}"
            outcomes.append(PairOutcome(verdict, line))
    return outcomes, problems


def _verdict(
    translator: Translator, executor: Executor, question: str, gold: Result, *, ordered: bool
) -> tuple[str, str]:
    """Return the verdict on the answer to one question, and the SQL or why there is none."""
    translation = translator.translate(question)
    if translation.sql is None:
        return "silent", translation.reason
    if translation.status == "ambiguous":
        return "ambiguous", translation.sql
    try:
        answer = executor.run(guard(translation.sql, translator.catalog), max_rows=ROWS)
    except ExecutionError as error:
        return "wrong", f"{translation.sql}: {error}"
    # A question seldom says in which order its columns are shown.
    same = same_rows(gold.rows, answer.rows, ordered=ordered, any_column_order=True)
    return "right" if same else "wrong", translation.sql


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "none given"
