"""Whether a question asks for what a known fact answers.

Routing calls it before a fact's experts are used, and the translator before it returns a fact's
query. Values are compared exactly; `mome.answering.filled_queries` fills in other ones.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

from rapidfuzz.distance import JaroWinkler

from mome.artifacts.facts import TEXT_KIND, MemoryFact
from mome.linking.demands import contradiction, demands, opposes
from mome.linking.names import all_stems
from mome.memory.routing.meant_facts import LITERAL, may_be_said, must_be_said
from mome.memory.routing.router import Words

SAME_VALUE = 0.8
"""Least Jaro-Winkler similarity of two forms of a value: French and France have 0.84, Spanish and
Spain 0.88, Germany and France 0.6.
"""


class Asked:
    """One question, to be compared with facts."""

    def __init__(self, question: str, words: Words, named_by: Words | None = None) -> None:
        """Read a question; `named_by` explains its names in place of `words`, if that is given."""
        self.question = question
        self._words = words
        self._named_by = named_by or words

    def fits(self, fact: MemoryFact) -> bool:
        """Return whether the question may mean this fact.

        It may not if it mentions a table, column, value or number that the fact lacks, if it omits
        a value that the fact's wordings and SQL share, or if `contradiction` finds a difference.
        """
        if not self._named <= _said_by(fact):
            return False
        if not all(map(self._mentions, _quoted_by(fact) - self._stems)):
            return False
        return not self.contradiction(fact)

    def contradiction(self, fact: MemoryFact) -> str:
        """Return in what the question differs from the wording that comes nearest to it: `value`,
        or see `demands.contradiction`; empty if it agrees with one of the fact's wordings.

        Only a verified fact must agree in everything. A generated one is written in a rule's
        words, and its numbers and order are part of the SQL that the model reads the question for.
        For one in plain text the question must say what the wording names.
        """
        differing = ""
        for wording in fact.wordings:
            differing = self._differs(wording, fact)
            if not differing:
                return ""
        return differing

    def _differs(self, wording: str, fact: MemoryFact) -> str:
        asked, known = demands(self.question), demands(wording)
        if fact.kind == TEXT_KIND and not self._has_values_of(wording):
            return "value"
        if fact.kind != "verified":
            return "meaning" if opposes(asked, known) else ""
        if not self._values <= _said_by(fact) | _literals_of(fact):
            return "value"
        if not self._has_values_of(wording):
            return "value"
        return contradiction(asked, known, fact.answer)

    def _has_values_of(self, wording: str) -> bool:
        missing = self._words.valued(wording) - self._stems - self._values
        return all(map(self._mentions, missing))

    def _mentions(self, value: str) -> bool:
        """Return whether a word of the question may be a form of a value, as French of France."""
        for word in self._stems:
            if word[:2] == value[:2] and JaroWinkler.similarity(word, value) >= SAME_VALUE:
                return True
        return False

    @cached_property
    def _named(self) -> frozenset[str]:
        return self._named_by.named(self.question)

    @cached_property
    def _values(self) -> frozenset[str]:
        return self._words.valued(self.question)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return all_stems([self.question])


@lru_cache(maxsize=4096)
def _said_by(fact: MemoryFact) -> frozenset[str]:
    return may_be_said(fact)


@lru_cache(maxsize=4096)
def _quoted_by(fact: MemoryFact) -> frozenset[str]:
    return must_be_said(fact)


@lru_cache(maxsize=4096)
def _literals_of(fact: MemoryFact) -> frozenset[str]:
    """Return stems of the string literals in a fact's SQL."""
    return all_stems(LITERAL.findall(fact.answer))
