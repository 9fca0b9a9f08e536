"""The comparisons of columns with literals in a query, and what kind of values each column holds.

`impossible` and `repairs` read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex
from mome.sql_tree import places, tables_in

SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Like: "LIKE", exp.ILike: "LIKE", exp.Between: "BETWEEN", exp.In: "IN",
}  # fmt: skip
# A literal on the left is read as if it stood on the right.
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{1,2}(?::\d{1,2}){0,2}(?:\.\d+)?\S*)?\Z")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\Z")
_NUMBER = re.compile(r"\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*\Z")
# Such as 31/12/2024 or 12.31.24: texts that do not sort by time.
_OTHER_ORDER = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})(?:\s.*)?\Z")


@dataclass(frozen=True)
class Stored:
    """A column with what is known of its values."""

    table: Table
    column: Column
    known: tuple[str, ...]
    """Known values as text; empty if none are listed."""
    complete: bool
    """Whether `known` holds all of them."""

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table.key}.{self.column.name}"

    @property
    def is_key(self) -> bool:
        """Whether it identifies a row here or in another table."""
        keys = {name for key in self.table.foreign_keys for name in key.columns}
        return self.column.name in keys | set(self.table.primary_key)

    @property
    def kind(self) -> str:
        """date, unsorted (dates as text in another order), time, number, boolean or text; empty if
        it cannot be told, as where SQLite keeps other values than the type says.
        """
        family = self.column.family
        if family in ("date", "datetime"):
            sample = self.known or ((str(self.column.least),) if self.column.least else ())
            return _kind_of_dates(sample) if sample else "date"
        if family == "text":
            return _kind_of_texts(self.known)
        if family in ("integer", "number"):
            return "number" if all(map(_NUMBER.match, self.known)) else ""
        if family == "boolean":
            # SQLite has no booleans: the column may hold any text, such as 'yes'.
            return "boolean" if all(map(is_boolean, self.known)) else ""
        return "time" if family == "time" else ""


def _kind_of_dates(sample: tuple[str, ...]) -> str:
    if any(map(day_of, sample)):
        return "date"
    return "unsorted" if any(map(_OTHER_ORDER.match, sample)) else ""


def _kind_of_texts(known: tuple[str, ...]) -> str:
    known = tuple(value for value in known if value)
    if not known:
        return ""
    if all(map(day_of, known)):
        return "date"
    if all(map(_OTHER_ORDER.match, known)):
        return "unsorted"
    return "" if any(map(_NUMBER.match, known)) else "text"


@dataclass(frozen=True)
class Comparison:
    """One comparison of a column with literals."""

    node: exp.Expr
    column: exp.Column
    sign: str
    literals: tuple[exp.Expr, ...]
    """Literals and booleans; casts around them are removed."""
    stored: Stored

    @property
    def texts(self) -> list[str]:
        """The string literals."""
        return [literal.name for literal in self.literals if literal.is_string]


def comparisons(tree: exp.Expr, catalog: Catalog, values: ValueIndex | None) -> list[Comparison]:
    """Return the comparisons of the catalog's columns with literals alone."""
    found = []
    for node in tree.find_all(*SIGNS):
        # NOT LIKE is a LIKE with a flag; what it excludes says little of the values that are left.
        if node.args.get("negate"):
            continue
        sign, left, right = SIGNS[type(node)], node.this, _right(node)
        if not isinstance(left, exp.Column) and len(right) == 1:
            left, right, sign = right[0], [left], _TURNED.get(sign, sign)
        literals = tuple(map(_literal, right))
        if not isinstance(left, exp.Column) or not literals or None in literals:
            continue
        stored = stored_of(left, catalog, values)
        if stored is not None:
            given = tuple(literal for literal in literals if literal is not None)
            found.append(Comparison(node, left, sign, given, stored))
    return found


def _right(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Between):
        return [node.args["low"], node.args["high"]]
    if isinstance(node, exp.In):
        return [] if node.args.get("query") else list(node.expressions)
    return [node.expression]


def _literal(node: exp.Expr) -> exp.Expr | None:
    """Return the literal that a node writes, without a cast (DATE '2024-01-01'); else None."""
    while isinstance(node, (exp.Cast, exp.Paren, exp.Date, exp.TsOrDsToDate)):
        node = node.this
    return node if isinstance(node, (exp.Literal, exp.Boolean)) else None


def literals_of(node: exp.Expr) -> list[exp.Literal]:
    """Return the literals that a comparison or a LIMIT holds, on either side."""
    sides = _right(node) if node.args.get("this") is None else [node.this, *_right(node)]
    found = map(_literal, sides)
    return [literal for literal in found if isinstance(literal, exp.Literal)]


def stored_of(column: exp.Column, catalog: Catalog, values: ValueIndex | None) -> Stored | None:
    """Return the catalog's column that a node names; None if it names none."""
    for key, name in places(column, catalog):
        table = catalog.table(key)
        found = None if table is None else table.column(name)
        if table is not None and found is not None:
            return _stored(table, found, values)
    return None


def _stored(table: Table, column: Column, values: ValueIndex | None) -> Stored:
    if column.values is not None:
        listed = tuple(str(value) for value in column.values if value is not None)
        return Stored(table, column, listed, column.values_complete)
    if values is None:
        return Stored(table, column, (), False)
    known = tuple(values.of(table.key, column.name))
    return Stored(table, column, known, values.complete(table.key, column.name))


def date_columns(
    select: exp.Select, catalog: Catalog, values: ValueIndex | None
) -> Iterator[tuple[str, Stored]]:
    """Yield (alias, column) for the columns of dates in a SELECT's own tables."""
    for alias, table in tables_in(select, catalog):
        for column in table.columns:
            stored = _stored(table, column, values)
            if stored.kind == "date":
                yield alias, stored


def day_of(text: str) -> date | None:
    """Return the day of an ISO date or timestamp; None if it is none."""
    match = _DAY.match(text.strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def is_time(text: str) -> bool:
    """Return whether a text is a time of day."""
    return _TIME.match(text.strip()) is not None


def is_number(text: str) -> bool:
    """Return whether a text is a number."""
    return _NUMBER.match(text) is not None


def is_boolean(text: str) -> bool:
    """Return whether a text writes a truth value as some engine does."""
    return text.strip().lower() in ("true", "false", "t", "f", "0", "1", "yes", "no", "y", "n")
