"""`mome doctor`: is the installation whole, does each memory load, does its database answer, has its schema moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.answering.translator import Translator
from mome.artifacts.source import executor_of, source_of, url_with_password
from mome.backbones.loading import load
from mome.catalog import Catalog
from mome.errors import MomeError
from mome.memory import MemoryStore
from schemas import introspect, resolve_url
from schemas.errors import SchemaError


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    good: bool
    text: str


def examine(memories: Sequence[Path]) -> Iterator[Finding]:
    """Look at the bundled backbone and at every memory given."""
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
        MemoryStore(memory).open(verify_everything=True)
        translator = Translator.load(memory)
    except MomeError as error:
        yield Finding(False, f"{memory}: {error}")
        return
    report = translator.memory.report
    yield Finding(
        not report.missed,
        f"{memory}: {report.recalled} of {len(report.facts)} facts recalled, all files whole",
    )
    try:
        with executor_of(memory) as executor:
            executor.ping()
            for warning in executor.warnings:
                yield Finding(False, f"{memory}: {warning}")
        yield _fingerprint(memory, translator.catalog)
    except (MomeError, SchemaError) as error:
        yield Finding(False, f"{memory}: {error}")


def _fingerprint(memory: Path, catalog: Catalog) -> Finding:
    stored = source_of(memory)
    if introspect(resolve_url(url_with_password(stored))).fingerprint == catalog.fingerprint:
        return Finding(True, f"{memory}: the schema is the one that was memorised")
    return Finding(
        False,
        f"{memory}: the schema has changed; run `mome tune --db-url {stored.url} --memory {memory}`",
    )
