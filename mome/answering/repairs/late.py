"""Repair of queries that say nothing of `late`: a day that is compared with another column's.

`Invoices that were paid late` are those with paid_on after due_on, overdue ones those that are not
paid and were due before today. `composed` lists both. Not covered: days in different
tables, and how many days late something is.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Stored, date_columns
from mome.catalog import Catalog
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex
from mome.sql_tree import sources

_AFTER = re.compile(
    r"\b(?:late|too late|overdue|behind schedule|(?:after|past|missed) (?:the |its |their )?"
    r"(?:\w+ )?(?:due|required|promised|planned|target|expected)?(?: date|deadline))\b"
)
_BEFORE = re.compile(
    r"\b(?:on time|in time|early|before (?:the |its |their )?(?:due date|deadline))\b"
)
_DUE = all_stems(["due deadline required promised expected target planned scheduled estimated"])
_DONE = all_stems(["finish finished done closed settled"])
"""Stems of words for a completion that the column may call otherwise."""
_PLAIN = all_stems(["on at date day time"])
_COMPLETED = all_stems(["complete completed finish finished end ended close closed"])

_OVERDUE = re.compile(r"(?<!days )\b(?:overdue|past due|past (?:its|their|the) due date)\b")
_SETTLED = all_stems(
    ["paid settled returned closed completed finished delivered resolved received"]
)


def take_overdue(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Keep the rows that were due before today and are not done, where a question says `overdue`
    and the query nothing of it.
    """
    if not isinstance(tree, exp.Select) or not _OVERDUE.search(question.lower()):
        return []
    dates = list(date_columns(tree, catalog, values))
    due = [(alias, one) for alias, one in dates if name_stems(one.column.name) & _DUE]
    if len(due) != 1 or _compares(tree, due[0][1]) or _says_overdue(tree):
        return []
    done = [
        one
        for alias, one in dates
        if alias == due[0][0] and one.column.nullable and name_stems(one.column.name) & _SETTLED
    ]
    # `Paid past due` is late, and no longer overdue.
    if len(done) != 1 or _compares(tree, done[0]) or _is_said(done[0], question.lower()):
        return []
    alias, first = due[0]
    left, right = (_column(alias, one, tree) for one in (done[0], first))
    tree.where(exp.Is(this=left, expression=exp.Null()), copy=False)
    tree.where(exp.LT(this=right, expression=exp.CurrentDate()), copy=False)
    return [f"overdue was read as due before today, and {done[0].name} empty"]


def _says_overdue(tree: exp.Select) -> bool:
    """Return whether a name or a text of the query says it, such as the status `past_due`."""
    names = (node.name for node in tree.find_all(exp.Column))
    texts = (node.name for node in tree.find_all(exp.Literal))
    said = " ".join((*names, *texts)).lower().replace("_", " ")
    return _OVERDUE.search(said) is not None


def compare_dates(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Keep the rows whose day of being done is after the day it was due, or not after it."""
    text = question.lower()
    is_late, in_time = bool(_AFTER.search(text)), bool(_BEFORE.search(text))
    if not isinstance(tree, exp.Select) or is_late == in_time or "not" in text.split():
        return []
    dates = list(date_columns(tree, catalog, values))
    due = [(alias, one) for alias, one in dates if name_stems(one.column.name) & _DUE]
    if len(due) != 1 or _compares(tree, due[0][1]):
        return []
    done = [
        (alias, one)
        for alias, one in dates
        if alias == due[0][0] and one is not due[0][1] and _is_said(one, text)
    ]
    if len(done) != 1:
        return []
    (alias, first), (_, second) = done[0], due[0]
    sign: type[exp.Binary] = exp.GT if is_late else exp.LTE
    left, right = (_day(alias, one, tree, catalog.dialect) for one in (first, second))
    tree.where(sign(this=left, expression=right), copy=False)
    return [f"{first.name} is compared with {second.name}"]


def _is_said(stored: Stored, text: str) -> bool:
    """Return whether a question says what happened on a day: `paid` of paid_on."""
    own, said = name_stems(stored.column.name) - _PLAIN, all_stems([text])
    return bool(own & said - _DUE) or bool(own & _COMPLETED and said & _DONE)


def _compares(tree: exp.Select, due: Stored) -> bool:
    """Return whether the query reads the due day in a condition already."""
    conditions = (tree.args.get(part) for part in ("where", "having"))
    return any(
        node.name.lower() == due.column.name.lower()
        for condition in conditions
        if condition is not None
        for node in condition.find_all(exp.Column)
    )


def _day(alias: str, stored: Stored, tree: exp.Select, dialect: str) -> exp.Expr:
    """Return the day of a column; of a time stamp, the engine's function takes it."""
    node = _column(alias, stored, tree)
    if stored.column.family != "datetime":
        return node
    if dialect == "sqlite":
        return exp.Anonymous(this="DATE", expressions=[node])
    return exp.Cast(this=node, to=exp.DataType.build("date"))


def _column(alias: str, stored: Stored, tree: exp.Select) -> exp.Column:
    name = stored.column.name
    identifier = exp.to_identifier(name, quoted=re.fullmatch(r"\w+", name) is None)
    is_one = len(sources(tree)) == 1
    return exp.Column(this=identifier) if is_one else exp.column(identifier, alias)
