"""Stored values that the index does not hold, asked of the database while a question is translated.

The index keeps the most frequent 5,000 values of a column. The translator calls this for phrases
that nothing explains. Covered: text columns that the index knows in part. Each query is one
SELECT over one column, made of nodes and passed by the guard; its literals are texts of the
question. Not covered: values in other spellings than `_spellings` lists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sqlglot import exp

from mome.answering.live_checks import CheckingExecutor, Rows
from mome.catalog import Catalog, Table
from mome.errors import ExecutionError, Refused
from mome.guard import GuardedQuery, guard, write_sql
from mome.linking.matched_question import Phrase
from mome.linking.values import PER_PHRASE, ValueIndex, ValueMatch

# Bounds of one question: columns that are asked, phrases that are looked up, rows that a column
# may give, and seconds for one query and for all.
COLUMNS, PHRASES, ROWS = 12, 40, 20
QUERY_SECONDS, ALL_SECONDS = 0.5, 1.5

Asked = Callable[[Callable[[CheckingExecutor], Rows]], Rows | None]
"""Calls the database; None if there is none, if it cannot be reached, or if it takes too long."""


class ValueLookup:
    """Asks the columns of one catalog whose values are known in part. Thread-safe."""

    def __init__(self, catalog: Catalog, values: ValueIndex, asked: Asked) -> None:
        self._catalog = catalog
        self._asked = asked
        self._columns: list[tuple[Table, str]] = []
        for key, name in values.incomplete():
            table = catalog.table(key)
            if table is not None and table.column(name) is not None:
                self._columns.append((table, name))

    def find(self, phrases: Sequence[Phrase]) -> list[ValueMatch]:
        """Return stored values that the phrases name; `phrases` come longest first."""
        if not phrases:
            return []
        deadline = time.monotonic() + ALL_SECONDS
        stored: list[tuple[Table, str, str]] = []
        for table, column in self._columns[:COLUMNS]:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            texts = self._stored(table, column, phrases[:PHRASES], min(left, QUERY_SECONDS))
            stored += [(table, column, text) for text in texts]
        return _matches(phrases[:PHRASES], stored)

    def _stored(
        self, table: Table, column: str, phrases: Sequence[Phrase], seconds: float
    ) -> list[str]:
        """Return the column's values that are one of the phrases."""
        try:
            query = self._query(table, column, phrases)
            found = self._asked(
                lambda executor: executor.run(query, timeout_s=seconds, max_rows=ROWS)
            )
        except (ExecutionError, Refused):
            # A column that cannot be read is one in which nothing was found.
            return []
        rows = [] if found is None else found.rows
        return [row[0] for row in rows if isinstance(row[0], str)]

    def _query(self, table: Table, column: str, phrases: Sequence[Phrase]) -> GuardedQuery:
        """Return the guarded query of a column. Raises Refused."""
        name = exp.column(column, quoted=True)
        spellings = dict.fromkeys(text for phrase in phrases for text in _spellings(phrase.text))
        literals = [exp.Literal.string(text) for text in spellings]
        relation = exp.table_(table.name, db=table.schema, quoted=True)
        query = exp.select(name).distinct().from_(relation)
        # Equality, so that the engine can use an index of the column.
        query = query.where(exp.In(this=name.copy(), expressions=literals)).limit(ROWS)
        return guard(write_sql(query, self._catalog.dialect), self._catalog)


def _spellings(text: str) -> tuple[str, ...]:
    """Return a phrase as it is written and in the cases in which it may be stored."""
    words = " ".join(text.split())
    return (words, words.lower(), words.upper(), words.title(), words.capitalize())


def _matches(
    phrases: Sequence[Phrase], stored: Sequence[tuple[Table, str, str]]
) -> list[ValueMatch]:
    """Return the matches of phrases. Words of a longer value are not matched again."""
    taken: set[int] = set()
    found: list[ValueMatch] = []
    for phrase in phrases:
        inside = range(phrase.first, phrase.last + 1)
        if not taken.isdisjoint(inside):
            continue
        text = " ".join(phrase.text.split()).casefold()
        places = [place for place in stored if place[2].casefold() == text]
        for table, column, value in places[:PER_PHRASE]:
            found.append(ValueMatch(table.key, column, value, phrase.first, phrase.last, 1.0))
            taken.update(inside)
    return found
