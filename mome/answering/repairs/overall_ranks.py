"""Repair of ranks within groups that nobody asked for: `the three longest lead times` are those of
all materials. `composed` lists it.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.catalog import Catalog
from mome.linking.values import ValueIndex

_GROUPS = re.compile(
    r"\b(?:each|every|per|by|for all|within|respective\w*|among (?:their|its|those)|any"
    r"|\w+(?:['’]s?) (?:own|best|top|first|last|latest)|group\w*|apiece)\b"
)
_RANKS = frozenset({"RANK", "DENSE_RANK", "ROW_NUMBER"})


def rank_overall(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Rank all rows where a query ranks those of each group and the question says no groups."""
    if _GROUPS.search(question.lower()):
        return []
    notes = []
    for window in tree.find_all(exp.Window):
        name = window.this.name if isinstance(window.this, exp.Anonymous) else window.this.key
        if name.upper().replace("DENSERANK", "DENSE_RANK") in _RANKS:
            if window.args.get("partition_by") and window.args.get("order") is not None:
                window.set("partition_by", None)
                notes.append("all rows are ranked together, since the question says no groups")
    return list(dict.fromkeys(notes))
