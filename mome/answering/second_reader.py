"""The open model as a second reader beside the memory's own model. The translator asks it about
questions that no memorised fact answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from mome.artifacts.facts import MemoryFact
from mome.backbones.base import Candidate, Prompt
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.linking.slice import Linker, Slice
from mome.memory import Memory

# Decoding time hardly grows up to four beams.
BEAMS = 4
# A draft takes about as long as five steps of the beams.
DRAFTS = 4
"""Number of answers of the first reader whose probability the second one tells."""
# As many as in training.
PAIRS = 3
"""Maximum number of verified questions in a prompt."""
CONSIDERED = 24
"""Number of nearest facts among which verified ones are looked for."""
SIMILAR = 0.5
"""Minimum cosine similarity of a verified question in a prompt."""
SHARE = 0.7
"""Weight of the second reader's probabilities; those of the first have the rest."""


class QuestionReader(Protocol):
    """The part of an OpenReader that is used here."""

    @property
    def turn(self) -> AbstractContextManager[object]:
        """Held while the model answers a question."""
        ...

    def answers(
        self,
        slice_: Slice,
        linker: Linker,
        pairs: Sequence[tuple[str, str]] = (),
        drafts: Sequence[str | None] = (),
        *,
        beams: int,
    ) -> list[Candidate]:
        """Return different answers to a slice's question, best first: its own, and the drafts."""
        ...


class SecondReader:
    """Reads questions about the database of one memory."""

    def __init__(self, reader: QuestionReader, memory: Memory, forms: Forms) -> None:
        self._reader = reader
        self._memory = memory
        self._forms = forms
        self._written: dict[str, str] = {}
        """The forms of facts by their ids; empty texts for SQL that has none."""

    def join(self, prompt: Prompt, first: Sequence[Candidate]) -> list[Candidate]:
        """Return the answers of both readers, each with its mean probability, best first.

        `first`: those of the first reader.
        """
        pairs = self._pairs(prompt.question)
        drafts = [candidate.answer for candidate in first[:DRAFTS]]
        with self._reader.turn:
            second = self._reader.answers(prompt.slice, prompt.linker, pairs, drafts, beams=BEAMS)
        return joined(first, second)

    def _pairs(self, question: str) -> list[tuple[str, str]]:
        """Return the nearest verified questions with their forms."""
        pairs: list[tuple[str, str]] = []
        for fact, similarity in self._memory.nearest(question, CONSIDERED):
            if similarity < SIMILAR or len(pairs) == PAIRS:
                break
            form = self._form(fact) if fact.kind == "verified" else ""
            if form:
                pairs.append((fact.wordings[0], form))
        return pairs

    def _form(self, fact: MemoryFact) -> str:
        if fact.id not in self._written:
            try:
                self._written[fact.id] = self._forms.encode(fact.answer)
            except NotExpressible:
                self._written[fact.id] = ""
        return self._written[fact.id]


def joined(first: Sequence[Candidate], second: Sequence[Candidate]) -> list[Candidate]:
    """Return the answers of two readers, each with its mean probability, best first."""
    found: dict[str | None, Candidate] = {}
    for candidates, weight in ((first, 1 - SHARE), (second, SHARE)):
        for one in candidates:
            other = found.get(one.answer)
            probability = weight * one.probability + (other.probability if other else 0.0)
            found[one.answer] = replace(other or one, probability=probability)
    return sorted(found.values(), key=lambda one: -one.probability)
