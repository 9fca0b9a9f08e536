"""Repair of amounts in cents where the question asks for euros, dollars or pounds. `composed` lists
it.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.catalog import Catalog
from mome.linking.names import name_words
from mome.linking.values import ValueIndex

_UNIT = re.compile(r"\b(euros?|dollars?|pounds?|eur|usd|gbp)\b", re.I)
_HUNDREDTHS = frozenset("cents cent pence".split())
# A share or an average that the query computes itself has no unit, or has it already.
_COMPUTED = (exp.Div, exp.Mul, exp.Window, exp.Case)


def show_in_currency(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Divide shown amounts in cents by 100 where the question names the whole unit."""
    unit = _UNIT.search(question)
    if unit is None or not isinstance(tree, exp.Select) or re.search(r"\bcents\b", question, re.I):
        return []
    notes = []
    for shown in tree.expressions:
        figure = shown.this if isinstance(shown, exp.Alias) else shown
        columns = {column.name for column in figure.find_all(exp.Column)}
        is_cents = any(name_words(name)[-1] in _HUNDREDTHS for name in columns)
        is_count = isinstance(figure, exp.Anonymous) and figure.name.upper() == "COUNT"
        if len(columns) != 1 or not is_cents or is_count or figure.find(*_COMPUTED):
            continue
        figure.replace(exp.Div(this=figure.copy(), expression=exp.Literal.number("100.0")))
        notes.append(f"{columns.pop()} is shown in {unit[1].lower()}")
    return notes
