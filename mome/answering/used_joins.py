"""The joins that an answer rests on, and the rows that they leave out.

An order without a customer is in no list of orders with their customers. Covered: inner joins of a
table to the one row that its key names, in the outermost SELECT. Not covered: rows that nothing
refers to, such as customers without orders, which the question rarely means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from mome.answering.join_columns import column_of, equal_columns, keys_of
from mome.answering.translation import Join
from mome.catalog import Catalog, ForeignKey, Table
from mome.sql_tree import tables_in


@dataclass(frozen=True)
class Lookup:
    """An inner join of rows to the one row of another table that each names."""

    table: Table
    """Whose rows the join may leave out."""
    other: Table
    pairs: tuple[tuple[str, str], ...]
    """(column, other column) that are equal."""
    conditions: tuple[exp.Expr, ...]
    """Those of WHERE on columns of `table` alone, without an alias."""

    def lost(self) -> exp.Select:
        """Return a query of the number of rows that the join leaves out."""
        inner = exp.select("1").from_(_relation(self.other, "there"))
        for column, other in self.pairs:
            own = exp.column(column, table="here", quoted=True)
            inner = inner.where(exp.column(other, table="there", quoted=True).eq(own))
        counted = exp.select(exp.Count(this=exp.Star())).from_(_relation(self.table, "here"))
        return counted.where(*self.conditions, exp.Exists(this=inner).not_())

    def describe(self, lost: int) -> str:
        """Return a note on the rows that are left out."""
        rows, are = ("1 row", "is") if lost == 1 else (f"{lost:,} rows", "are")
        return f"{rows} of {self.table.key} without a row of {self.other.key} {are} left out"


def used_joins(tree: exp.Expr, catalog: Catalog) -> tuple[Join, ...]:
    """Return every pair of columns of two tables that a query sets equal."""
    found: dict[str, Join] = {}
    for select in tree.find_all(exp.Select):
        tables = dict(tables_in(select, catalog))
        for (alias, column), (other_alias, other) in equal_columns(select, tables):
            one, two = tables[alias], tables[other_alias]
            condition = f"{_name(one, column)} = {_name(two, other)}"
            found.setdefault(condition, Join(condition, _kind(one, column, two, other)))
    return tuple(found.values())


def lookups(tree: exp.Expr, catalog: Catalog) -> Iterator[Lookup]:
    """Yield the joins of the outermost SELECT that may leave rows out."""
    if not isinstance(tree, exp.Select):
        return
    tables = dict(tables_in(tree, catalog))
    joins = tree.args.get("joins") or []
    # An outer join keeps the rows; the others may have lost theirs to it.
    if not joins or any(join.side or join.args.get("on") is None for join in joins):
        return
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for (one, column), (other, ref) in equal_columns(tree, tables):
        pairs.setdefault((one, other), []).append((column, ref))
        pairs.setdefault((other, one), []).append((ref, column))
    filtered = _filtered(tree, tables)
    for (alias, other), columns in pairs.items():
        table, target = tables[alias], tables[other]
        # A condition on the other table leaves these rows out as the question asks.
        if filtered is None or other in filtered or not _names_one(target, columns):
            continue
        if _may_be_missing(table, target, columns):
            yield Lookup(table, target, tuple(columns), tuple(filtered.get(alias, ())))


def _kind(
    one: Table, column: str, two: Table, other: str
) -> Literal["declared", "inferred", "no key"]:
    """Return whether a key that joins two columns is declared or inferred, or that none does."""
    keys = [
        *(key for key in one.foreign_keys if _joins(key, column, two, other)),
        *(key for key in two.foreign_keys if _joins(key, other, one, column)),
    ]
    if not keys:
        return "no key"
    return "inferred" if all(key.inferred for key in keys) else "declared"


def _joins(key: ForeignKey, column: str, target: Table, other: str) -> bool:
    pairs = zip(key.columns, key.ref_columns, strict=False)
    named = {(one.lower(), two.lower()) for one, two in pairs}
    return key.ref_table == target.key and (column, other) in named


def _names_one(target: Table, columns: Sequence[tuple[str, str]]) -> bool:
    """Return whether the columns name one row of the target at most."""
    equal = {ref for _, ref in columns}
    return any({name.lower() for name in key} <= equal for key in keys_of(target))


def _may_be_missing(table: Table, target: Table, columns: Sequence[tuple[str, str]]) -> bool:
    """Return whether rows may name no row of the target: by a NULL, or as no key forbids it."""
    for column, ref in columns:
        found = table.column(column)
        if found is None or found.nullable or _kind(table, column, target, ref) != "declared":
            return True
    return False


def _filtered(select: exp.Select, tables: dict[str, Table]) -> dict[str, list[exp.Expr]] | None:
    """Return the conditions of WHERE by the one table that they read; None if one reads several."""
    where = select.args.get("where")
    if where is None:
        return {}
    conditions = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    found: dict[str, list[exp.Expr]] = {}
    for condition in conditions:
        named = {column_of(column, tables) for column in condition.find_all(exp.Column)}
        aliases = {one[0] if one else "" for one in named}
        if len(aliases) != 1 or "" in aliases or condition.find(exp.Select):
            return None
        own = condition.copy()
        for column in own.find_all(exp.Column):
            column.set("table", exp.to_identifier("here"))
        found.setdefault(aliases.pop(), []).append(own)
    return found


def _relation(table: Table, alias: str) -> exp.Expr:
    return exp.table_(table.name, db=table.schema, quoted=True).as_(alias)


def _name(table: Table, column: str) -> str:
    found = table.column(column)
    return f"{table.key}.{found.name if found else column}"
