"""How a column stores dates: the form says `DURING(placed, '2024')`, whatever the column holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from sqlglot import exp

from mome.catalog import Column
from mome.forms.context import Context
from mome.forms.nodes import StoredDate

DAY, MOMENT, TEXT_DAY, TEXT_MOMENT, SECONDS, MILLISECONDS, DIGITS, TEXT_DIGITS, YEAR = (
    "day",
    "moment",
    "text of a day",
    "text of a moment",
    "seconds",
    "milliseconds",
    "digits",
    "text of digits",
    "year",
)
"""The kinds: DATE, a date with a time, the same two as ISO text, Unix time in two units, 20240131
as a number and as a text, and the year alone.
"""
UNIX: Mapping[str, int] = {SECONDS: 1, MILLISECONDS: 1000}
"""Kinds of Unix time, with their units in a second."""
DAYS = frozenset({DAY, TEXT_DAY, DIGITS, TEXT_DIGITS, YEAR})
"""Kinds without a time of day."""
NUMBERS = frozenset({*UNIX, DIGITS, YEAR})
"""Kinds that a column of numbers holds."""
_DAY = re.compile(r"[12]\d{3}-\d\d-\d\d")
_MOMENT = re.compile(r"[12]\d{3}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?")
_EARLIEST, _LATEST = 100_000_000, 4_000_000_000
"""Unix times from 1973 to 2096; smaller numbers are more often counts."""
_OF_TIME = re.compile(
    r"(?i:(time|date|day|stamp|epoch|unix|(^|_)(at|on|ts|dt|ep|utc|ms))s?(_?(key|id|sk|utc|ms))?$)"
    r"|[a-z](At|On|Ts|Dt)$"
)
_UNIX_TIME = re.compile(r"(?i)\bunix\b|\bepoch\b|since 1970")
_DIGITS = re.compile(r"[12]\d{3}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_OF_YEAR = re.compile(r"(?i)(^|_|[a-z])years?$|^yr$|^Year")

AS_DATE: Mapping[str, Mapping[str, str]] = {
    TEXT_DAY: {"duckdb": "CAST(_x AS DATE)", "postgres": "CAST(_x AS DATE)"},
    TEXT_MOMENT: {"duckdb": "CAST(_x AS TIMESTAMP)", "postgres": "CAST(_x AS TIMESTAMP)"},
    SECONDS: {
        "sqlite": "DATETIME(_x, 'unixepoch')",
        "duckdb": "CAST('1970-01-01' AS TIMESTAMP) + INTERVAL (_x) SECOND",
        "postgres": "TO_TIMESTAMP(_x) AT TIME ZONE 'UTC'",
        "mysql": "DATE_ADD('1970-01-01', INTERVAL (_x) SECOND)",
    },
    MILLISECONDS: {
        "sqlite": "DATETIME(_x / 1000, 'unixepoch')",
        "duckdb": "CAST('1970-01-01' AS TIMESTAMP) + INTERVAL (_x / 1000) SECOND",
        "postgres": "TO_TIMESTAMP(_x / 1000) AT TIME ZONE 'UTC'",
        "mysql": "DATE_ADD('1970-01-01', INTERVAL (_x / 1000) SECOND)",
    },
    DIGITS: {
        "sqlite": "SUBSTRING(_x, 1, 4) || '-' || SUBSTRING(_x, 5, 2) || '-' || SUBSTRING(_x, 7, 2)",
        "duckdb": "STRPTIME(CAST(_x AS TEXT), '%Y%m%d')",
        "postgres": "TO_DATE(CAST(_x AS TEXT), 'YYYYMMDD')",
        "mysql": "STR_TO_DATE(_x, '%Y%m%d')",
    },
    TEXT_DIGITS: {
        "sqlite": "SUBSTRING(_x, 1, 4) || '-' || SUBSTRING(_x, 5, 2) || '-' || SUBSTRING(_x, 7, 2)",
        "duckdb": "STRPTIME(_x, '%Y%m%d')",
        "postgres": "TO_DATE(_x, 'YYYYMMDD')",
        "mysql": "STR_TO_DATE(_x, '%Y%m%d')",
    },
    YEAR: {
        "sqlite": "_x || '-01-01'",
        "duckdb": "MAKE_DATE(_x, 1, 1)",
        "postgres": "MAKE_DATE(_x, 1, 1)",
        "mysql": "MAKEDATE(_x, 1)",
    },
}
"""Kind -> dialect -> the SQL that makes a date of a column; a column is a date where none is given.
"""


def kind_of(node: exp.Expr, context: Context) -> str | None:
    """Return how a column stores dates; None if it stores none, or nothing is known of it."""
    column = context.column(node)
    return None if column is None else date_kind(column)


@cache
def date_kind(column: Column) -> str | None:
    """Return how a column stores dates; None if it stores none."""
    if column.family == "integer":
        return _kind_of_numbers(column)
    known = [str(v) for v in (*(column.values or ()), column.least, column.greatest)]
    known = [value for value in known if value not in ("", "None")]
    if known and all(map(_DAY.fullmatch, known)):
        return DAY if column.family == "date" else TEXT_DAY
    if known and all(_DAY.fullmatch(value) or _MOMENT.fullmatch(value) for value in known):
        return MOMENT if column.family in ("date", "datetime") else TEXT_MOMENT
    if known and all(map(_DIGITS.fullmatch, known)) and _OF_TIME.search(column.name):
        return TEXT_DIGITS
    if known:
        return None
    return {"date": DAY, "datetime": MOMENT}.get(column.family)


def _kind_of_numbers(column: Column) -> str | None:
    """Return the kind of an integer column, from its name and its least and greatest values."""
    bounds = [value for value in (column.least, column.greatest) if isinstance(value, int)]
    if _OF_YEAR.search(column.name) and all(1000 <= value <= 2999 for value in bounds):
        return YEAR
    is_named = _OF_TIME.search(column.name) is not None
    if not bounds or not (is_named or _UNIX_TIME.search(column.comment or "")):
        return None
    for kind, size in UNIX.items():
        if all(_EARLIEST * size <= value <= _LATEST * size for value in bounds):
            return kind
    return DIGITS if is_named and all(_DIGITS.fullmatch(str(value)) for value in bounds) else None


def as_date(node: exp.Expr, context: Context) -> exp.Expr:
    """Return a column, or its date if it stores dates in another way than as dates."""
    is_date = context.dialect not in AS_DATE.get(kind_of(node, context) or "", {})
    return node.copy() if is_date else StoredDate(this=node.copy())
