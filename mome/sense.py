"""Queries that run and cannot be meant: the same column shown twice, both sides of an INTERSECT alike, a text compared with a sum.

`flaws` counts them; `mome.checking` ranks a candidate lower for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from mome.catalog import Catalog, Column, Table

_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d+)?\s*")
NOT_NUMERIC = frozenset({"text", "date", "datetime", "time", "binary"})
LENIENT = frozenset({"sqlite", "mysql"})
"""Dialects that add up texts that hold numbers."""
_NUMERIC, _TEXT = frozenset({"integer", "number"}), frozenset({"text", "binary"})
_LIKE_ITS_ARGUMENT = (exp.Min, exp.Max, exp.Paren, exp.Distinct)


def holds_numbers(column: Column) -> bool:
    """Whether the values are numbers, whatever the column's type says; where they are not listed, its type decides."""
    if column.family in ("text", "binary") and column.values:
        return all(_NUMBER.fullmatch(str(value)) for value in column.values if value not in (None, ""))
    return column.family not in NOT_NUMERIC


def flaws(sql: str, catalog: Catalog) -> int:
    """How many things in `sql` make no sense; 0 where it does not parse."""
    try:
        tree = sqlglot.parse_one(sql, dialect=catalog.dialect)
    except (SqlglotError, RecursionError):
        return 0
    found = sum(_same_sides(node) for node in tree.find_all(exp.SetOperation))
    for select in tree.find_all(exp.Select):
        tables = _tables(select, catalog)
        found += _repeats(select) + _shows_literal(select) + _groups_single_rows(select, tables) + _conditions(select, tables, catalog)
    return found


def _same_sides(node: exp.SetOperation) -> bool:
    return node.this == node.expression


def _repeats(select: exp.Select) -> int:
    shown = [projection.unalias() for projection in select.expressions]
    return len(shown) - len(set(shown))


def _shows_literal(select: exp.Select) -> int:
    """Literals among several things that are shown; `SELECT 1` alone is a way to ask whether there are rows."""
    return sum(isinstance(projection.unalias(), exp.Literal) for projection in select.expressions) if len(select.expressions) > 1 else 0


def _groups_single_rows(select: exp.Select, tables: dict[str, Table]) -> bool:
    """Whether groups hold one row each, and are counted: those of the only table by its key."""
    group = select.args.get("group")
    if group is None or len(tables) != 1 or not all(isinstance(node, exp.Column) for node in group.expressions):
        return False
    (table,) = tables.values()
    by = {node.name.lower() for node in group.expressions}
    keys = [key for key in (table.primary_key, *table.unique) if key]
    return any({name.lower() for name in key} <= by for key in keys) and next(select.find_all(exp.Count), None) is not None


def _conditions(select: exp.Select, tables: dict[str, Table], catalog: Catalog) -> int:
    where = select.args.get("where")
    conditions = (
        [] if where is None else [node.unnest() for node in where.this.flatten()] if isinstance(where.this, exp.And) else [where.this]
    )
    found = len(conditions) - len(set(conditions))
    for node in conditions:
        if isinstance(node, (exp.Binary, exp.In)):
            found += _compares_itself(node) or _other_kind(node, tables, catalog) or _always_true(node, tables)
    equal = [node.this for node in conditions if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Literal)]
    return found + len(equal) - len(set(equal))


def _compares_itself(node: exp.Expression) -> bool:
    return isinstance(node, exp.Binary) and isinstance(node.this, exp.Column) and node.this == node.expression


def _other_kind(node: exp.Expression, tables: dict[str, Table], catalog: Catalog) -> bool:
    """Whether a text is compared with what a subquery says in numbers, or the other way."""
    query = node.args.get("query") if isinstance(node, exp.In) else node.expression
    query = query.unnest() if isinstance(query, exp.Expression) else None
    if not isinstance(query, exp.Select) or len(query.expressions) != 1:
        return False
    kinds = {_kind(node.this, tables), _kind(query.expressions[0], _tables(query, catalog))}
    return kinds == {"number", "text"}


def _always_true(node: exp.Expression, tables: dict[str, Table]) -> bool:
    """Whether a column is looked up among all its own values."""
    query = node.args.get("query") if isinstance(node, exp.In) else None
    query = query.unnest() if query is not None else None
    if not isinstance(query, exp.Select) or len(tables) != 1 or len(query.expressions) != 1 or not isinstance(node.this, exp.Column):
        return False
    plain = not any(query.args.get(part) for part in ("where", "joins", "having", "limit", "group"))
    source = query.args.get("from_")
    own = source is not None and source.this.name.lower() in (table.name.lower() for table in tables.values())
    shown = query.expressions[0].unalias()
    return plain and own and isinstance(shown, exp.Column) and shown.name.lower() == node.this.name.lower()


def _kind(node: exp.Expression, tables: dict[str, Table]) -> str:
    """number, text, or nothing where it cannot be told."""
    node = node.unalias()
    while isinstance(node, _LIKE_ITS_ARGUMENT):
        node = node.expressions[0] if isinstance(node, exp.Distinct) and node.expressions else node.this
    if isinstance(node, (exp.Count, exp.Sum, exp.Avg)):
        return "number"
    column = _column(node, tables) if isinstance(node, exp.Column) else None
    if column is None:
        return ""
    return "number" if column.family in _NUMERIC else "text" if column.family in _TEXT and not holds_numbers(column) else ""


def _column(node: exp.Column, tables: dict[str, Table]) -> Column | None:
    owners = [tables.get(node.table.lower())] if node.table else tables.values()
    return next((column for table in owners if table is not None and (column := table.column(node.name))), None)


def _tables(select: exp.Select, catalog: Catalog) -> dict[str, Table]:
    """The catalog's tables that the query itself reads, by lower-case alias."""
    return dict(_sources(select, catalog))


def _sources(select: exp.Select, catalog: Catalog) -> Iterator[tuple[str, Table]]:
    for source in filter(None, [select.args.get("from_"), *(select.args.get("joins") or [])]):
        node = source.this
        table = catalog.table(f"{node.db}.{node.name}" if node.db else node.name) if isinstance(node, exp.Table) else None
        if table is not None:
            yield node.alias_or_name.lower(), table
