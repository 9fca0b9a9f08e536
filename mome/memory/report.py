"""What a tune or a recall reports: progress on the way, and at the end every fact and wording with the reason why it is not recalled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class TuneProgress:
    """How far a tune or a recall is."""

    stage: str
    """"practise", "memorise" or "verify"."""
    done: int
    """Wordings that are through with the stage."""
    total: int
    exposures: int = 0
    """Training steps summed over wordings."""


Progress = Callable[[TuneProgress], None]
Prompter = Callable[[str], Any]
"""Makes a backbone's prompt of a question."""


@dataclass(frozen=True)
class WordingRecall:
    """One wording of a fact."""

    question: str
    recalled: bool
    reason: str = ""
    """Why it is not recalled; empty when it is."""
    probability: float | None = None
    """Of the least certain answer token; None where it was not measured."""
    exposures: int = 0
    """Training steps it took part in."""


@dataclass(frozen=True)
class FactRecall:
    """One fact; it is recalled when all its wordings are."""

    id: str
    kind: str
    wordings: tuple[WordingRecall, ...]

    @property
    def recalled(self) -> bool:
        """Whether every wording gives the answer exactly."""
        return all(wording.recalled for wording in self.wordings)

    @classmethod
    def from_dict(cls, fact: dict[str, Any]) -> FactRecall:
        """Read an entry of recall.json; raises KeyError or TypeError when it is none."""
        return cls(
            fact["id"],
            fact["kind"],
            tuple(WordingRecall(**wording) for wording in fact["wordings"]),
        )


@dataclass(frozen=True)
class RecallReport:
    """recall.json: all facts of a memory."""

    facts: tuple[FactRecall, ...] = ()

    @property
    def recalled(self) -> int:
        """How many facts are recalled with all their wordings."""
        return sum(fact.recalled for fact in self.facts)

    @property
    def missed(self) -> tuple[FactRecall, ...]:
        """The others."""
        return tuple(fact for fact in self.facts if not fact.recalled)

    def to_dict(self) -> dict[str, Any]:
        """The content of recall.json."""
        facts = [asdict(fact) | {"recalled": fact.recalled} for fact in self.facts]
        return {"format": 1, "total": len(self.facts), "recalled": self.recalled, "facts": facts}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> RecallReport:
        """Read recall.json; raises KeyError or TypeError when it is none."""
        return cls(tuple(map(FactRecall.from_dict, content["facts"])))
