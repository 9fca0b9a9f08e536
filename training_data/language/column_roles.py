"""Roles of columns in questions: a name, a measure, a category, a date or a key.

The roles follow from names, types and the values in the catalog. `subjects` and the rules call
these functions to decide which questions a column can appear in.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from training_data.language.words import PLACES, singular, split_name

if TYPE_CHECKING:
    from schemas.catalog import FullColumn, FullTable

_KEYS = frozenset("id ids key keys guid uuid fk pk sk oid hash token checksum".split())
# Words that end in `id` and are no keys, unlike `shopid`.
_NOT_KEYS = frozenset("aid bid grid paid valid void".split())

# Numbers that are written with digits and not counted: nobody asks for an average zip code.
_CODES = frozenset(
    "code no number zip zipcode postcode postal phone telephone mobile fax isbn ean sku ssn iban "
    "vat bic ip port".split()
)
# Positions in time, space or a sequence.
_NOT_MEASURED = frozenset(
    "year month day week hour minute weekday quarter latitude longitude lat lon long lng line "
    "position version order".split()
)
# Measures whose average is asked for and whose sum means nothing.
_NOT_ADDED = frozenset(
    "price cost rate rating score age percent percentage ratio share discount temperature height "
    "weight length width depth size speed grade rank ranking level average mean median pages "
    "duration year balance margin index".split()
)

_NAMES = (
    "name",
    "title",
    "label",
    "fullname",
    "username",
    "subject",
    "caption",
    "headline",
    "nickname",
    "login",
)
"""Last words of columns that name a row, the most likely first."""

_FIRST_AND_LAST_NAMES = (
    ("first name", "last name"),
    ("forename", "surname"),
    ("firstname", "lastname"),
)
_NAME_EPITHETS = frozenset({"full", "display", "common"})

_PROSE = frozenset(
    "description comment comments note notes text body content url link image photo path email "
    "bio address line".split()
)
_PERSONAL = frozenset("first middle last given surname forename phone telephone mobile fax".split())
_DAYS = frozenset("date day time year".split())
_AUDIT = frozenset(
    "to created updated modified changed deleted inserted loaded synced valid expires until end "
    "ended".split()
)
_ISO_DAY = re.compile(r"(\d{4})-\d{2}-\d{2}(?:$|[ T])")

_YES = frozenset("true t yes y 1".split())
_NO = frozenset("false f no n 0".split())
# Words of columns whose `yes` and `no` are a state or an answer, and no trait of the row.
_NO_TRAITS = frozenset(
    "status state type kind class category code answer response result value".split()
)

LONGEST_VALUE = 60
"""Characters of a stored value that still fits into a question."""

MOST_VALUES, MOST_NUMBERS = 50, 12
"""The most values of a category: of texts, and of integers, which are soon measures."""

LEAST_REPETITION = 1.5
"""Rows per distinct value from which a text is a category and not a name of its row."""

LEAST_SPREAD = 6
"""Between a measure's minimum and maximum: below it, two round bounds within are too close."""

YEARS = range(1000, 3000)
"""Numbers that are read as years."""


def is_key(table: FullTable, column: FullColumn) -> bool:
    """Return True if the column identifies a row, of this or another table.

    Keys are never summed and never a category.
    """
    referring = {name for key in table.foreign_keys for name in key.columns}
    words = split_name(column.name)
    if column.name in table.primary_key or column.name in referring:
        return True
    if not words or words[-1] in _KEYS:
        return True
    return column.family == "integer" and words[-1].endswith("id") and words[-1] not in _NOT_KEYS


def is_measure(table: FullTable, column: FullColumn) -> bool:
    """Return True if the column holds numbers whose average means something."""
    if column.family not in ("integer", "number") or is_key(table, column):
        return False
    words = set(split_name(column.name))
    return not words & _CODES and not words & _NOT_MEASURED and not is_flag(column)


def is_additive(column: FullColumn) -> bool:
    """Return True if the sum of a measure means something.

    It does for amounts and quantities, and does not for prices, ages and ratings.
    """
    return not set(split_name(column.name)) & _NOT_ADDED


