"""What a tune has to do to the memory that is there: the facts it keeps, trains and forgets, or why it is made anew.

`Preparation` asks, `--dry-run` prints it and `mome.tune.run` does it. Brings no torch: where nothing has changed, nothing is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.artifacts.checksums import verify_files
from mome.artifacts.facts import CONFIG, FACTS, FORMAT, MemoryFact, read_facts
from mome.backbones.identity import base_folder, identity
from mome.errors import MomeError
from mome.linking.slice import Linker, Slice
from schemas import CatalogDiff

MOST_NEW = 0.25
"""Part of the facts that the router and the shared experts may not have been fitted to; where there are more, the memory is made anew."""
LEAST_PRACTICE = 20
"""Verified questions from which on the shared experts practise them."""
PEOPLES = frozenset({"verified", "glossary"})
"""Kinds of facts whose words people gave, all of them."""
CATALOG, VALUES, SYNONYMS = "catalog.json", "values.jsonl", "synonyms.json"
MOVING = frozenset({"added", "removed", "type", "key", "kind"})
"""Kinds of changes of a table after which facts that rest on it are asked again, though their questions are read as before."""
Files = Mapping[str, bytes | Path]


@dataclass(frozen=True)
class Refresh:
    """The way from the memory that is there to the one that is wanted."""

    anew: str
    """Why the memory is made anew; empty where it is refreshed."""
    kept: frozenset[str] = frozenset()
    """Ids of facts that are as they were, and so are the prompts of their questions."""
    again: frozenset[str] = frozenset()
    """Ids of facts that are as they were, but whose questions are read otherwise: they are asked again, and trained where it takes that."""
    trained: tuple[MemoryFact, ...] = ()
    """All others that are wanted."""
    forgotten: tuple[MemoryFact, ...] = ()
    """Facts of the memory that are wanted no more."""
    idle: bool = False
    """Whether there is nothing to do at all."""

    def lines(self) -> Iterator[str]:
        """For the terminal."""
        for verb, facts in (
            ("train", self.trained if not self.anew else ()),
            ("forget", self.forgotten),
        ):
            for fact in facts:
                yield f"{verb} {fact.id} ({fact.kind}): {fact.wordings[0]}"
        if self.anew:
            yield f"the memory is made anew: {self.anew}"
        yield f"{len(self.kept)} facts kept, {len(self.again)} asked again, {len(self.trained)} trained, {len(self.forgotten)} forgotten"


def plan_refresh(
    memory: Path,
    facts: Sequence[MemoryFact],
    changes: CatalogDiff | None,
    *,
    base: str,
    linker: Linker,
    files: Files,
) -> Refresh:
    """What to do to `memory`, so that it knows exactly `facts`; `linker` and `files`, which lie beside it, are of the database as it is."""
    version = memory / "current"
    if not version.is_symlink():
        return Refresh("there is none yet", trained=tuple(facts))
    try:
        verify_files(version, required=(CONFIG, FACTS, CATALOG, VALUES, SYNONYMS))
        described = json.loads((version / CONFIG).read_text("utf-8"))
        if described["format"] != FORMAT:
            return Refresh(
                "it was written by another version of this program", trained=tuple(facts)
            )
        known = read_facts(version)
        if described["backbone"] != identity(base_folder(base)):
            return Refresh("it was tuned on another base model", trained=tuple(facts))
        return _compared(known, facts, _Reading(version, changes, linker, files), version, files)
    except (MomeError, OSError, ValueError, KeyError, TypeError):
        return Refresh("the one that is there cannot be read", trained=tuple(facts))


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
    """Whether the memory's fact is this one: the model may have added wordings where people gave none."""
    if known is None or known.objects != fact.objects:
        return False
    return known.wordings == fact.wordings or (
        fact.kind not in PEOPLES and known.wordings[: len(fact.wordings)] == fact.wordings
    )


def _reason(known: Mapping[str, MemoryFact], facts: Sequence[MemoryFact]) -> str:
    """Why too much is new for what was fitted to the facts of the last whole tune; empty where it is not."""
    late = sum(fact.id not in known or not known[fact.id].fitted for fact in facts)
    if late > MOST_NEW * len(facts):
        return f"{late} of {len(facts)} facts are new since it was made"
    if (
        _questions(facts)
        >= LEAST_PRACTICE
        > _questions(fact for fact in known.values() if fact.fitted)
    ):
        return "there are enough verified questions now to learn from them how people ask"
    return ""


def _questions(facts: Iterable[MemoryFact]) -> int:
    return sum(len(fact.wordings) for fact in facts if fact.kind == "verified")


def _is_same(path: Path, content: bytes | Path) -> bool:
    return path.is_file() and path.read_bytes() == (
        content if isinstance(content, bytes) else content.read_bytes()
    )


class _Reading:
    """Whether questions are read as they were when the memory was tuned."""

    def __init__(
        self, version: Path, changes: CatalogDiff | None, linker: Linker, files: Files
    ) -> None:
        self._same = all(
            _is_same(version / name, files[name]) for name in (CATALOG, VALUES, SYNONYMS)
        )
        self._before, self._after = linker if self._same else Linker.load(version), linker
        tables = {
            table.key for side in (self._before, self._after) for table in side.catalog.tables
        }
        moved = (
            [change for change in changes.changes if change.kind in MOVING]
            if changes is not None
            else []
        )
        self._moved = {
            change.object if change.object in tables else change.object.rpartition(".")[0]
            for change in moved
        }
        self._joins_moved = any(change.kind in ("key", "removed", "added") for change in moved)
        self._tables, self._told = tables, changes is not None

    def is_as_before(self, fact: MemoryFact) -> bool:
        """Whether the model reads and writes just what it did for this fact."""
        if self._same:
            return True
        tables = self._tables.intersection(fact.objects)
        if not self._told or tables & self._moved or (len(tables) > 1 and self._joins_moved):
            return False
        return all(
            _read(self._before.slice(q, fact.objects)) == _read(self._after.slice(q, fact.objects))
            for q in fact.wordings
        )


def _read(slice_: Slice) -> tuple[object, ...]:
    """What a model reads of a slice: none of the rows, comments and columns that are not shown."""
    tables = [
        (
            (entry.table.key, entry.match, entry.table.primary_key, entry.table.foreign_keys),
            [
                (
                    shown.column.name,
                    shown.column.type,
                    shown.column.family,
                    shown.match,
                    shown.values,
                )
                for shown in entry.columns
            ],
        )
        for entry in slice_.tables
    ]
    return slice_.words, tables, slice_.matches
