"""What a column is good for in a question: a name, a measure, a category, a date, or only a key. Read by the subjects."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from training_data.language.words import PLACES, split_name

if TYPE_CHECKING:
    from schemas.catalog import Column, Table

_NOT_KEYS = frozenset("aid bid grid paid valid void".split())
_KEYS = frozenset("id ids key keys guid uuid fk pk sk oid hash token checksum".split())
_CODES = frozenset(
    "code no number zip zipcode postcode postal phone telephone mobile fax isbn ean sku ssn iban vat bic ip port".split()
)
_NOT_MEASURED = frozenset(
    "year month day week hour minute weekday quarter latitude longitude lat lon long lng line position version order".split()
)
_NOT_ADDED = frozenset(
    "price cost rate rating score age percent percentage ratio share discount temperature height weight length width depth size speed "
    "grade rank ranking level average mean median pages duration year balance margin index".split()
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
_PROSE = frozenset(
    "description comment comments note notes text body content url link image photo path email bio address line".split()
)
_PERSONAL = frozenset("first middle last given surname forename phone telephone mobile fax".split())
_DAYS = frozenset("date day time year".split())
_AUDIT = frozenset(
    "to created updated modified changed deleted inserted loaded synced valid expires until end ended".split()
)
_ISO_DAY = re.compile(r"(\d{4})-\d{2}-\d{2}(?:$|[ T])")

LONGEST_VALUE = 60
MOST_VALUES, MOST_NUMBERS = 50, 12
"""A category has no more values than this, words or numbers."""


def is_key(table: Table, column: Column) -> bool:
    """True for a column that identifies a row, here or elsewhere: never summed, never a category."""
    keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
    words = split_name(column.name)
    if column.name in keys or not words or words[-1] in _KEYS:
        return True
    return column.family == "integer" and words[-1].endswith("id") and words[-1] not in _NOT_KEYS


def is_measure(table: Table, column: Column) -> bool:
    """True for a number of which an average says something."""
    words = set(split_name(column.name))
    if (
        column.family not in ("integer", "number")
        or is_key(table, column)
        or words & _CODES
        or words & _NOT_MEASURED
    ):
        return False
    return not is_flag(column)


def is_additive(column: Column) -> bool:
    """True for a measure of which a total says something: amounts and quantities, not prices, ages and ratings."""
    return not set(split_name(column.name)) & _NOT_ADDED


def is_flag(column: Column) -> bool:
    """True for yes or no: a boolean, or an integer that holds nothing but 0 and 1."""
    values = column.values or ()
    return column.family == "boolean" or (
        column.family == "integer" and bool(values) and set(values) <= {0, 1}
    )


def is_category(table: Table, column: Column) -> bool:
    """True where all values are known and few: rows can be counted by it."""
    if column.family not in ("text", "integer", "boolean") or is_key(table, column):
        return False
    words = set(split_name(column.name))
    if words & _PROSE or words & _PERSONAL or _is_unique(table, column):
        return False
    known = column.enum or (column.values if column.values_complete else None) or ()
    most = MOST_NUMBERS if column.family == "integer" else MOST_VALUES
    return 2 <= len(known) <= most and (
        column.enum is not None or bool(words & PLACES) or _repeats(table, column)
    )


def is_date(column: Column) -> bool:
    """True for a date or timestamp that compares with ISO text; SQLite's are text, whatever the declared type."""
    return column.family in ("date", "datetime") and not isinstance(column.min, (int, float))


def between(column: Column) -> tuple[int, int] | None:
    """Two different round numbers within what a measure holds, at a third and two thirds of the way; None where they are not known."""
    if (
        not isinstance(column.min, (int, float))
        or not isinstance(column.max, (int, float))
        or column.excluded
    ):
        return None
    spread = column.max - column.min
    if not math.isfinite(spread) or spread < 6 or column.min < 0:
        return None
    unit = 10 ** max(0, math.floor(math.log10(spread)) - 1)
    low, high = (int((column.min + spread * part) // unit * unit) for part in (1 / 3, 2 / 3))
    return (low, high) if column.min < low < high else None


def is_year(column: Column) -> bool:
    """True for a year held as a number."""
    bounds = [bound for bound in (column.min, column.max) if bound is not None]
    return (
        column.family == "integer"
        and "year" in split_name(column.name)
        and all(1000 <= bound <= 2999 for bound in bounds)
    )


def is_audit(column: Column) -> bool:
    """True for a date that the software keeps for itself, or one that ends something: not the day that a row is about."""
    return bool(set(split_name(column.name)) & _AUDIT)


def years(column: Column) -> tuple[int, ...]:
    """The years that a date column covers, latest first; empty where its bounds are not known."""
    bounds = [_ISO_DAY.match(str(bound)) for bound in (column.min, column.max)]
    if column.min is None or column.max is None or not all(bounds):
        return ()
    first, last = (int(bound[1]) for bound in bounds if bound)
    return tuple(range(last, first - 1, -1))


def askable(column: Column) -> tuple[object, ...]:
    """Stored values that fit into a sentence, in the catalog's order: one line, no odd characters, not long."""
    values = column.values or column.enum or ()
    return () if column.excluded else tuple(value for value in values if _is_askable(value))


def name_columns(table: Table) -> tuple[Column, ...]:
    """The column, or first and last name, by which people know a row; empty where there is none (orders, links)."""
    texts = [column for column in table.columns if column.family == "text"]
    by_words = {" ".join(split_name(column.name)): column for column in texts}
    for first, last in (
        ("first name", "last name"),
        ("forename", "surname"),
        ("firstname", "lastname"),
    ):
        if first in by_words and last in by_words:
            return (by_words[first], by_words[last])
    ranked = sorted(
        (rank, at)
        for at, column in enumerate(texts)
        if (rank := _name_rank(table, column)) is not None
    )
    return (texts[ranked[0][1]],) if ranked else ()


def _name_rank(table: Table, column: Column) -> tuple[int, int] | None:
    """Lower is better; None where the column names nothing."""
    words = split_name(column.name)
    foreign = any(column.name in key.columns for key in table.foreign_keys)
    if foreign or not words or set(words) & (_CODES | _PROSE | _DAYS) or words[-1] in _KEYS:
        return None
    if words[-1] in _NAMES:
        own = len(words) == 1 or set(words[:-1]) <= set(split_name(table.name)) | {
            "full",
            "display",
            "common",
        }
        own = own or words[0] in " ".join(split_name(table.name))
        return (0 if own else 2, _NAMES.index(words[-1]))
    if set(words) & set(split_name(table.name)) and not is_category(table, column):
        return (1, 0)
    return (3, 0) if _is_unique(table, column) or _never_repeats(table, column) else None


def _is_unique(table: Table, column: Column) -> bool:
    return (column.name,) in (tuple(table.primary_key), *map(tuple, table.unique))


def _repeats(table: Table, column: Column) -> bool:
    """True where values come up again: half as many rows more than values at least, or unknown."""
    return column.distinct is None or table.rows is None or 1.5 * column.distinct <= table.rows


def _never_repeats(table: Table, column: Column) -> bool:
    return column.distinct is not None and column.distinct == table.rows


def _is_askable(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= LONGEST_VALUE and value.isprintable() and value == value.strip()
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