def is_flag(column: FullColumn) -> bool:
    """Return True for yes or no: a boolean, integers 0 and 1, or texts such as `true` and `N`.

    SQLite stores texts in a boolean column too, so that its values decide, not its type alone.
    """
    values = [value for value in column.values or () if value != ""]
    if column.family == "boolean":
        return all(truth(value) is not None for value in values)
    if column.family == "integer":
        return bool(values) and set(values) <= {0, 1}
    if column.family != "text" or set(split_name(column.name)) & _NO_TRAITS:
        return False
    # Both sides are needed: `T` and `Y` alone are codes of something else.
    return {truth(value) for value in values} == {True, False}


def truth(value: object) -> bool | None:
    """Return what a stored value of a flag means; None for a value that is neither yes nor no.

    `bool` would read the text `false` as true.
    """
    text = str(value).strip().casefold()
    if text in _YES:
        return True
    return False if text in _NO else None


def is_category(table: FullTable, column: FullColumn) -> bool:
    """Return True if all values are known and few, so that rows can be counted by them."""
    if column.family not in ("text", "integer", "boolean") or is_key(table, column):
        return False
    words = set(split_name(column.name))
    if words & _PROSE or words & _PERSONAL or _is_unique(table, column):
        return False
    known = column.enum or (column.values if column.values_complete else None) or ()
    most = MOST_NUMBERS if column.family == "integer" else MOST_VALUES
    if not 2 <= len(known) <= most:
        return False
    return column.enum is not None or bool(words & PLACES) or _repeats(table, column)


def is_date(column: FullColumn) -> bool:
    """Return True for a date or timestamp that compares with ISO text.

    SQLite stores either text or numbers in a column, whatever its declared type: a column that
    holds numbers is no date here.
    """
    return column.family in ("date", "datetime") and not isinstance(column.min, (int, float))


