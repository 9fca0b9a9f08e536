"""Which parts of the names of tables and columns a title has to say."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from mome.answering.titles.said_words import FILLERS, Words, are_said, is_alike, parts_of
from mome.catalog import Catalog, Column, Table
from mome.linking.table_prefix import FEWEST, LONGEST, SHARE

# What a title may call its figure where it lists its columns.
FIGURE_WORDS = frozenset(
    "number count total sum amount average mean median minimum maximum lowest highest share "
    "percent percentage change difference growth running cumulative moving so far how many much "
    "lower bound level value volume revenue one before previous day week month quarter "
    "year".split()
)
_OPTIONAL = frozenset("id code cd name nm no nr num number key".split())
"""Parts of a column's name that a title may leave out."""
_DATE_PARTS = frozenset(
    "on at date dt time datetime dttm day timestamp stamp ts ep epoch unix utc".split()
)
CURRENCIES = frozenset("eur euro euros usd dollars gbp chf sek nok dkk jpy cad aud".split())
_UNITS = CURRENCIES | frozenset(
    "kg kgs lb lbs km kms cm mm mi sqm sqft ltr ml pct hrs hr mins min secs sec ms "
    "cents cent pence".split()
)
"""Parts at the end of a number's name that say in what it is measured."""
_TIMES = frozenset("hours minutes seconds days weeks months years".split())
_LASTING = frozenset("duration time length delay downtime uptime runtime wait stay age".split())
"""What is measured in units of time; `booked_hours` are hours, a `duration_hours` is a duration."""
_STRUCTURE = frozenset(
    "hdr header head tbl table mst master fact fct dim stg dw dwh ods lkp".split()
)
"""Parts of a table's name that say how data are stored."""
_AMOUNTS = frozenset("amount amt".split())
_TOTALS = frozenset("total tot sum value val".split())


def own_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the parts of a column's name that its table's name does not hold: `grossAmt` of
    `bill`, and the second part of `bill_no`.
    """
    names = tuple(one.name for one in table.columns)
    return _parts_without(column.name, table.name, names)


def unprefixed(name: str, table: Table) -> tuple[str, ...]:
    """Return the parts of a column's name without those that nearly all of its table begin with."""
    names = tuple(one.name for one in table.columns)
    return _unprefixed(parts_of(name), _shared_prefix(names))


def _unprefixed(parts: tuple[str, ...], shared: tuple[str, ...]) -> tuple[str, ...]:
    is_prefixed = shared and len(parts) > len(shared) and parts[: len(shared)] == shared
    return parts[len(shared) :] if is_prefixed else parts


# By names, since it takes long to hash a table with all of its columns and values.
@lru_cache(maxsize=65536)
def _parts_without(name: str, other: str, names: tuple[str, ...]) -> tuple[str, ...]:
    others = parts_of(other)
    parts = _unprefixed(parts_of(name), _shared_prefix(names))
    return tuple(part for part in parts if not any(is_alike(part, one) for one in others))


@lru_cache(maxsize=4096)
def _shared_prefix(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the short parts with which nearly all columns of a table begin, as `sb`, `tx` of
    `sbTxAmount`: nobody says them.
    """
    whole = [parts_of(name) for name in names if len(parts_of(name)) > 1]
    shared: tuple[str, ...] = ()
    while len(names) >= FEWEST and whole:
        length = len(shared) + 1
        starts = Counter(parts[:length] for parts in whole if len(parts) > length)
        if not starts:
            break
        ((start, number),) = starts.most_common(1)
        if number < SHARE * len(names) or len(start[-1]) > LONGEST:
            break
        shared = start
    return shared


def said_parts(table: Table, catalog: Catalog) -> tuple[str, ...]:
    """Return the parts of a table's name that people say: an `inv_hdr` is an invoice, and nobody
    says what nearly all tables begin with.
    """
    names = tuple(one.name for one in catalog.tables)
    parts = _unprefixed(parts_of(table.name), _shared_prefix(names))
    # A `check_in` is said as `checked in`, of which the second word is one of the question's own.
    return tuple(part for part in parts if part not in _STRUCTURE | FILLERS) or parts


def required_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the parts of a column's name that a title has to say."""
    own = _without_unit(own_parts(column, table))
    return tuple(part for part in own if part not in _OPTIONAL)


def unit_of(column: Column) -> str:
    """Return the part of a column's name that says in what it is measured; empty if none does."""
    parts = parts_of(column.name)
    return parts[-1] if _without_unit(parts) != parts else ""


def _without_unit(parts: tuple[str, ...]) -> tuple[str, ...]:
    is_unit = len(parts) > 1 and (
        parts[-1] in _UNITS or (parts[-1] in _TIMES and parts[-2] in _LASTING)
    )
    return parts[:-1] if is_unit else parts


def says_measure(column: Column, table: Table, words: Words) -> bool:
    """Return whether words say a column of numbers; a `tot_amt` is a total or an amount."""
    parts = measured_parts(column, table)
    if are_said(parts, words):
        return bool(parts)
    if is_said_by_unit(column, table, words):
        return True
    own = required_parts(column, table)
    totals = [part for part in own if part in _TOTALS]
    rest = [part for part in own if part not in _TOTALS and part not in _AMOUNTS]
    return bool(totals) and len(totals) < len(own) and are_said((*totals, *rest), words)


def is_said_by_unit(column: Column, table: Table, words: Words) -> bool:
    """Return whether words say a column by its unit alone: the `kilometres` of a `distance_km`."""
    unit = unit_of(column)
    alike = [one for one in table.columns if unit_of(one) == unit]
    return bool(unit) and unit not in CURRENCIES and len(alike) == 1 and are_said((unit,), words)


def measured_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the same for a column of numbers: `total` is also the word for a sum."""
    required = required_parts(column, table)
    without = tuple(part for part in required if part not in _TOTALS)
    return without or required


def dated_parts(column: Column) -> tuple[str, ...]:
    """Return the parts of a date column's name that say what happened: `opened` of `opened_on`."""
    return tuple(part for part in parts_of(column.name) if part not in _DATE_PARTS)
