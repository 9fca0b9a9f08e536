"""What people call the codes that a database stores: `cancelled` for C, `Germany` for DE."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from sqlglot import exp

from mome.answering.conditions import comparisons
from mome.answering.live_checks import LiveChecks
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog, Table
from mome.errors import ExecutionError, Refused
from mome.guard import guard, write_sql
from mome.linking.names import COMMON_STEMS, HOW_STEMS, SHAPE_STEMS, question_words, stem
from mome.linking.values import ValueIndex
from mome.memory.routing.meant_facts import LITERAL
from mome.sql_tree import parsed, places

Place = tuple[str, str]
"""(table key, column)."""


class CodeWords:
    """The names of the codes of one catalog. Glossary and verified questions give them, and tables
    that hold a code beside its name, which the database is asked for.
    """

    def __init__(
        self,
        facts: Iterable[MemoryFact],
        catalog: Catalog,
        values: ValueIndex,
        live: LiveChecks,
        known: frozenset[str],
    ) -> None:
        """`known`: stems of all words in names."""
        self._facts = tuple(facts)
        self._catalog = catalog
        self._values = values
        self._live = live
        self._common = known | COMMON_STEMS | SHAPE_STEMS | HOW_STEMS

    @cached_property
    def _terms(self) -> dict[Place, dict[tuple[str, ...], str]]:
        """The codes of each column by the stems of their names; none for a name of two codes."""
        found: dict[Place, dict[tuple[str, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
        for fact in self._facts:
            for place, name, code in self._named_in(fact):
                found[place][name].add(code)
        return {
            place: {name: codes.pop() for name, codes in names.items() if len(codes) == 1}
            for place, names in found.items()
        }

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
                own = tuple(word for word in _stems(wording) if word not in self._common)
                if len(own) == 1 or (own and fact.kind == "glossary"):
                    yield place, own, codes[0]

    def code(self, place: Place, text: str) -> str | None:
        """Return the only code of a column that a text names; None if there is none."""
        by_term = self._terms.get(place, {}).get(_stems(text))
        if by_term is not None:
            return by_term
        codes = {
            code for table, key in self._named_by(place) for code in self._codes(table, key, text)
        }
        return codes.pop() if len(codes) == 1 else None

    def _named_by(self, place: Place) -> Iterator[tuple[Table, str]]:
        """Yield the tables that hold a column's codes, with their column: that to which a key
        leads, or its own.
        """
        table = self._catalog.table(place[0])
        if table is None:
            return
        if table.primary_key == (place[1],):
            yield table, place[1]
        for key in table.foreign_keys:
            owner = self._catalog.table(key.ref_table)
            if key.columns == (place[1],) and owner is not None:
                yield owner, key.ref_columns[0]

    def _codes(self, table: Table, key: str, text: str) -> Iterator[str]:
        """Yield the codes beside a name in a table."""
        for column in table.columns:
            if column.name == key or column.family != "text":
                continue
            stored = self._values.stored(table.key, column.name, text)
            if stored is not None and (table.key, column.name) in self._values.places(stored):
                yield from self._beside(table, key, column.name, stored)

    def _beside(self, table: Table, key: str, column: str, stored: str) -> Iterator[str]:
        relation = exp.table_(table.name, db=table.schema, quoted=True)
        name = exp.column(column, quoted=True)
        query = exp.select(exp.column(key, quoted=True)).distinct().from_(relation)
        query = query.where(exp.EQ(this=name, expression=exp.Literal.string(stored)))
        try:
            guarded = guard(write_sql(query, self._catalog.dialect), self._catalog)
            # Two rows show that the name is not that of one code.
            found = self._live.run(guarded, max_rows=2)
        except (Refused, ExecutionError):
            return
        for row in found.rows if found is not None else ():
            if isinstance(row[0], str):
                yield row[0]


def _is_written(text: str, wording: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", wording, re.IGNORECASE) is not None


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word.text) for word in question_words(text) if word.text[0].isalnum())
