"""Repair of a condition on one value of a series, such as Tennis Court 1, where the question names
all of them. `composed` lists it.
"""

from __future__ import annotations

from sqlglot import exp

from mome.answering.conditions import Comparison, comparisons
from mome.catalog import Catalog
from mome.linking.names import says
from mome.linking.values import ValueIndex, normalise, series_head
from mome.sql_tree import places


def take_whole_series(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex
) -> list[str]:
    """Compare with all values of a series where the question says what they have in common."""
    notes = []
    for comparison in comparisons(tree, catalog, values):
        if comparison.sign not in ("=", "<>", "IN") or len(comparison.literals) != 1:
            continue
        series = _series(comparison, question, catalog, values)
        if len(series) < 2:
            continue
        found: exp.Expr = exp.In(
            this=comparison.column.copy(), expressions=list(map(exp.Literal.string, series))
        )
        comparison.node.replace(exp.Not(this=found) if comparison.sign == "<>" else found)
        notes.append(f"{comparison.texts[0]!r} was read as {', '.join(series)}")
    return notes


def _series(
    comparison: Comparison, question: str, catalog: Catalog, values: ValueIndex
) -> list[str]:
    """Return the values that the question means; empty if it means the one that is written."""
    owners = places(comparison.column, catalog)
    if len(owners) != 1 or len(comparison.texts) != 1:
        return []
    (text,) = comparison.texts
    stored = values.stored(*owners[0], text)
    if stored is None:
        return values.series(*owners[0], text)
    head = series_head(normalise(stored))
    if not head or not says(question, head):
        return []
    # `Tennis courts 1 and 2` are not all of them.
    if says(question, normalise(stored).split()[-1]):
        return []
    return values.series(*owners[0], head)
