"""Repairs of differences between days.

SQLite subtracts the numbers with which two texts begin (2024 - 2023), and MariaDB the digits of two
days, so that `closed_at - opened_at` is no number of days there. `composed` lists it.
"""

from __future__ import annotations

from sqlglot import exp

from mome.answering.conditions import stored_of
from mome.catalog import Catalog
from mome.linking.values import ValueIndex


def count_days(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write the number of days for a difference of two columns of days."""
    if catalog.dialect not in ("sqlite", "mysql"):
        return []
    notes = []
    for node in list(tree.find_all(exp.Sub)):
        sides = (node.this, node.expression)
        if not all(_is_day(side, catalog, values) for side in sides):
            continue
        later, earlier = (side.copy() for side in sides)
        days = _days(later, earlier, catalog.dialect)
        notes.append(f"{node.sql(dialect=catalog.dialect)} was read as a number of days")
        node.replace(days)
    return notes


def _is_day(node: exp.Expr, catalog: Catalog, values: ValueIndex | None) -> bool:
    stored = stored_of(node, catalog, values) if isinstance(node, exp.Column) else None
    return stored is not None and stored.kind == "date"


def _days(later: exp.Expr, earlier: exp.Expr, dialect: str) -> exp.Expr:
    if dialect == "mysql":
        return _call("DATEDIFF", later, earlier)
    one, other = (_call("JULIANDAY", _call("DATE", side)) for side in (later, earlier))
    difference = exp.Sub(this=one, expression=other)
    return exp.Cast(this=difference, to=exp.DataType.build("INTEGER"))


def _call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))
