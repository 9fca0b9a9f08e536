"""Whether a question asks for a known fact, when a model answers it with that fact's query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from mome.answering.left_out import Term
from mome.artifacts.facts import MemoryFact
from mome.artifacts.feedback import form
from mome.linking.names import (
    FILLER_STEMS,
    HOW_STEMS,
    SHAPE_STEMS,
    STOPWORDS,
    all_stems,
    question_words,
    stem,
)
from mome.linking.slice import Linker
from mome.memory.routing.agreement import Asked
from mome.memory.routing.meant_facts import LITERAL
from mome.sql_tree import parsed


class KnownAnswers:
    """The facts of one memory by wording and by answer."""

    def __init__(
        self, facts: Iterable[MemoryFact], linker: Linker, terms: Iterable[Term] = ()
    ) -> None:
        """`terms`: what people defined."""
        self._terms = terms
        self._dialect = linker.catalog.dialect
        self._by_answer: dict[str, list[MemoryFact]] = defaultdict(list)
        self._by_wording: dict[str, MemoryFact] = {}
        facts = tuple(facts)
        self.verified: dict[str, MemoryFact] = {}
        """The first verified fact of each verified query."""
        for fact in facts:
            self._by_answer[fact.answer].append(fact)
            self._by_answer[in_order(fact.answer)].append(fact)
            if fact.kind == "verified":
                self.verified.setdefault(fact.answer, fact)
                self._by_wording.update((form(wording), fact) for wording in fact.wordings)
        self._given = [fact for fact in facts if fact.kind in ("verified", "glossary")]
        self._names = linker.known

    @cached_property
    def _told(self) -> frozenset[str]:
        """Stems of the words by which the facts that people gave are told apart."""
        told = (_telling(wording) for fact in self._given for wording in fact.wordings)
        return frozenset[str]().union(*told) - self._names

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
            differing = asked.contradiction(fact) or self._unsaid_term(asked.question, fact)
            if not differing or self._by_wording.get(form(asked.question)) is fact:
                return ""
        return differing

    def _unsaid_term(self, question: str, fact: MemoryFact) -> str:
        """Return a term of the question that neither the fact's wordings nor its SQL say, quoted;
        empty if there is none.
        """
        asked = [term for term in self._terms if term.is_asked(question)]
        more = [term for term in asked if not any(map(term.is_asked, fact.wordings))]
        tree = parsed(fact.answer, self._dialect) if more else None
        if tree is None:
            return ""
        return next((repr(term.text) for term in more if not term.is_said(tree)), "")

    def match(self, asked: Asked, answer: str) -> str | None:
        """Return the verified question that asks the same and has this answer; None if there is
        none.
        """
        exact = self._by_wording.get(form(asked.question))
        if exact is not None:
            return exact.wordings[0] if exact.answer == answer else None
        told = self._told & _telling(asked.question)
        for fact in self._by_answer.get(answer, ()):
            # A word by which another fact is told apart says something that this one does not.
            says_more = not told <= all_stems([*fact.wordings, *LITERAL.findall(answer)])
            if fact.kind == "verified" and not says_more and asked.fits(fact):
                return fact.wordings[0]
        return None


def _telling(question: str) -> frozenset[str]:
    """Return stems of the words that may tell a question from another one. `Return` is none, and
    `returned` is one.
    """
    words = (word.text.lower() for word in question_words(question))
    told = frozenset(stem(word) for word in words if word[0].isalpha() and word not in STOPWORDS)
    return told - SHAPE_STEMS - HOW_STEMS - FILLER_STEMS


def in_order(sql: str) -> str:
    """Return a text that is the same for queries whose conditions stand in another order."""
    head, where, tail = sql.partition(" WHERE ")
    return head + where + " AND ".join(sorted(tail.split(" AND ")))
