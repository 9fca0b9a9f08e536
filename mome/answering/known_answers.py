"""Whether a question asks for a known fact, when a model answers it with that fact's query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mome.artifacts.facts import MemoryFact
from mome.artifacts.feedback import form
from mome.memory.routing.agreement import Asked


class KnownAnswers:
    """The facts of one memory by wording and by answer."""

    def __init__(self, facts: Iterable[MemoryFact]) -> None:
        self._by_answer: dict[str, list[MemoryFact]] = defaultdict(list)
        self._by_wording: dict[str, MemoryFact] = {}
        self.verified: dict[str, MemoryFact] = {}
        """The first verified fact of each verified query."""
        for fact in facts:
            self._by_answer[fact.answer].append(fact)
            self._by_answer[in_order(fact.answer)].append(fact)
            if fact.kind == "verified":
                self.verified.setdefault(fact.answer, fact)
                self._by_wording.update((form(wording), fact) for wording in fact.wordings)

    def is_verified(self, question: str) -> bool:
        """Return whether these are the words of a verified question."""
        return form(question) in self._by_wording

    def difference(self, asked: Asked, answer: str) -> str:
        """Return in what the question differs from all facts with this answer; empty if it agrees
        with one of them, or if none has this answer.
        """
        facts = self._by_answer.get(answer) or self._by_answer.get(in_order(answer)) or []
        differing = ""
        for fact in facts:
            differing = asked.contradiction(fact)
            if not differing or self._by_wording.get(form(asked.question)) is fact:
                return ""
        return differing

    def match(self, asked: Asked, answer: str) -> str | None:
        """Return the verified question that asks the same and has this answer; None if there is
        none.
        """
        exact = self._by_wording.get(form(asked.question))
        if exact is not None:
            return exact.wordings[0] if exact.answer == answer else None
        for fact in self._by_answer.get(answer, ()):
            if fact.kind == "verified" and asked.fits(fact):
                return fact.wordings[0]
        return None


def in_order(sql: str) -> str:
    """Return a text that is the same for queries whose conditions stand in another order."""
    head, where, tail = sql.partition(" WHERE ")
    return head + where + " AND ".join(sorted(tail.split(" AND ")))
