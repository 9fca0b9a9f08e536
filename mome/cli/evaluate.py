"""`mome eval`: examine a memory. Its exit status is for continuous integration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mome.cli.options import (
    BaseOption,
    LeastOption,
    MemoryOption,
    PreciseOption,
    QuietOption,
    least_confidence,
    loadable,
)
from mome.cli.progress import Bars, silent_libraries
from mome.cli.terminal import err, say, say_json, tell, tell_all
from mome.errors import MomeError

if TYPE_CHECKING:
    from mome.evaluation.evaluate import Examination

# As test runners tell failed tests from a run that could not begin.
BELOW, NOT_RUN = 1, 2
"""Two exit statuses: a share is below its bound; the examination could not run."""


def evaluate(
    memory: MemoryOption = None,
    questions: Annotated[
        list[Path] | None,
        typer.Option(
            "--questions",
            help="Your exam: JSONL or CSV of question and sql; sql null where nothing answers.",
        ),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option("--compare", help="Say what got better and worse since this version."),
    ] = None,
    suite: Annotated[
        bool,
        typer.Option("--suite", help="Tune and examine the shipped domains instead of a memory."),
    ] = False,
    base: BaseOption = "auto",
    at_least: Annotated[
        list[str] | None,
        typer.Option("--at-least", help="A share and its bound, such as accuracy=0.9."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the result as a page to this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    least: LeastOption = None,
    precise: PreciseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Examine a memory: recall, other words, near and impossible questions, and your own."""
    bounds = [_bound(text) for text in at_least or ()]
    if suite and (questions or compare):
        raise typer.BadParameter("it has questions of its own", param_hint="--suite")
    from schemas import SchemaError
    from training_data import TrainingDataError

    bound = least_confidence(least, precise=precise)
    try:
        with Bars(err, quiet=quiet) as bars:
            if suite:
                found = _of_domains(base, bars, bound)
            else:
                found = [_of_memory(memory, tuple(questions or ()), compare, bars, bound)]
        if html is not None:
            html.write_text(_pages(found), encoding="utf-8")
    except (MomeError, SchemaError, TrainingDataError, OSError) as error:
        tell(f"mome: {' '.join(str(error).split())}")
        raise typer.Exit(NOT_RUN) from error
    if as_json:
        told = [one.to_dict() for one in found]
        say_json({one["name"]: one for one in told} if suite else told[0])
    below = []
    for one in found:
        tell_all("left out", one.figures.problems)
        tell_all("not right", one.figures.failed)
        tell_all("better", one.better)
        tell_all("worse", one.worse)
        if suite and not as_json:
            say(one.name)
        for line in () if as_json else one.figures.lines():
            say(line)
        below += one.figures.below(bounds)
    tell_all("below", below)
    if below:
        raise typer.Exit(BELOW)


def _of_memory(
    memory: Path | None,
    questions: tuple[Path, ...],
    compare: str | None,
    bars: Bars,
    least: float | None,
) -> Examination:
    """Examine one memory, and compare it with another of its versions. Raises MomeError or
    TrainingDataError.
    """
    path = loadable(memory)
    silent_libraries()
    from mome.evaluation.evaluate import Examination, changes, examine, version_of

    other = None if compare is None else version_of(path, compare)
    found = examine(path, questions, bars, least=least)
    if compare is None or other is None:
        return Examination(path.name, found)
    before = examine(path, questions, bars, version=other, least=least)
    return Examination(path.name, found, compare, *changes(before, found))


def _of_domains(base: str, bars: Bars, least: float | None) -> list[Examination]:
    """Examine the shipped domains. Raises MomeError."""
    from mome.backbones.auto import AUTO, best_base

    silent_libraries()
    from mome.evaluation.domains import DOMAINS
    from mome.evaluation.evaluate import Examination
    from mome.evaluation.suite import examine_domains

    chosen = best_base() if base == AUTO else base
    return [Examination(*one) for one in examine_domains(DOMAINS, chosen, bars, least=least)]


def _pages(found: Sequence[Examination]) -> str:
    from mome.evaluation.page import page

    return page(found)


def _bound(text: str) -> tuple[str, float]:
    """Return a share's name and its bound. Raises BadParameter."""
    from mome.evaluation.shares import MEANING

    name, _, value = text.partition("=")
    try:
        bound = float(value)
    except ValueError:
        bound = -1.0
    if name not in MEANING or not 0 <= bound <= 1:
        raise typer.BadParameter(
            f"{text!r} is not one of {', '.join(MEANING)} with a bound from 0 to 1, such as "
            "accuracy=0.9",
            param_hint="--at-least",
        )
    return name, bound
