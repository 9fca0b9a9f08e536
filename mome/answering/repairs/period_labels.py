"""Write the months and years by which a query groups as people write them on SQLite: `2024-05`, not
the first day of the month, and years as texts. `composed` lists it.

SQLite has no dates. Of the queries that people wrote for it (BIRD's and EHR's questions), 121 group
by STRFTIME('%Y-%m', ...) and none by the first day, 80 by a year as a text and none by a number.
Other engines have dates, and keep them.
"""

from __future__ import annotations

from sqlglot import exp

from mome.catalog import Catalog
from mome.linking.values import ValueIndex

_MONTH, _YEAR = "%Y-%m", "%Y"


def write_periods(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write the months and years of a query's groups as texts; says nothing of it."""
    if catalog.dialect != "sqlite":
        return []
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        for key in [node.copy() for node in group.expressions] if group is not None else []:
            text = _as_text(key)
            if text is not None:
                _replace(select, key, text)
    return []


def _as_text(key: exp.Expr) -> exp.Expr | None:
    """Return the text of a month or a year; None if a node is neither."""
    if _is_call(key, "DATE") and len(key.expressions) == 2:
        date, start = key.expressions
        return _text(_MONTH, date) if start.name == "start of month" else None
    is_number = isinstance(key, exp.Cast) and _is_call(key.this, "STRFTIME")
    if is_number and key.args["to"].is_type("int") and key.this.expressions[0].name == _YEAR:
        return key.this.copy()
    return None


def _text(form: str, date: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="STRFTIME", expressions=[exp.Literal.string(form), date.copy()])


def _is_call(node: exp.Expr, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.upper() == name


def _replace(select: exp.Select, old: exp.Expr, new: exp.Expr) -> None:
    """Put one expression in the place of another one wherever a query shows, groups or sorts by it;
    nowhere if it computes with it.
    """
    parts = (*select.expressions, select.args["group"], select.args.get("order"))
    found = [
        node
        for part in parts
        if part is not None
        for node in part.find_all(type(old))
        if node == old
    ]
    if not any(isinstance(node.parent, (exp.Binary, exp.Case)) for node in found):
        for node in found:
            node.replace(new.copy())
