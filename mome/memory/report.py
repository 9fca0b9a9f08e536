"""What a tune or a recall reports: progress while it runs, and a verdict for every wording at the
end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class TuneProgress:
    """Progress of a tune or a recall."""

    stage: str
    """practise, memorise or verify."""
    done: int
    """Wordings that have finished the stage."""
    total: int
    exposures: int = 0
    """Training steps, summed over wordings."""


Progress = Callable[[TuneProgress], None]
Prompter = Callable[[str], Any]
"""Builds the backbone's prompt for a question."""


@dataclass(frozen=True)
class WordingRecall:
    """The verdict on one wording of a fact."""

    question: str
    recalled: bool
    reason: str = ""
    """Why it is not recalled; empty if it is."""
    probability: float | None = None
    """Probability of the least certain answer token; None if it was not measured."""
    exposures: int = 0
    """Training steps that it took part in."""


@dataclass(frozen=True)
class FactRecall:
    """The verdict on one fact, which is recalled if all its wordings are."""

    id: str
    kind: str
    wordings: tuple[WordingRecall, ...]

    @property
    def recalled(self) -> bool:
        """Whether every wording gives the exact answer."""
        return all(wording.recalled for wording in self.wordings)

    @classmethod
    def from_dict(cls, fact: dict[str, Any]) -> FactRecall:
        """Read an entry of recall.json. Raises KeyError or TypeError if it has another form."""
        return cls(
            fact["id"],
            fact["kind"],
            tuple(WordingRecall(**wording) for wording in fact["wordings"]),
        )


@dataclass(frozen=True)
class RecallReport:
    """The verdicts on all facts of a memory: recall.json."""

    facts: tuple[FactRecall, ...] = ()

    @property
    def recalled(self) -> int:
        """Number of facts that are recalled with all wordings."""
        return sum(fact.recalled for fact in self.facts)

    @property
    def missed(self) -> tuple[FactRecall, ...]:
        """The facts that are not recalled."""
        return tuple(fact for fact in self.facts if not fact.recalled)

    def to_dict(self) -> dict[str, Any]:
        """Return the content of recall.json."""
        facts = [asdict(fact) | {"recalled": fact.recalled} for fact in self.facts]
        return {"format": 1, "total": len(self.facts), "recalled": self.recalled, "facts": facts}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> RecallReport:
        """Read the content of recall.json. Raises KeyError or TypeError if it has another form."""
        return cls(tuple(map(FactRecall.from_dict, content["facts"])))
