"""Parts of a syntax tree in one dialect, quoted where that dialect needs it.

Every rule, and the facts of a glossary, write their SQL with `Sql`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schemas.reserved import reserved_words

if TYPE_CHECKING:
    from schemas.catalog import FullColumn, FullTable

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# PostgreSQL folds a bare name to lower case, so that a name with a capital has to be quoted.
_BARE_IN_POSTGRES = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class Sql:
    """Writes expressions for one dialect: sqlite, duckdb, postgres or mysql."""

    dialect: str
    """As sqlglot names it."""

    def name(self, text: str) -> exp.Identifier:
        """Return an identifier, quoted where it is reserved, folded in case or not a plain word."""
        return exp.to_identifier(text, quoted=_needs_quotes(text, self.dialect))

    def table(self, table: FullTable, alias: str | None = None) -> exp.Table:
        """Return the table as FROM names it, with its schema unless that is the default one."""
        schema = self.name(table.schema) if table.schema else None
        node = exp.Table(this=self.name(table.name), db=schema)
        if alias:
            node.set("alias", exp.TableAlias(this=self.name(alias)))
        return node

    def column(self, column: FullColumn | str, of: str | None = None) -> exp.Column:
        """Return a column, qualified with the table's name or alias `of` if one is given."""
        text = column if isinstance(column, str) else column.name
        return exp.Column(this=self.name(text), table=self.name(of) if of else None)

    def columns(
        self, columns: Iterable[FullColumn | str], of: str | None = None
    ) -> list[exp.Column]:
        """Return several columns of one table."""
        return [self.column(column, of) for column in columns]

    def equals(self, column: exp.Column, value: object) -> exp.EQ:
        """Return `column = value`, with the value as a literal of its own type."""
        return exp.EQ(this=column, expression=exp.convert(value))

    def on(self, pairs: Sequence[tuple[exp.Column, exp.Column]]) -> exp.Expr:
        """Return the join condition that both columns of each pair are equal."""
        return exp.and_(*(exp.EQ(this=left, expression=right) for left, right in pairs))

    def nulls_lead(self, *, descending: bool) -> bool:
        """Return True if this engine sorts NULL before all values."""
        ordering = sqlglot.Dialect.get_or_raise(self.dialect).NULL_ORDERING
        return ordering == ("nulls_are_large" if descending else "nulls_are_small")

    def ordered(self, term: exp.Expr, *, descending: bool) -> exp.Ordered:
        """Return a term of ORDER BY that leaves NULL where the engine puts it.

        sqlglot then writes neither NULLS FIRST nor NULLS LAST.
        """
        return exp.Ordered(
            this=term, desc=descending or None, nulls_first=self.nulls_lead(descending=descending)
        )

    def within_year(self, column: exp.Column, year: int) -> exp.Expr:
        """Return the condition that a date is in a year.

        The range is right for dates, timestamps and ISO text, and can use an index.
        """
        first, after = date(year, 1, 1).isoformat(), f"{year + 1:04d}-01-01"
        low = exp.GTE(this=column, expression=exp.Literal.string(first))
        return exp.and_(low, exp.LT(this=column.copy(), expression=exp.Literal.string(after)))

    def year(self, column: exp.Column) -> exp.Expr:
        """Return the year of a date: text in SQLite, which stores dates as text, else a number."""
        template = "STRFTIME('%Y', day)" if self.dialect == "sqlite" else "EXTRACT(YEAR FROM day)"
        return self._filled(template, column)

    def month(self, column: exp.Column) -> exp.Expr:
        """Return the month of a date: text of two digits in SQLite, else a number."""
        template = "STRFTIME('%m', day)" if self.dialect == "sqlite" else "EXTRACT(MONTH FROM day)"
        return self._filled(template, column)

    def within_last(self, column: exp.Column, days: int) -> exp.Expr:
        """Return the condition that a date is today or at most `days` days before."""
        if self.dialect == "sqlite":
            first, after = f"DATE('now', '-{days} days')", "DATE('now', '+1 day')"
        elif self.dialect == "mysql":
            first = f"CURRENT_DATE - INTERVAL {days} DAY"
            after = "CURRENT_DATE + INTERVAL 1 DAY"
        else:
            first = f"CURRENT_DATE - INTERVAL '{days} days'"
            after = "CURRENT_DATE + INTERVAL '1 day'"
        # Timestamps of today are later than its midnight, so that the end is tomorrow's.
        return self._filled(f"day >= {first} AND day < {after}", column)

    def _filled(self, template: str, column: exp.Column) -> exp.Expr:
        """Return the template as a tree, with the column in place of `day`."""

        def filled(node: exp.Expr) -> exp.Expr:
            is_day = isinstance(node, exp.Column) and node.name == "day"
            return column.copy() if is_day else node

        return sqlglot.parse_one(template, dialect=self.dialect).transform(filled)

    def text(self, tree: exp.Expr) -> str:
        """Return the tree as SQL text."""
        return tree.sql(dialect=self.dialect)


@lru_cache(maxsize=50_000)
def _needs_quotes(name: str, dialect: str) -> bool:
    """Return True unless both the engine and sqlglot read the bare name as it is written."""
    plain = _BARE_IN_POSTGRES if dialect == "postgres" else _BARE
    if plain.fullmatch(name) is None or name.lower() in reserved_words(dialect):
        return True
    return not _is_read_bare_by_sqlglot(name, dialect)


def _is_read_bare_by_sqlglot(name: str, dialect: str) -> bool:
    """Return True if sqlglot parses the bare name as a column and as a table.

    sqlglot reserves some words that the engine does not, such as `interval` and `grant`. The guard
    parses every statement with sqlglot and would refuse one that has such a name without quotes.
    """
    statement = (
        f"SELECT {name}, t.{name}, MAX({name}) FROM {name} WHERE {name} = 1 AND {name} IN (1) "
        f"GROUP BY {name} ORDER BY {name} DESC"
    )
    try:
        return sqlglot.transpile(statement, read=dialect, write=dialect) == [statement]
    except SqlglotError:
        return False


def count_all() -> exp.Count:
    """Return COUNT(*)."""
    return exp.Count(this=exp.Star())
