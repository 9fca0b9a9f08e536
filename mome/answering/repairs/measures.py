"""Repairs of queries that count rows, or show one row each, where the question names a measure:
`hours per month`, `top 5 clients by invoiced amount`. `composed` lists them.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Stored, stored_of
from mome.answering.join_columns import keys_of
from mome.answering.repairs.groups import calls_of_count
from mome.catalog import Catalog, Column, Table
from mome.linking.names import all_stems, name_stems, question_words, stem
from mome.linking.table_prefix import own_words
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, tables_in

_COUNTS = all_stems(
    ["number count often frequency frequent headcount times most fewest common popular many"]
    + ["least total rows records entries"]
)
"""Stems of words that ask for a number of rows, or may."""
BEFORE_MEASURE = 2
"""Maximum number of words between `by` and the measure: `by total invoiced amount`."""


def sum_measure(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write SUM(hours) for COUNT(*) where the question asks for hours and counts nothing."""
    if not isinstance(tree, exp.Select) or tree.find(exp.Union, exp.Except, exp.Intersect):
        return []
    calls = list(calls_of_count(tree))
    measure = _measure(tree, question, catalog, values) if calls else None
    if measure is None or _is_counted(question, measure[1]):
        return []
    alias, stored = measure
    # `Items by price` are in an order.
    if tree.args.get("group") is None and _follows_by(question, stored):
        return []
    for call in calls:
        call.replace(_sum(tree, alias, stored.column))
    return [f"{stored.name} is added up, since the question asks for it and counts nothing"]


_RUNNING = re.compile(
    r"\b(?:cumul\w+|running|accumulat\w+|so far|to date|ytd|rolling|moving|progress\w*)\b"
)


