"""Repair of queries that list a measure where the question asks for one figure: `the gross amount
of all written-off bills`. `composed` lists it.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import stored_of
from mome.catalog import Catalog
from mome.linking.names import all_stems, name_stems, stem
from mome.linking.values import ValueIndex

# What people add up without saying so; the price of all books is a list.
_ADDITIVE = all_stems(["amount amt fee fees revenue tax hours hrs minutes quantity qty"])
_MANY = frozenset("hours minutes fees".split())
_ASKED = re.compile(
    r"^(?:what(?: is|'s| was)|how much is) (?:the |our )?((?:\w+ ){1,4}?)(?:of|on|for|from) "
    r"(?:all|every)\b"
)
_TITLE = re.compile(r"^((?:\w+ ){1,4}?)(?:of|on|from) (?:all )?\w+s\b(?!.*\b(?:by|per|each)\b)")


def add_up_listed(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write SUM(amount) for a list of amounts where the question asks for the amount of all."""
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1:
        return []
    node = tree.expressions[0]
    parts = ("group", "having", "order", "limit", "distinct")
    if not isinstance(node, exp.Column) or any(tree.args.get(part) for part in parts):
        return []
    stored = stored_of(node, catalog, values)
    match = _ASKED.match(question.lower()) or _TITLE.match(question.lower())
    if stored is None or match is None or stored.is_key:
        return []
    words = match[1].split()
    own = name_stems(stored.column.name)
    is_one = words[-1] in _MANY or not words[-1].endswith("s")
    is_said = stem(words[-1]) in own & _ADDITIVE and {stem(word) for word in words} <= own
    if not is_one or not is_said or stored.kind != "number":
        return []
    node.replace(exp.Anonymous(this="SUM", expressions=[node.copy()]))
    return [f"{stored.name} is added up, since the question asks for that of all rows"]
