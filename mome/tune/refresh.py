"""Plan a refresh: which facts of the existing memory are kept, trained or forgotten, or why it is
made anew.

`Preparation` calls it, `--dry-run` prints it and `mome.tune.run` executes it. Imports no torch: if
nothing has changed, no model is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mome.artifacts.checksums import verify_files
from mome.artifacts.facts import CONFIG, FACTS, FORMAT, MemoryFact, read_facts
from mome.backbones.identity import base_path
from mome.backbones.memory_identity import memory_identity
from mome.backbones.open.skills import memory_base
from mome.errors import MomeError
from mome.linking.slice import Linker, Slice, SliceColumn
from schemas import CatalogDiff

MOST_NEW = 0.25
"""Largest fraction of facts to which router and shared experts may not be fitted; above it the
memory is made anew.
"""
LEAST_PRACTICE = 20
"""Number of verified questions from which shared experts are trained."""
PEOPLES = frozenset({"verified", "glossary"})
"""Kinds of facts whose wordings all come from people."""
CATALOG, VALUES, SYNONYMS = "catalog.json", "values.jsonl", "synonyms.json"
MOVING = frozenset({"added", "removed", "type", "key", "kind"})
"""Kinds of schema changes after which dependent facts are asked again although their prompts are
unchanged.
"""
Files = Mapping[str, bytes | Path]


@dataclass(frozen=True)
class Refresh:
    """The difference between the existing memory and the wanted one."""

    anew: str
    """Why the memory is made anew; empty if it is refreshed."""
    kept: frozenset[str] = frozenset()
    """Ids of facts whose wording, SQL and prompt are unchanged."""
    again: frozenset[str] = frozenset()
    """Ids of unchanged facts whose prompts changed: they are asked again and trained if necessary.
    """
    trained: tuple[MemoryFact, ...] = ()
    """All other wanted facts."""
    forgotten: tuple[MemoryFact, ...] = ()
    """Facts of the memory that are no longer wanted."""
    idle: bool = False
    """Whether there is nothing to do."""

    def lines(self) -> Iterator[str]:
        """Yield the lines for the terminal."""
        # A new memory trains every fact, so that a list would name them all.
        trained = () if self.anew else self.trained
        for fact in trained:
            yield f"train {_described(fact)}"
        for fact in self.forgotten:
            yield f"forget {_described(fact)}"
        if self.anew:
            yield f"the memory is made anew: {self.anew}"
        yield (
            f"{len(self.kept)} facts kept, {len(self.again)} asked again, {len(self.trained)} "
            f"trained, {len(self.forgotten)} forgotten"
        )


def _described(fact: MemoryFact) -> str:
    return f"{fact.id} ({fact.kind}): {fact.wordings[0]}"


def plan_refresh(
    memory: Path,
    facts: Sequence[MemoryFact],
    changes: CatalogDiff | None,
    *,
    base: str,
    linker: Linker,
    files: Files,
) -> Refresh:
    """Plan how `memory` will know exactly `facts`; `linker` and `files` describe the database as it
    is now.
    """
    version = memory / "current"
    if not version.is_symlink():
        return Refresh("there is none yet", trained=tuple(facts))
    try:
        # A memory that is to stay as it is has to be whole, the large files too.
        required = (CONFIG, FACTS, CATALOG, VALUES, SYNONYMS)
        verify_files(version, required=required, everything=True)
        described = json.loads((version / CONFIG).read_text("utf-8"))
        if reason := _unfit(described, base):
            return Refresh(reason, trained=tuple(facts))
        known = read_facts(version)
        return _compared(known, facts, _Reading(version, changes, linker, files), version, files)
    except (MomeError, OSError, ValueError, KeyError, TypeError):
        return Refresh("the one that is there cannot be read", trained=tuple(facts))


def _unfit(described: Mapping[str, Any], base: str) -> str:
    """Return why a memory with this configuration cannot be refreshed; empty if it can. Raises
    BackboneError or KeyError.
    """
    wanted = memory_identity(base_path(memory_base(base)))
    if described["backbone"] == wanted and described["format"] == FORMAT:
        return ""
    # An identity that has become longer: experts act elsewhere in the same model.
    if described["format"] != FORMAT or wanted.startswith(described["backbone"]):
        return "it was written by another version of this program"
    return "it was tuned on another base model"


def _compared(
    known: Mapping[str, MemoryFact],
    facts: Sequence[MemoryFact],
    reading: _Reading,
    version: Path,
    files: Files,
) -> Refresh:
    wanted = {fact.id for fact in facts}
    forgotten = tuple(fact for name, fact in known.items() if name not in wanted)
    if reason := _reason(known, facts):
        return Refresh(reason, trained=tuple(facts), forgotten=forgotten)
    there = {fact.id for fact in facts if same_words(fact, known.get(fact.id))}
    kept = frozenset(name for name in there if reading.is_as_before(known[name]))
    trained = tuple(fact for fact in facts if fact.id not in there)
    same_files = all(_is_same(version / name, content) for name, content in files.items())
    idle = same_files and kept == wanted and not forgotten
    return Refresh("", kept, frozenset(there - kept), trained, forgotten, idle)


def same_words(fact: MemoryFact, known: MemoryFact | None) -> bool:
    """Return whether a fact of the memory is this one. The backbone may have added wordings to
    generated facts.
    """
    if known is None or known.objects != fact.objects:
        return False
    return known.wordings == fact.wordings or (
        fact.kind not in PEOPLES and known.wordings[: len(fact.wordings)] == fact.wordings
    )


def _reason(known: Mapping[str, MemoryFact], facts: Sequence[MemoryFact]) -> str:
    """Return why too much is new for the fitted router and shared experts; empty if it is not."""
    late = sum(fact.id not in known or not known[fact.id].fitted for fact in facts)
    if late > MOST_NEW * len(facts):
        return f"{late} of {len(facts)} facts are new since it was made"
    fitted = [fact for fact in known.values() if fact.fitted]
    if _questions(facts) >= LEAST_PRACTICE > _questions(fitted):
        return "there are enough verified questions now to learn from them how people ask"
    return ""


def _questions(facts: Iterable[MemoryFact]) -> int:
    return sum(len(fact.wordings) for fact in facts if fact.kind == "verified")


def _is_same(path: Path, content: bytes | Path) -> bool:
    if not path.is_file():
        return False
    wanted = content if isinstance(content, bytes) else content.read_bytes()
    return path.read_bytes() == wanted


class _Reading:
    """Tells whether prompts are the same as when the memory was tuned."""

    def __init__(
        self, version: Path, changes: CatalogDiff | None, linker: Linker, files: Files
    ) -> None:
        self._same = all(
            _is_same(version / name, files[name]) for name in (CATALOG, VALUES, SYNONYMS)
        )
        self._before = linker if self._same else Linker.load(version)
        self._after = linker
        before = {table.key for table in self._before.catalog.tables}
        after = {table.key for table in self._after.catalog.tables}
        self._tables = before | after
        self._told = changes is not None
        found = () if changes is None else changes.changes
        moved = [change for change in found if change.kind in MOVING]
        self._moved = {_table_of(change.object, self._tables) for change in moved}
        self._joins_moved = any(change.kind in ("key", "removed", "added") for change in moved)

    def is_as_before(self, fact: MemoryFact) -> bool:
        """Return whether the backbone reads and writes exactly what it did for this fact."""
        if self._same:
            return True
        tables = self._tables.intersection(fact.objects)
        # A join may lead over tables that the fact does not name, such as a new one in between.
        joins = len(tables) > 1 and self._joins_moved
        if not self._told or tables & self._moved or joins:
            return False
        for question in fact.wordings:
            before = _read(self._before.slice(question, fact.objects))
            after = _read(self._after.slice(question, fact.objects))
            if before != after:
                return False
        return True


def _table_of(name: str, tables: set[str]) -> str:
    """Return the table that a changed object is, or belongs to."""
    return name if name in tables else name.rpartition(".")[0]


def _read(slice_: Slice) -> tuple[object, ...]:
    """Return what a model sees of a slice, without row counts, comments and columns that are not
    shown.
    """
    tables = []
    for entry in slice_.tables:
        table = entry.table
        columns = [_read_column(shown) for shown in entry.columns]
        tables.append((table.key, entry.match, table.primary_key, table.foreign_keys, columns))
    return slice_.words, tables, slice_.matches


def _read_column(shown: SliceColumn) -> tuple[object, ...]:
    column = shown.column
    return column.name, column.type, column.family, shown.match, shown.values
