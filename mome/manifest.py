"""A fact as the memory keeps it: what is asked and answered, which experts hold it. Tuning takes these, the manifest lists them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


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
        texts = {name: tuple(str(value) for value in line[name]) for name in ("wordings", "objects")}
        experts = tuple(int(expert) for expert in line["experts"])
        return cls(
            str(line["id"]), str(line["kind"]), texts["wordings"], str(line["answer"]), texts["objects"], experts, bool(line["fitted"])
        )
