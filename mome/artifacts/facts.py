"""A fact as the memory keeps it: what is asked and answered, which experts hold it; and the manifest, which lists a memory's facts.

A memory reads it, and so does what plans a tune; brings no torch, so that a tune with nothing to do ends at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = 4
"""Of a memory's version; another program's is refused."""
CONFIG, FACTS, DELTAS = "adapter_config.json", "facts.jsonl", "delta-*.jsonl"


@dataclass(frozen=True)
class MemoryFact:
    """One answer and the questions that ask for it."""

    id: str
    kind: str
    wordings: tuple[str, ...]
    answer: str
    objects: tuple[str, ...] = ()
    """Tables and columns it rests on."""
    experts: tuple[int, ...] = ()
    """Experts that its wordings are routed to, sorted; empty before tuning."""
    fitted: bool = True
    """Whether the memory's router was fitted to it; False for what came later."""

    def to_dict(self) -> dict[str, Any]:
        """A line of the manifest."""
        return asdict(self)

    @classmethod
    def from_dict(cls, line: dict[str, Any]) -> MemoryFact:
        """Read a line of the manifest; raises KeyError or TypeError when it is none."""
        texts = {
            name: tuple(str(value) for value in line[name]) for name in ("wordings", "objects")
        }
        experts = tuple(int(expert) for expert in line["experts"])
        return cls(
            str(line["id"]),
            str(line["kind"]),
            texts["wordings"],
            str(line["answer"]),
            texts["objects"],
            experts,
            bool(line["fitted"]),
        )


def read_facts(version: Path) -> dict[str, MemoryFact]:
    """The facts of a memory's version by their ids, as its deltas left them. Raises OSError, ValueError, KeyError or TypeError."""
    facts = {line["id"]: MemoryFact.from_dict(line) for line in read_lines(version / FACTS)}
    for path in delta_files(version):
        for line in read_lines(path):
            if "forget" in line:
                del facts[line["forget"]]
            else:
                facts[line["fact"]["id"]] = MemoryFact.from_dict(line["fact"])
    return facts


def delta_files(version: Path) -> list[Path]:
    """The manifests of what was learned and forgotten since the whole was written, in order."""
    return sorted(version.glob(DELTAS))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