def take_plain_series(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write a figure in the place of its running total where the question asks for no such."""
    if _RUNNING.search(question.lower()):
        return []
    changed = False
    for window in list(tree.find_all(exp.Window)):
        frame, figure = window.args.get("spec"), window.this
        is_running = frame is not None and str(frame.args.get("start", "")).upper() == "UNBOUNDED"
        is_sum = isinstance(figure, exp.Anonymous) and figure.name.upper() == "SUM"
        inner = figure.expressions[0] if is_sum else None
        is_ordered = window.args.get("order") is not None
        if is_running and is_ordered and isinstance(inner, exp.Anonymous):
            window.replace(inner.copy())
            changed = True
    return ["no running total is shown, since the question asks for none"] if changed else []


def group_by_owner(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Add up a measure for each row that is shown, where a query orders by single ones.

    `Top 5 clients by invoiced amount` asks for clients; one row for each invoice shows some of them
    several times.
    """
    if not isinstance(tree, exp.Select):
        return []
    order = tree.args.get("order")
    is_plain = not any(tree.args.get(part) for part in ("group", "distinct", "having"))
    if order is None or len(order.expressions) != 1 or not is_plain:
        return []
    measure = order.expressions[0].this
    stored = stored_of(measure, catalog, values) if isinstance(measure, exp.Column) else None
    if stored is None or not _is_measure(stored) or not _follows_by(question, stored):
        return []
    owner = _owner_of_shown(tree, catalog)
    if owner is None or owner[1] is stored.table or not _is_above(owner[1], stored.table, catalog):
        return []
    alias, table = owner
    key = next(keys_of(table), ())
    if not key:
        return []
    shown = [node.unalias() for node in tree.expressions]
    keys = [exp.column(exp.to_identifier(name, quoted=_is_odd(name)), alias) for name in key]
    added = [node for node in keys if node not in shown]
    tree.set("group", exp.Group(expressions=[node.copy() for node in (*added, *shown)]))
    total = exp.Anonymous(this="SUM", expressions=[measure.copy()])
    for node in list(tree.find_all(exp.Column)):
        if node == measure and node.find_ancestor(exp.Order, exp.Group) is not None:
            node.replace(total.copy())
    return [f"{stored.name} is added up for each row of {table.key}"]


def _measure(
    select: exp.Select, question: str, catalog: Catalog, values: ValueIndex | None
) -> tuple[str, Stored] | None:
    """Return the one column of numbers that a question names and a query does not read."""
    said = all_stems([question])
    read = {node.name.lower() for node in select.find_all(exp.Column)}
    found = []
    for alias, table in tables_in(select, catalog):
        # A table may be there twice; which of the two is meant is not known then.
        for column in table.columns:
            node = exp.column(column.name, alias)
            stored = stored_of(_within(node, select), catalog, values)
            own = {stem(word) for word in own_words(column.name, table)} - name_stems(table.name)
            if stored is None or not own or not own <= said or column.name.lower() in read:
                continue
            if _is_measure(stored):
                found.append((alias, stored))
    return found[0] if len(found) == 1 else None


def _within(node: exp.Column, select: exp.Select) -> exp.Column:
    """Return a column as one of a query, which it is not made part of."""
    node.parent = select
    return node


def _is_measure(stored: Stored) -> bool:
    """Return whether a column holds quantities: numbers that no key, code or flag is."""
    column = stored.column
    if column.family not in ("number", "integer") or stored.is_key:
        return False
    if column.family == "integer" and column.values_complete and len(column.values or ()) < 3:
        return False
    return not name_stems(column.name) & _NO_QUANTITY


_NO_QUANTITY = all_stems(
    ["id year number no code zip phone rank level grade age version month day"]
)


def _is_counted(question: str, stored: Stored) -> bool:
    """Return whether a question may ask for a number of rows and not for the measure."""
    words = [word.text.lower() for word in question_words(question)]
    stems = [stem(word) for word in words]
    own = name_stems(stored.column.name)
    for place, one in enumerate(stems):
        # `How many hours`, `the most hours`, `total amount` speak of the measure.
        speaks_of_it = not own.isdisjoint(stems[place + 1 : place + 2 + BEFORE_MEASURE])
        if one in _COUNTS and not speaks_of_it:
            return True
    return False


def _sum(select: exp.Select, alias: str, column: Column) -> exp.Expr:
    name = exp.to_identifier(column.name, quoted=_is_odd(column.name))
    is_one = len(sources(select)) == 1
    node = exp.Column(this=name) if is_one else exp.column(name, alias)
    return exp.Anonymous(this="SUM", expressions=[node])


def _is_odd(name: str) -> bool:
    """Return whether a name has to be quoted on some engine."""
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is None


def _follows_by(question: str, stored: Stored) -> bool:
    """Return whether a question says `by` in front of the measure."""
    words = [word.text.lower() for word in question_words(question)]
    own = name_stems(stored.column.name) - name_stems(stored.table.name)
    own = own or name_stems(stored.column.name)
    for place, word in enumerate(words):
        behind = {stem(one) for one in words[place + 1 : place + 2 + BEFORE_MEASURE]}
        if word == "by" and own & behind:
            return True
    return False


def _owner_of_shown(select: exp.Select, catalog: Catalog) -> tuple[str, Table] | None:
    """Return alias and table of all columns that a query shows, if they are of one table."""
    tables = dict(tables_in(select, catalog))
    shown = [node.unalias() for node in select.expressions]
    if not all(isinstance(node, exp.Column) and node.table for node in shown):
        return None
    aliases = {node.table.lower() for node in shown}
    if len(aliases) != 1 or len(tables) != len(sources(select)):
        return None
    alias = aliases.pop()
    return (alias, tables[alias]) if alias in tables else None


def _is_above(owner: Table, table: Table, catalog: Catalog) -> bool:
    """Return whether the keys of a table lead, over others, to the owner."""
    seen, here = {table.key}, [table]
    while here:
        for key in here.pop().foreign_keys:
            if key.ref_table == owner.key:
                return True
            target = catalog.table(key.ref_table)
            if target is not None and target.key not in seen:
                seen.add(target.key)
                here.append(target)
    return False
