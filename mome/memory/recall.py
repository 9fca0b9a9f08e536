"""What a memory recalls: every fact and wording, exactly or with the reason why not. `tune` ends with it, `mome eval` repeats it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from mome.artifacts.facts import MemoryFact
from mome.memory.experts.layer import RouteMismatch

if TYPE_CHECKING:
    from mome.memory.memory import Memory

BATCH = 32


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
        return cls(fact["id"], fact["kind"], tuple(WordingRecall(**wording) for wording in fact["wordings"]))


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


def token_chances(logits: Tensor, targets: Tensor) -> Tensor:
    """Log-probabilities (b, t) of the targets; 0 where there is none."""
    logs = torch.log_softmax(logits.float(), dim=-1)
    there = targets != -100
    return logs.gather(2, targets.masked_fill(~there, 0).unsqueeze(2)).squeeze(2).masked_fill(~there, 0.0)


def written(memory: Memory, questions: Sequence[str], prompts: Sequence[Any]) -> list[str]:
    """What greedy decoding answers to each question, under the memory; one by one where the backbone decodes so."""
    try:
        return _decode(memory, questions, prompts)
    except RouteMismatch:
        return [answer for question, prompt in zip(questions, prompts, strict=True) for answer in _decode(memory, [question], [prompt])]


def _decode(memory: Memory, questions: Sequence[str], prompts: Sequence[Any]) -> list[str]:
    with torch.no_grad(), memory.routed(questions):
        found = memory.backbone.generate(prompts, beams=1)
    return [(candidates[0].answer or "") if candidates else "" for candidates in found]


def recall(memory: Memory, facts: Sequence[MemoryFact], prompt: Prompter, *, progress: Progress | None = None) -> RecallReport:
    """Ask every wording of `facts` again and report what comes back; the memory must be attached and is not changed."""
    asked = [(question, fact.answer) for fact in facts for question in fact.wordings]
    results: list[WordingRecall] = []
    for first in range(0, len(asked), BATCH):
        results += _ask(memory, asked[first : first + BATCH], prompt)
        if progress:
            progress(TuneProgress("verify", len(results), len(asked)))
    found = iter(results)
    return RecallReport(tuple(FactRecall(fact.id, fact.kind, tuple(next(found) for _ in fact.wordings)) for fact in facts))


def _ask(memory: Memory, asked: Sequence[tuple[str, str]], prompt: Prompter) -> list[WordingRecall]:
    questions = [question for question, _ in asked]
    prompts = [prompt(question) for question in questions]
    found = []
    for (question, wanted), answer in zip(asked, written(memory, questions, prompts), strict=True):
        reason = difference(wanted, answer)
        found.append(WordingRecall(question, not reason, reason))
    return found


def difference(wanted: str, answer: str) -> str:
    """Empty where the decoded answer is exactly the wanted one, else the reason to report."""
    return "" if answer.strip() == wanted.strip() else f"decoding gives another answer: {answer.strip() or 'nothing'}"
