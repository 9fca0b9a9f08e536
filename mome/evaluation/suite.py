"""`mome eval --suite`: tune a memory on each shipped domain, and examine it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from mome.answering.translator import Translator
from mome.artifacts.source import executor_of
from mome.evaluation.domains import make_database, questions, write_verified
from mome.evaluation.exam import ask_all
from mome.evaluation.figures import Figures, figures
from mome.evaluation.shares import Proportion
from mome.reporting import Reporter
from mome.tune.plan import Preparation, TuneRequest
from mome.tune.run import tune_database


def examine_domains(
    names: Sequence[str], base: str, reporter: Reporter, *, least: float | None
) -> Iterator[tuple[str, Figures]]:
    """Yield the figures of each domain. `base`: the base model, as `mome tune` takes it.

    `least`: answers with a lower confidence are not given; None for the calibrator's bound.
    Raises MomeError.
    """
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            yield name, _examined(name, base, Path(folder), reporter, least)


def _examined(
    name: str, base: str, folder: Path, reporter: Reporter, least: float | None
) -> Figures:
    database = make_database(name, folder / f"{name}.sqlite")
    pairs = write_verified(name, folder / "verified.jsonl")
    request = TuneRequest(str(database), folder / "memory", (pairs,), base=base)
    with Preparation(request, reporter) as preparation:
        report = tune_database(preparation, preparation.plan())
    with executor_of(request.memory) as executor:
        translator = Translator.load(request.memory, executor=executor, least=least)
        reporter.stage(f"Asking about {name}")
        graded, problems = ask_all(translator, executor, questions(name), reporter)
    verified = [fact for fact in report.facts if fact.kind == "verified"]
    return figures(
        Proportion(report.recalled, len(report.facts)),
        Proportion(sum(fact.recalled for fact in verified), len(verified)),
        graded,
        problems,
    )
