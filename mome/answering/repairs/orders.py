"""Repairs of the order that a question ends with, and of what a list of the first ones shows:
`..., oldest first`, `Top 5 accounts by invoiced amount`. `composed` lists them.
"""

from __future__ import annotations

import re

from sqlglot import Dialect, exp

from mome.answering.conditions import Stored, stored_of
from mome.catalog import Catalog
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex

_ORDER = re.compile(
    r"[,(] ?(?:the |with the )?(largest|biggest|highest|greatest|most expensive|longest|most"
    r"|smallest|lowest|cheapest|fewest|shortest|least|newest|latest|most recent|oldest|earliest)"
    r"((?: \w+){0,3}) first\W*$"
)
_DOWN = frozenset("largest biggest highest greatest longest most".split())
_NEW, _OLD = frozenset({"newest", "latest", "most recent"}), frozenset({"oldest", "earliest"})
_AGES = all_stems(["age"])
_FIGURES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})
_TOP = re.compile(r"^(?:the )?top (?:\d+|ten|five|three) .*\bby\b")


def order_as_said(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Sort by the column that an order at the end of the question means, where a query sorts by
    another one or by none.
    """
    match = _ORDER.search(question.lower())
    if match is None or not isinstance(tree, exp.Select) or tree.args.get("limit") is not None:
        return []
    is_dated = match[1] in _NEW | _OLD
    key = _sort_key(tree, all_stems([match[2]]), is_dated, catalog, values)
    if key is None:
        return []
    node, is_age = key
    # The oldest has the greatest age and the earliest date.
    down = match[1] in (_OLD if is_age else _NEW) if is_dated else match[1].split()[0] in _DOWN
    order = tree.args.get("order")
    first = order.expressions[0] if order is not None else None
    if first is not None and first.this == node and bool(first.args.get("desc")) == down:
        return []
    ordering = Dialect.get_or_raise(catalog.dialect).NULL_ORDERING
    nulls = ordering != "nulls_are_last" and down == (ordering == "nulls_are_large")
    ordered = exp.Ordered(this=node.copy(), desc=down or None, nulls_first=nulls)
    tree.set("order", exp.Order(expressions=[ordered]))
    return [f"sorted, since the question says {match[0].strip(' ,(.?!')!r}"]


def _sort_key(
    tree: exp.Select,
    said: frozenset[str],
    is_dated: bool,
    catalog: Catalog,
    values: ValueIndex | None,
) -> tuple[exp.Expr, bool] | None:
    """Return what is shown and fits the order, and whether it is an age; None if nothing does, or
    if several do.
    """
    fitting = []
    for entry in tree.expressions:
        node = entry.unalias()
        stored = stored_of(node, catalog, values) if isinstance(node, exp.Column) else None
        is_age = stored is not None and bool(name_stems(stored.column.name) & _AGES)
        names = set().union(*(name_stems(one.name) for one in node.find_all(exp.Column)))
        if _fits(node, stored, is_dated, is_age):
            fitting.append((node, is_age, bool(names & said)))
    chosen = [one for one in fitting if one[2]] or fitting
    return chosen[0][:2] if len(chosen) == 1 else None


def _fits(node: exp.Expr, stored: Stored | None, is_dated: bool, is_age: bool) -> bool:
    if stored is None:
        calls = {call.name.upper() for call in node.find_all(exp.Anonymous)}
        return bool(calls & _FIGURES) and not is_dated
    if is_dated:
        return stored.kind == "date" or is_age
    return stored.kind == "number" and not stored.is_key


def show_ranked_figure(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Show the figure by which a title ranks: `Top 5 accounts by invoiced amount`.

    Of 16 such titles that analysts gave to their queries (SEDE), 14 show it.
    """
    order = tree.args.get("order")
    is_plain = isinstance(tree, exp.Select) and tree.args.get("limit") is not None
    if not is_plain or order is None or not _TOP.search(question.lower()):
        return []
    key = order.expressions[0].this
    shown = [entry.unalias() for entry in tree.expressions]
    names = {entry.alias_or_name.lower() for entry in tree.expressions}
    if key in shown or (isinstance(key, exp.Column) and key.name.lower() in names):
        return []
    tree.append("expressions", key.copy())
    return ["the figure is shown by which the question ranks"]
