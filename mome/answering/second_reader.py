"""The open model as a second reader beside the memory's own model. The translator asks it about
questions that no memorised fact answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
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
# A mean of the probabilities lets one reader's error win alone. Of 90 of our own questions about
# databases that neither reader was trained on, a mean of the logarithms answers 66, one of the
# probabilities 60, the first reader alone 57. Weights from 0.4 to 0.6 differ by 3.
SHARE = 0.5
"""Weight of the second reader's log-probabilities; those of the first have the rest."""
# Without a bound, what one reader finds as good as impossible could not win however sure the other
# is. The second one tells apart what the first finds impossible, but not the reverse.
LEAST_OF_FIRST, LEAST_OF_SECOND = 1e-4, 1e-8
"""Two constants: the least probability of an answer for each reader."""


# Of 66 questions about other databases that the first reader declines all stay declined, of 26
# about a dropped column 24, and of 6 that have an answer 3.
SURE_OF_NONE, SURE_OF_ANSWER = 0.9, 0.25
"""Two probabilities: the second reader's answer counts against no answer if it has at least the
second, and the first reader's probability of no answer is below the first.
"""


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

    def join(
        self,
        prompt: Prompt,
        first: Sequence[Candidate],
        log_prob: Callable[[str], float],
    ) -> list[Candidate]:
        """Return the answers of both readers, best first; see `joined`.

        `first`: those of the first reader.
        `log_prob`: returns its log-probability of another answer.
        """
        pairs = self._pairs(prompt.question)
        drafts = [candidate.answer for candidate in first[:DRAFTS]]
        with self._reader.turn:
            second = self._reader.answers(prompt.slice, prompt.linker, pairs, drafts, beams=BEAMS)
        known = {candidate.answer for candidate in first}
        others = [one.answer for one in second if one.answer is not None]
        told = {answer: log_prob(answer) for answer in others if answer not in known}
        return joined(first, second, told)

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


def joined(
    first: Sequence[Candidate], second: Sequence[Candidate], told: Mapping[str, float]
) -> list[Candidate]:
    """Return the answers of two readers, best first, with probabilities that sum to 1.

    `told`: log-probabilities by the first reader of answers that are not among its own.

    A logarithmic opinion pool: p(a) is proportional to p1(a)^(1 - SHARE) x p2(a)^SHARE (Genest and
    Zidek 1986, Statistical Science 1:1). How likely there is no answer says `_no_answer`.
    """
    found = {one.answer: one for one in (*second, *first)}
    likely: dict[str | None, float] = {answer: math.exp(one) for answer, one in told.items()}
    likely |= {one.answer: one.probability for one in first}
    as_likely = {one.answer: one.probability for one in second}
    none = _no_answer(likely, as_likely)
    pooled = {}
    by_readers = {}
    for answer in found.keys() - {None}:
        by_readers[answer] = (likely.get(answer, 0.0), as_likely.get(answer, 0.0))
        known = max(by_readers[answer][0], LEAST_OF_FIRST)
        also = max(by_readers[answer][1], LEAST_OF_SECOND)
        pooled[answer] = known ** (1 - SHARE) * also**SHARE
    total = sum(pooled.values())
    answers = [replace(one, probability=none) for one in first if one.answer is None]
    for answer, weight in pooled.items():
        shared = (1 - none) * weight / total
        answers.append(replace(found[answer], probability=shared, by_readers=by_readers[answer]))
    return sorted(answers, key=lambda one: -one.probability)


def _no_answer(likely: Mapping[str | None, float], as_likely: Mapping[str | None, float]) -> float:
    """Return the probability that nothing answers the question: that of the first reader, unless
    the second one is rather sure of an answer.

    The second one's own probability of no answer says nothing: it is 0.03 to 0.2 for all questions.
    """
    none = likely.get(None, 0.0)
    best = max((chance for answer, chance in as_likely.items() if answer is not None), default=0.0)
    return none * (1 - best) if none < SURE_OF_NONE and best >= SURE_OF_ANSWER else none
