"""A fact as a memory keeps it, and facts.jsonl, the manifest that lists a memory's facts.

Memories and plans of tunes read it. It imports no torch, so that a tune with nothing to do ends at
once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mome.artifacts.checksums import checked

FORMAT = 4
"""Version of a memory's file format; other versions are refused."""
CONFIG, FACTS, DELTAS = "adapter_config.json", "facts.jsonl", "delta-*.jsonl"


TEXT_KIND = "text"
"""What `MemoryFact.kind` is for a fact that is no SQL; see `mome.memory.text_fact`."""


@dataclass(frozen=True)
class MemoryFact:
    """One answer and the questions that ask for it."""

    id: str
    kind: str
    """verified, glossary, or the name of the rule that generated it."""
    wordings: tuple[str, ...]
    answer: str
    """SQL in the database's dialect; after tuning, as the backbone writes it."""
    objects: tuple[str, ...] = ()
    """Tables and columns that it rests on; of baskets, further items that completed them."""
    experts: tuple[int, ...] = ()
    """Sorted experts of its wordings; empty before tuning."""
    fitted: bool = True
    """Whether the memory's router was fitted to it; False for facts added later."""

    def to_dict(self) -> dict[str, Any]:
        """Return a line of the manifest."""
        return asdict(self)

    @classmethod
    def from_dict(cls, line: dict[str, Any]) -> MemoryFact:
        """Read a line of the manifest. Raises KeyError or TypeError if it has another form."""
        return cls(
            id=str(line["id"]),
            kind=str(line["kind"]),
            wordings=tuple(map(str, line["wordings"])),
            answer=str(line["answer"]),
            objects=tuple(map(str, line["objects"])),
            experts=tuple(map(int, line["experts"])),
            fitted=bool(line["fitted"]),
        )


def read_facts(version: Path) -> dict[str, MemoryFact]:
    """Read a version's facts by id, deltas applied. Raises BrokenMemory, OSError, ValueError,
    KeyError or TypeError.
    """
    base = read_lines(checked(version / FACTS))
    facts = {line["id"]: MemoryFact.from_dict(line) for line in base}
    # A later delta wins, so their order matters; a fact that is learned again comes last.
    for path in delta_files(version):
        for line in read_lines(checked(path)):
            if "forget" in line:
                del facts[line["forget"]]
            else:
                facts[line["fact"]["id"]] = MemoryFact.from_dict(line["fact"])
    return facts


def delta_files(version: Path) -> list[Path]:
    """Return the manifests of a version's deltas, in order."""
    # Their numbers have five digits with leading zeros, so the order of names is that of numbers.
    return sorted(version.glob(DELTAS))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the parsed lines of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
