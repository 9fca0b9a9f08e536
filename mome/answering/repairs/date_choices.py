"""Repairs of queries that read another date than the question means: that of another table, or no
date at all. `composed` lists them.

What software keeps for itself, and days on which something ends, are not meant unless they are
said: `updated_at`, `due_on`.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Stored, comparisons, date_columns, stored_of
from mome.answering.repairs.written_columns import identifier
from mome.answering.titles.columns import main_date
from mome.catalog import Catalog, Table
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex
from mome.sql_tree import tables_in

_PLAIN = all_stems(["on at date day time dt ts ep epoch timestamp of"])
_SELDOM = all_stems(
    ["due paid settled closed resolved cancelled updated modified changed deleted end ended"]
    + ["expires expected promised requested planned scheduled finished completed left churned"]
    + ["filled returned"]
)
# These ask for what has not come to an end, or has not happened.
_STILL_OPEN = re.compile(
    r"\b(?:still|open|active|yet|not|never|un\w+ed|unpaid|overdue|late|after)\b"
)
_ASKS_DATE = re.compile(
    r"^when\b|\b(?:latest|newest|earliest|oldest|first|last|most recent) (?:\w+ )?date\b"
)


def take_own_dates(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Restrict the rows that are added up or counted by their own date, where a query restricts
    another table by one of which the question says nothing: `minutes per feature in 2025` asks for
    minutes of 2025, not for features of that year.
    """
    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) > 1:
        return []
    measured = _measured(tree, catalog, values)
    where = tree.args.get("where")
    if measured is None or where is None:
        return []
    alias, table = measured
    own = [one for name, one in date_columns(tree, catalog, values) if name == alias]
    meant = _meant(own, question)
    if meant is None:
        return []
    notes = []
    for comparison in comparisons(where, catalog, values):
        stored = comparison.stored
        is_other = stored.table is not table and _refers_to(table, stored.table)
        if stored.kind != "date" or not is_other or _is_said(stored, question):
            continue
        node = exp.column(identifier(meant.column.name, catalog.dialect), alias)
        comparison.column.replace(node)
        notes.append(f"{meant.name} was read in the place of {stored.name}")
    return list(dict.fromkeys(notes))


def take_table_date(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Read the date on which the rows of a table came about where a query reads another one of the
    table, of which the question says nothing: `orders per year` are by order_date and not by
    approval_date, and `invoices of 2024` were not due in 2024, but issued.
    """
    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) > 1:
        return []
    notes = []
    for alias, table in tables_in(tree, catalog):
        dates = [one for name, one in date_columns(tree, catalog, values) if name == alias]
        own = [one for one in dates if _is_named_as_table(one)]
        usual = main_date(table)
        if not own and usual is not None:
            own = [one for one in dates if one.column.name == usual.name]
        nodes = [
            (node, stored)
            for node in tree.find_all(exp.Column)
            for stored in [stored_of(node, catalog, values)]
            if stored is not None and stored.table is table and stored.kind == "date"
        ]
        read = {stored.name for _, stored in nodes}
        if len(own) != 1 or len(read) != 1 or own[0].name in read:
            continue
        other = nodes[0][1]
        is_seldom = bool(name_stems(other.column.name) & _SELDOM)
        # What may be missing is not when a row came about.
        if _is_said(other, question) or not (other.column.nullable or is_seldom):
            continue
        if own[0].column.nullable or _STILL_OPEN.search(question.lower()):
            continue
        for node, _ in nodes:
            node.set("this", identifier(own[0].column.name, catalog.dialect))
        notes.append(f"{own[0].name} was read in the place of {other.name}")
    return notes


def _is_named_as_table(stored: Stored) -> bool:
    """Return whether a date has no words but those of its table: order_date of orders."""
    own = name_stems(stored.column.name) - _PLAIN
    return bool(own) and own <= name_stems(stored.table.name)


def take_asked_date(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Show the date for `when was the last ...` where a query shows another extreme."""
    if not isinstance(tree, exp.Select) or not _ASKS_DATE.search(question.lower()):
        return []
    notes = []
    for node in tree.expressions:
        for call in node.find_all(exp.Anonymous):
            column = call.expressions[0] if call.expressions else None
            if call.name.upper() not in ("MAX", "MIN") or not isinstance(column, exp.Column):
                continue
            meant = _date_beside(column, tree, question, catalog, values)
            if meant is not None:
                column.set("this", identifier(meant.column.name, catalog.dialect))
                notes.append(f"{meant.name} was read, since the question asks for a date")
    return notes


def _date_beside(
    column: exp.Column,
    select: exp.Select,
    question: str,
    catalog: Catalog,
    values: ValueIndex | None,
) -> Stored | None:
    """Return the date that a question means in the table of a column that is none."""
    stored = stored_of(column, catalog, values)
    if stored is None or _is_dated(stored):
        return None
    aliases = [name for name, table in tables_in(select, catalog) if table is stored.table]
    if len(aliases) != 1:
        return None
    dates = date_columns(select, catalog, values)
    return _meant([one for name, one in dates if name == aliases[0]], question)


def _measured(
    select: exp.Select, catalog: Catalog, values: ValueIndex | None
) -> tuple[str, Table] | None:
    """Return alias and table of the one measure that a query aggregates."""
    found = {}
    for node in (*select.expressions, *select.find_all(exp.Having)):
        for call in node.find_all(exp.Anonymous):
            for column in call.find_all(exp.Column):
                for alias, table in tables_in(select, catalog):
                    if column.table.lower() == alias:
                        found[alias] = table
    return next(iter(found.items())) if len(found) == 1 else None


def _meant(dates: list[Stored], question: str) -> Stored | None:
    """Return the date of a table that a question means: the one that it says, else the only one
    that is not seldom meant.
    """
    said = [one for one in dates if _is_said(one, question)]
    if len(said) == 1:
        return said[0]
    usual = [one for one in dates if not name_stems(one.column.name) & _SELDOM]
    return usual[0] if len(usual) == 1 and not said else None


def _is_said(stored: Stored, question: str) -> bool:
    """Return whether a question says what happened on a day: `issued` of issued_on."""
    return bool((name_stems(stored.column.name) - _PLAIN) & all_stems([question]))


def _is_dated(stored: Stored) -> bool:
    name = name_stems(stored.column.name)
    return stored.kind in ("date", "time", "unsorted") or bool(name & all_stems(["year date day"]))


def _refers_to(table: Table, other: Table) -> bool:
    return any(key.ref_table == other.key for key in table.foreign_keys)
