"""Repair of durations that are counted backwards: `how many days does it take to approve an order`
are those from the order to its approval. `composed` lists it.

Covered: the difference of two dates of one table, of which the question says the one that is taken
away, beside `how long` or `how many days`.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Stored, stored_of
from mome.catalog import Catalog
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex

_TAKES = re.compile(
    r"\bhow (?:long|many (?:days|hours|weeks|months))\b.* (?:take|takes|took|needs?|needed|until"
    r"|before|to)\b|\b(?:days|hours|time|weeks) (?:it (?:takes|took) )?(?:to|until|till)\b"
)
_SINCE = re.compile(r"\b(?:since|after|ago|from|between)\b")
_PLAIN = all_stems(["on at date day time dt ts timestamp of"])


def turn_duration(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Take the beginning away from the end that the question says."""
    asked = question.lower()
    if not _TAKES.search(asked) or _SINCE.search(asked):
        return []
    notes = []
    for node in tree.find_all(exp.Sub):
        sides = [_date_in(side, catalog, values) for side in (node.this, node.expression)]
        first, last = sides
        if first is None or last is None or first.table is not last.table:
            continue
        if _is_said(last, asked) and not _is_said(first, asked) and not _is_after(first, last):
            node.replace(exp.Sub(this=node.expression.copy(), expression=node.this.copy()))
            notes.append(f"counted from {first.name} to {last.name}")
    return notes


def _date_in(node: exp.Expr, catalog: Catalog, values: ValueIndex | None) -> Stored | None:
    """Return the only column of a side of the difference, if it holds dates."""
    columns = list(node.find_all(exp.Column))
    stored = stored_of(columns[0], catalog, values) if len(columns) == 1 else None
    return stored if stored is not None and stored.kind == "date" else None


def _is_said(stored: Stored, question: str) -> bool:
    """Return whether a question says what happened on a day, beside the name of the table."""
    own = name_stems(stored.column.name) - _PLAIN - name_stems(stored.table.name)
    return bool(own & all_stems([question]))


def _is_after(one: Stored, other: Stored) -> bool:
    """Return whether the stored days of one column end later than those of another one."""
    days = (one.column.greatest, other.column.greatest)
    return None not in days and str(days[0]) > str(days[1])
