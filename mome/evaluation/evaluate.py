"""`mome eval`: examine one version of a memory, and compare two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.answering.translator import Translator
from mome.artifacts.source import executor_of
from mome.errors import NoMemory
from mome.evaluation.exam import Graded, ask_all
from mome.evaluation.figures import Figures, figures
from mome.evaluation.questions import ExamQuestion, near, read_questions, reworded, unrelated
from mome.evaluation.shares import Proportion
from mome.memory import FactRecall, TuneProgress, recall
from mome.reporting import Reporter


@dataclass(frozen=True)
class Examination:
    """The figures of one memory or domain."""

    name: str
    figures: Figures
    compared: str = ""
    """The version that it is compared with; empty for none."""
    better: Sequence[str] = ()
    worse: Sequence[str] = ()
    """Questions that are right now and were not, and the reverse; a line each."""

    def to_dict(self) -> dict:
        """Return the figures for --json."""
        told = {"name": self.name, **self.figures.to_dict()}
        if self.compared:
            told |= {"compared": self.compared, "better": self.better, "worse": self.worse}
        return told


def examine(
    memory: Path,
    files: Sequence[Path],
    reporter: Reporter,
    *,
    version: Path | None = None,
    least: float | None,
) -> Figures:
    """Examine a memory: its own facts, and the questions of some files.

    `version`: the folder of another version than the current one.
    `least`: answers with a lower confidence are not given; None for the calibrator's bound.
    Raises MomeError or TrainingDataError.
    """
    own: list[ExamQuestion] = []
    problems: list[str] = []
    for path in files:
        asked, unusable = read_questions(path)
        own += asked
        problems += unusable
    with executor_of(memory) as executor:
        reporter.stage("Loading the memory")
        translator = Translator.load(memory, executor=executor, version=version, least=least)
        facts = translator.memory.facts
        reporter.stage("Asking every fact again")
        report = recall(
            translator.memory, facts, translator.prompt, progress=_progress_to(reporter)
        )
        verified = [fact for fact in report.facts if fact.kind == "verified"]
        reporter.stage("Asking in other words, what is near, and what is not here")
        made = [
            *reworded(facts),
            *near(facts, translator.linker.values, translator.catalog.dialect),
            *unrelated(facts),
        ]
        graded, _ = ask_all(translator, executor, made, reporter)
        if own:
            reporter.stage("Asking your questions")
        asked_own, unusable = ask_all(translator, executor, own, reporter)
    return figures(
        Proportion(report.recalled, len(report.facts)),
        Proportion(sum(fact.recalled for fact in verified), len(verified)),
        [*graded, *asked_own],
        [*map(_missed_line, report.missed), *problems, *unusable],
    )


def version_of(memory: Path, name: str) -> Path:
    """Return the folder of a version that is kept, such as 0002. Raises NoMemory."""
    versions = memory / "versions"
    found = versions / name
    if not name.isdecimal() or not found.is_dir():
        kept = sorted(path.name for path in versions.glob("*") if path.name.isdecimal())
        raise NoMemory(
            f"the memory at {memory} keeps no version {name}; it keeps {', '.join(kept) or 'none'}"
        )
    return found


def changes(before: Figures, after: Figures) -> tuple[list[str], list[str]]:
    """Return the questions that are good after and were not before, and the reverse, a line each.

    Questions that only one of the two was asked are left out.
    """
    known = {_key(one): one for one in before.graded}
    better: list[str] = []
    worse: list[str] = []
    for one in after.graded:
        was = known.get(_key(one))
        if was is not None and was.is_good != one.is_good:
            line = f"{one.asked.question}: {was.grade} -> {one.grade}: {one.answer}"
            (better if one.is_good else worse).append(line)
    return better, worse


def _key(one: Graded) -> tuple[str, str]:
    return one.asked.kind, one.asked.question


def _missed_line(fact: FactRecall) -> str:
    reasons = [wording.reason for wording in fact.wordings if not wording.recalled]
    return f"{fact.wordings[0].question}: {reasons[0]}"


def _progress_to(reporter: Reporter) -> Callable[[TuneProgress], None]:
    return lambda progress: reporter.progress(progress.done, progress.total, "")
