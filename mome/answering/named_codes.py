"""Names of codes that people gave a memory, in its glossary and in verified questions: `cancelled`
for C. `CodeWords` reads them, and `left_out` misses them in queries.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from mome.answering.conditions import comparisons
from mome.answering.left_out import Term
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog
from mome.linking.names import COMMON_STEMS, HOW_STEMS, SHAPE_STEMS, question_words, stem
from mome.linking.values import ValueIndex
from mome.memory.routing.meant_facts import LITERAL
from mome.sql_tree import parsed, places

Place = tuple[str, str]
"""(table key, column)."""


class NamedCodes:
    """The codes of one catalog that its facts name."""

    def __init__(
        self,
        facts: Iterable[MemoryFact],
        catalog: Catalog,
        values: ValueIndex,
        known: frozenset[str],
    ) -> None:
        """`known`: stems of all words in names."""
        self._facts = tuple(facts)
        self._catalog = catalog
        self._values = values
        self._common = known | COMMON_STEMS | SHAPE_STEMS | HOW_STEMS

    @cached_property
    def by_place(self) -> dict[Place, dict[tuple[str, ...], str]]:
        """The codes of each column by the stems of their names; none for a name of two codes."""
        found: dict[Place, dict[tuple[str, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
        for fact in self._facts:
            for place, name, code in self._named_in(fact):
                found[place][name].add(code)
        return {
            place: {name: codes.pop() for name, codes in names.items() if len(codes) == 1}
            for place, names in found.items()
        }

    def terms(self) -> tuple[Term, ...]:
        """Return the names that verified questions give to codes: `school` of the customers whose
        segment is S. Those of a glossary are terms of their own.
        """
        verified = [fact for fact in self._facts if fact.kind == "verified"]
        found = []
        for fact in verified:
            for (key, column), name, code in self._named_in(fact):
                table = self._catalog.table(key)
                if table is not None and code == self.by_place[key, column].get(name):
                    text = _as_written(min(fact.wordings, key=len), name)
                    columns = frozenset({f"{key}.{column}"})
                    found.append(Term(text, columns, frozenset({code}), table.name))
        return tuple(dict.fromkeys(found))

    def _named_in(self, fact: MemoryFact) -> Iterator[tuple[Place, tuple[str, ...], str]]:
        """Yield (place, name, code) where a fact names one code: a term such as `cancelled orders`,
        or a verified question with one word that is in no name.
        """
        wording = min(fact.wordings, key=len)
        codes = LITERAL.findall(fact.answer)
        is_one = len(codes) == 1 and not _is_written(codes[0], wording)
        if fact.kind not in ("glossary", "verified") or not is_one:
            return
        tree = parsed(fact.answer, self._catalog.dialect)
        found = [] if tree is None else comparisons(tree, self._catalog, self._values)
        for comparison in found:
            if comparison.sign != "=" or comparison.texts != codes:
                continue
            for place in places(comparison.column, self._catalog):
                # What is left of `cancelled orders` without the table is what the code is called.
                own = tuple(word for word in stems_of(wording) if word not in self._common)
                if len(own) == 1 or (own and fact.kind == "glossary"):
                    yield place, own, codes[0]


class DefinedTerms:
    """The terms of a glossary and the names of codes, of which those of codes are read when they
    are first asked for: that parses each verified query with one literal.
    """

    def __init__(self, terms: Iterable[Term], codes: NamedCodes) -> None:
        self._terms = tuple(terms)
        self._codes = codes

    def __iter__(self) -> Iterator[Term]:
        return iter((*self._terms, *self._of_codes))

    @cached_property
    def _of_codes(self) -> tuple[Term, ...]:
        return self._codes.terms()


def _is_written(text: str, wording: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", wording, re.IGNORECASE) is not None


def _as_written(wording: str, stems: tuple[str, ...]) -> str:
    """Return the words of a wording that have some stems."""
    words = (word.text for word in question_words(wording))
    return " ".join(word for word in words if stem(word) in stems)


def stems_of(text: str) -> tuple[str, ...]:
    """Return the stems of a text's words, in order."""
    return tuple(stem(word.text) for word in question_words(text) if word.text[0].isalnum())