def between(column: FullColumn) -> tuple[int, int] | None:
    """Return two round numbers at about a third and two thirds of a measure's range.

    None if the range is not known, too small or partly negative, or if the column's values are
    excluded.
    """
    if not isinstance(column.min, (int, float)) or not isinstance(column.max, (int, float)):
        return None
    spread = column.max - column.min
    if column.excluded or not math.isfinite(spread) or spread < LEAST_SPREAD or column.min < 0:
        return None
    # Rounded down to a power of ten that is a tenth to a hundredth of the range.
    unit = 10 ** max(0, math.floor(math.log10(spread)) - 1)
    low = int((column.min + spread * (1 / 3)) // unit * unit)
    high = int((column.min + spread * (2 / 3)) // unit * unit)
    return (low, high) if column.min < low < high else None


def is_year(column: FullColumn) -> bool:
    """Return True for a year stored as a number."""
    if column.family != "integer" or "year" not in split_name(column.name):
        return False
    bounds = [bound for bound in (column.min, column.max) if isinstance(bound, (int, float))]
    return all(YEARS.start <= bound < YEARS.stop for bound in bounds)


def is_audit(column: FullColumn) -> bool:
    """Return True for a date that software keeps for itself, or at which something ends.

    Questions about the day of a row mean another column where there is one.
    """
    return bool(set(split_name(column.name)) & _AUDIT)


def years(column: FullColumn) -> tuple[int, ...]:
    """Return the years that a date column covers, the latest first; empty if not known."""
    first, last = _year(column.min), _year(column.max)
    if first is None or last is None:
        return ()
    return tuple(range(last, first - 1, -1))


def askable(column: FullColumn) -> tuple[object, ...]:
    """Return the stored values that fit into a question, in the catalog's order.

    These are numbers and short texts of one line with printable characters alone. Of several
    spellings of one value the most natural is returned.
    """
    if column.excluded:
        return ()
    spellings: dict[object, list[object]] = {}
    for value in column.values or column.enum or ():
        if is_short(value):
            spellings.setdefault(_meaning(column, value), []).append(value)
    return tuple(min(group, key=_unnatural) for group in spellings.values())


def same_values(column: FullColumn, value: object) -> tuple[object, ...]:
    """Return all stored values that a question with `value` means, in the catalog's order.

    These are `France`, `france` and `FRANCE` for any of them, and `Y` and `yes` of a flag.
    """
    meant = _meaning(column, value)
    values = column.values or column.enum or ()
    return tuple(v for v in values if _meaning(column, v) == meant) or (value,)


def is_consistent(column: FullColumn) -> bool:
    """Return True if no value of the column is stored in several spellings.

    Groups by such a column would count one value several times.
    """
    values = column.values or column.enum or ()
    return len({_meaning(column, value) for value in values}) == len(values)


def _meaning(column: FullColumn, value: object) -> object:
    """Return what several spellings of one value have in common: their truth, or their letters."""
    if is_flag(column):
        return truth(value)
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def _unnatural(value: object) -> tuple[bool, bool]:
    """Sort `France` before `france`, and this before `FRANCE`."""
    text = str(value)
    return text.isupper(), text.islower()


def name_columns(table: FullTable) -> tuple[FullColumn, ...]:
    """Return the column, or first and last name, by which people know a row.

    Empty for tables whose rows have no name, such as orders and link tables.
    """
    texts = [column for column in table.columns if column.family == "text"]
    # `customer_first_name` of customers is a first name.
    own = split_name(table.name) + [singular(word) for word in split_name(table.name)]
    by_words = {
        " ".join(word for word in split_name(column.name) if word not in own): column
        for column in texts
    }
    for first, last in _FIRST_AND_LAST_NAMES:
        if first in by_words and last in by_words:
            return (by_words[first], by_words[last])
    best: FullColumn | None = None
    best_rank: tuple[int, int] | None = None
    for column in texts:
        rank = _name_rank(table, column)
        if rank is not None and (best_rank is None or rank < best_rank):
            best, best_rank = column, rank
    return (best,) if best else ()


def _name_rank(table: FullTable, column: FullColumn) -> tuple[int, int] | None:
    """Return how well a column names a row, lower is better; None if it does not.

    0: a name of the table itself, 1: a word of the table's name, 2: a name of something else,
    3: a text that never repeats.
    """
    words = split_name(column.name)
    is_foreign = any(column.name in key.columns for key in table.foreign_keys)
    if is_foreign or not words or set(words) & (_CODES | _PROSE | _DAYS) or words[-1] in _KEYS:
        return None
    table_words = split_name(table.name)
    if words[-1] in _NAMES:
        is_own = (
            len(words) == 1
            or set(words[:-1]) <= {*table_words, *_NAME_EPITHETS}
            or words[0] in " ".join(table_words)
        )
        return (0 if is_own else 2, _NAMES.index(words[-1]))
    if set(words) & set(table_words) and not is_category(table, column):
        return (1, 0)
    return (3, 0) if _is_unique(table, column) or _never_repeats(table, column) else None


def _is_unique(table: FullTable, column: FullColumn) -> bool:
    keys = (table.primary_key, *table.unique)
    return any(tuple(key) == (column.name,) for key in keys)


def _repeats(table: FullTable, column: FullColumn) -> bool:
    """Return True if values repeat often enough for a category, or if it is not known."""
    if column.distinct is None or table.rows is None:
        return True
    return LEAST_REPETITION * column.distinct <= table.rows


def _never_repeats(table: FullTable, column: FullColumn) -> bool:
    return column.distinct is not None and column.distinct == table.rows


def _year(bound: object) -> int | None:
    """Return the year of an ISO date or timestamp; None for anything else."""
    match = _ISO_DAY.match(str(bound))
    return int(match[1]) if match else None


def is_short(value: object) -> bool:
    """Return True for a number, or a text of one line that fits into a question."""
    if isinstance(value, str):
        return 0 < len(value) <= LONGEST_VALUE and value.isprintable() and value == value.strip()
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
