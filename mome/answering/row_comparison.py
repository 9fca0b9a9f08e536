"""Whether two results hold the same rows.

Used to check a canonical form against the SQL it replaces, to tell two readings of a question
apart, and to measure execution accuracy.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice, product

Row = Sequence[object]

# Column permutations that are tried at most: results with many equal columns have factorially many.
# Results that need more count as different.
COLUMN_ORDERS = 5000


def same_rows(
    first: Sequence[Row],
    second: Sequence[Row],
    *,
    ordered: bool,
    any_column_order: bool = False,
) -> bool:
    """Return whether two results hold the same rows; column names do not count.

    Numbers are compared to six significant digits, because sums of floats depend on their order.

    Args:
        ordered: Whether the rows must come in the same order.
        any_column_order: Whether the columns of `second` may be permuted.
    """
    wanted = [tuple(map(_cell, row)) for row in first]
    found = [tuple(map(_cell, row)) for row in second]
    if len(wanted) != len(found):
        return False
    if wanted and len(wanted[0]) != len(found[0]):
        return False
    rows = list if ordered else Counter
    if not any_column_order or not wanted:
        return rows(wanted) == rows(found)
    for order in _column_orders(wanted, found):
        permuted = [tuple(row[place] for place in order) for row in found]
        if rows(permuted) == rows(wanted):
            return True
    return False


def _column_orders(wanted: list[tuple], found: list[tuple]) -> list[tuple[int, ...]]:
    """List permutations of the found columns that give each wanted column the same values."""
    candidates = [Counter(column) for column in zip(*found, strict=True)]
    choices = []
    for column in zip(*wanted, strict=True):
        values = Counter(column)
        choices.append([place for place, other in enumerate(candidates) if other == values])
    # A product may choose one column twice; such orders are left out below.
    orders = islice(product(*choices), COLUMN_ORDERS)
    return [order for order in orders if len(set(order)) == len(order)]


def _cell(value: object) -> object:
    """Return a value in the form in which it is compared: a float, None or text."""
    if value is None:
        return None
    if isinstance(value, (int, float, Decimal)):
        number = float(value)
        return float(f"{number:.6g}") if math.isfinite(number) else str(number)
    return str(value)
