"""What the commands of memories of databases, labels and baskets have in common."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mome.artifacts.home import has_baskets, has_labels, holds_memory
from mome.cli.options import MissingOption
from mome.cli.terminal import say, tell
from mome.errors import MemoryError_

if TYPE_CHECKING:
    from mome.memory import MemoryFact, RecallReport

MOST_MISSED = 5
"""Number of facts that are not memorised and are named."""


def refuse_others(context: typer.Context, option: str, allowed: Collection[str]) -> None:
    """Raise BadParameter if an option was given that does not go with `option`."""
    for name in context.params:
        source = context.get_parameter_source(name)
        given = source is not None and source.name == "COMMANDLINE"
        if given and name not in allowed:
            other = "--" + name.replace("_", "-")
            raise typer.BadParameter(f"it does not go with {option}", param_hint=other)


def refuse_kind(memory: Path, *, labels: bool = False, baskets: bool = False) -> None:
    """Raise MemoryError_ if a memory would be replaced by one of another kind; `labels` and
    `baskets` say which kind comes, and without both it is one of a database.
    """
    coming = "labels" if labels else "baskets" if baskets else "a database"
    there = coming
    if holds_memory(memory):
        is_of_labels, is_of_baskets = has_labels(memory), has_baskets(memory)
        there = "labels" if is_of_labels else "baskets" if is_of_baskets else "a database"
    if there != coming:
        raise MemoryError_(f"the memory at {memory} is of {there}; give another folder")


def needed_memory(memory: Path | None, kind: str) -> Path:
    """Return the folder of a memory of this kind. Raises MissingOption without one."""
    if memory is None:
        raise MissingOption(f"Missing option '--memory': say where the memory of {kind} goes")
    return memory


def tell_missed(report: RecallReport) -> None:
    """Say which facts are not memorised, and why."""
    for fact in report.missed[:MOST_MISSED]:
        wording = fact.wordings[0]
        tell(f"not memorised: {wording.question}: {wording.reason}")
    more = len(report.missed) - MOST_MISSED
    if more > 0:
        tell(f"not memorised: {more} more")


def say_learned(path: Path, fact: MemoryFact, more: str, *, known: bool, start: float) -> None:
    """Say that the memory in `path` has learned a fact, or has known it before.

    more: what else there is to say, each part after a semicolon. start: when the command began.
    """
    what = "knows this already, as" if known else "has learned"
    seconds = time.perf_counter() - start
    say(f"the memory in {path} {what} fact {fact.id}{more}; {seconds:.1f} s")
