"""A question and a query for it, read once for all rules of `unasked`, and what queries hold that
people gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from mome.answering.conditions import Comparison, comparisons
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog
from mome.linking.demands import is_superlative
from mome.linking.names import (
    CLITICS,
    COMMON_STEMS,
    FILLER_STEMS,
    HOW_STEMS,
    SHAPE_STEMS,
    all_stems,
    content_stems,
    question_words,
)
from mome.linking.values import ValueIndex


@dataclass(frozen=True)
class Written:
    """A question and a query for it, read once for all rules."""

    question: str
    tree: exp.Expr
    catalog: Catalog
    values: ValueIndex | None
    learned: frozenset[str]
    """See `learned`."""
    names: frozenset[str]
    """Stems of all words in the catalog's names."""

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """The comparisons of columns with literals."""
        return comparisons(self.tree, self.catalog, self.values)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of the question's words."""
        return all_stems([self.question])

    @cached_property
    def unexplained(self) -> frozenset[str]:
        """Stems of the question's words that are in no name, in no literal of the query, and say
        nothing of the question's shape. A glossary or a reader may know what they mean.
        """
        literals = all_stems(node.name for node in self.tree.find_all(exp.Literal))
        plain = SHAPE_STEMS | HOW_STEMS | COMMON_STEMS | FILLER_STEMS | CLITICS
        words = question_words(self.question)
        said = content_stems(word for word in words if not is_superlative(word.text.lower()))
        return said - self.names - literals - plain

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Return whether the question has words of a kind."""
        return pattern.search(self.question.lower()) is not None


_LEARNED = re.compile(r"'((?:[^']|'')*)'|\b(\d+(?:\.\d+)?)\b|(\w+)\W? IS NULL", re.IGNORECASE)


def learned(facts: Iterable[MemoryFact]) -> frozenset[str]:
    """Return the literals and the columns sought by IS NULL in the queries that people gave.

    A question for `large orders` need not say the number that their definition holds.
    """
    found: set[str] = set()
    for fact in facts:
        if fact.kind in ("verified", "glossary"):
            for match in _LEARNED.findall(fact.answer):
                found.update(part.lower() for part in match if part)
    return frozenset(found)
