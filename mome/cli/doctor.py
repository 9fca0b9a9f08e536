"""`mome doctor`: check the installation, each memory, its database and whether the schema
changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.answering.translator import Translator
from mome.artifacts.home import has_baskets, has_labels
from mome.artifacts.records import NAMES, read_lines
from mome.artifacts.source import executor_of
from mome.backbones.loading import load
from mome.cli.schema_change import schema_change
from mome.cli.terminal import counted
from mome.errors import MomeError
from mome.execution.abandoned import MOST
from mome.execution.session import OVERDUE_S
from mome.memory import MemoryStore, RecallReport
from schemas import SchemaError


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    good: bool
    text: str


def examine(memories: Sequence[Path]) -> Iterator[Finding]:
    """Check the bundled backbone and every memory given."""
    try:
        backbone = load()
        millions = sum(p.numel() for p in backbone.model.parameters()) / 1e6
        yield Finding(
            True,
            f"the bundled backbone loads: {millions:.1f} M parameters, {backbone.identity[:12]}",
        )
    except MomeError as error:
        yield Finding(False, str(error))
    if not memories:
        yield Finding(True, "no memory yet; make one with `mome tune --db-url URL`")
    for memory in memories:
        yield from _examine_memory(memory)


def _examine_memory(memory: Path) -> Iterator[Finding]:
    try:
        stored = MemoryStore(memory).open(verify_everything=True)
        if has_labels(memory) or has_baskets(memory):
            # It is of no database, and the rest is asked of one.
            yield _recalled(memory, stored.report)
            return
        read_lines(memory, *NAMES)
        translator = Translator.load(memory)
    except (MomeError, OSError) as error:
        yield Finding(False, f"{memory}: {error}")
        return
    yield _recalled(memory, translator.memory.report)
    try:
        with executor_of(memory) as executor:
            executor.ping()
            for warning in executor.warnings:
                yield Finding(False, f"{memory}: {warning}")
            overdue = executor.overdue()
            if overdue is not None:
                yield abandoned(memory, overdue)
        yield _drift(memory)
    except (MomeError, SchemaError) as error:
        yield Finding(False, f"{memory}: {error}")


def _recalled(memory: Path, report: RecallReport) -> Finding:
    return Finding(
        not report.missed,
        f"{memory}: {report.recalled} of {len(report.facts)} facts recalled, all files whole",
    )


def abandoned(memory: Path, overdue: int) -> Finding:
    """Say how many statements the server has not stopped, and from how many on none is started."""
    if not overdue:
        return Finding(True, f"{memory}: the server runs no statement past its timeout")
    return Finding(
        False,
        f"{memory}: the server has run {counted(overdue, 'statement')} of this account for over "
        f"{OVERDUE_S} s, past any timeout; a program that left {MOST} of them starts no other "
        "until one ends; stop them on the server",
    )


def _drift(memory: Path) -> Finding:
    """Compare the database's structure with the memorised catalog; reads no row."""
    change = schema_change(memory)
    if change is None:
        return Finding(True, f"{memory}: the schema is the one that was memorised")
    return Finding(False, f"{memory}: {change}")
