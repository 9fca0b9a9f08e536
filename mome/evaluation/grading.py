"""In what an answer's rows differ from those that were wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations

from mome.answering.row_comparison import Row, same_rows


class Grade(StrEnum):
    """What became of a question."""

    RIGHT = "right"
    RIGHTLY_REFUSED = "rightly refused"
    MISSING_ROWS = "missing rows"
    EXTRA_ROWS = "extra rows"
    MISSING_COLUMNS = "missing columns"
    EXTRA_COLUMNS = "extra columns"
    OTHER_ORDER = "another order"
    EMPTY = "empty"
    OTHER_VALUES = "other values"
    FAILED = "does not run"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"
    INVENTED = "answered, though nothing here answers it"


GOOD = (Grade.RIGHT, Grade.RIGHTLY_REFUSED)
ANSWERED = tuple(
    grade for grade in Grade if grade not in (Grade.RIGHTLY_REFUSED, Grade.REFUSED, Grade.AMBIGUOUS)
)
"""The grades of questions that were answered."""
# Sets of columns that are tried at most; results of more columns differ in other values.
MOST_CHOICES = 500


def grade(wanted: Sequence[Row], found: Sequence[Row], *, ordered: bool) -> Grade:
    """Return in what the rows `found` differ from those that were wanted.

    `ordered`: whether the rows must come in the same order.
    """
    if same_rows(wanted, found, ordered=ordered, any_column_order=True):
        return Grade.RIGHT
    if wanted and not found:
        return Grade.EMPTY
    if same_rows(wanted, found, ordered=False, any_column_order=True):
        return Grade.OTHER_ORDER
    width, given = (len(rows[0]) if rows else 0 for rows in (wanted, found))
    if given > width and _some_columns(found, given, wanted, width):
        return Grade.EXTRA_COLUMNS
    if given < width and _some_columns(wanted, width, found, given):
        return Grade.MISSING_COLUMNS
    wanted_rows, found_rows = Counter(map(_text, wanted)), Counter(map(_text, found))
    if found_rows < wanted_rows:
        return Grade.MISSING_ROWS
    if wanted_rows < found_rows:
        return Grade.EXTRA_ROWS
    return Grade.OTHER_VALUES


def _some_columns(wide: Sequence[Row], width: int, narrow: Sequence[Row], size: int) -> bool:
    """Return whether some columns of the wide rows are the narrow ones."""
    if not size or len(wide) != len(narrow):
        return False
    for number, places in enumerate(combinations(range(width), size)):
        if number == MOST_CHOICES:
            return False
        chosen = [tuple(row[place] for place in places) for row in wide]
        if same_rows(narrow, chosen, ordered=False, any_column_order=True):
            return True
    return False


def _text(row: Row) -> tuple[str, ...]:
    return tuple(map(str, row))
