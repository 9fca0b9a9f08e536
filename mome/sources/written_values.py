"""Numbers and dates of csv files as people write them: 1.234,56 and $1,234.50, 23/04/2024 10:00.

DuckDB leaves such columns as text, which sorts and compares wrongly, or decides between two
readings by itself. `csv_files` calls `readings` after DuckDB has found the format. A column that
can be read in two ways is not read at all, and the file's problems say so: a wrong number is worse
than none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from mome.sources.sql_text import identifier, string_literal

_CURRENCY = "[$€£¥]"
# A group of thousands does not begin with 0, so 0.500 is a decimal.
_ENGLISH = r"[-+]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?"
_CONTINENTAL = r"[-+]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?"
# Spaces (plain, no-break, narrow) and apostrophes group thousands and are never decimals.
_SPACED = r"[-+]?([1-9]\d{0,2}([ '’\x{a0}\x{202f}]\d{3})+|\d+)([.,]\d+)?"
_GROUPED_TWICE = r"[.,]\d{3}[.,]"
_AMBIGUOUS = r"[-+]?[1-9]\d{0,2}[.,]\d{3}"
"""1,234 and 1.234: thousands in one style, decimals in the other."""
_DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}([ T]\d{1,2}:\d{2}(:\d{2})?)?"
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S")
_NUMBERS = ("DOUBLE", "VARCHAR")
_TEMPORAL = ("DATE", "TIMESTAMP", "VARCHAR")


@dataclass(frozen=True)
class ColumnReading:
    """How one column is read."""

    name: str
    type: str
    """DuckDB's type."""
    expression: str
    """From the column's text."""
    problem: str | None = None
    """Why the column is left out; None if it is read."""


def readings(
    connection: duckdb.DuckDBPyConnection, texts: str, columns: dict[str, str], delimiter: str
) -> list[ColumnReading] | None:
    """Return a reading of each column, or None if DuckDB's own are right.

    texts: a relation with all columns as text. columns: name -> the type that DuckDB found.
    """
    shapes = _shapes(connection, texts, columns)
    style = _style(list(shapes.values()), delimiter)
    formats = {}
    for name, kind in columns.items():
        if kind in _TEMPORAL:
            formats[name] = _formats(connection, texts, name)
    orders = {fitting[0][:2] for fitting in formats.values() if len(fitting) == 1}
    found = []
    for name, kind in columns.items():
        plain = ColumnReading(name, kind, f"CAST({identifier(name)} AS {kind})")
        reading = None
        if name in shapes:
            reading = _as_number(connection, texts, plain, shapes[name], style, delimiter)
        if reading is None and formats.get(name):
            reading = _as_time(connection, texts, plain, formats[name], orders)
        found.append(reading or plain)
    is_plain = all(r.problem is None and r.type == columns[r.name] for r in found)
    return None if is_plain and not any(formats.values()) else found


@dataclass(frozen=True)
class _Shape:
    """Which styles fit all values of a column."""

    english: bool
    continental: bool
    spaced: bool
    separated: bool
    """True if a value holds a comma, a point, a space or an apostrophe."""
    marked: bool
    """True if a value holds a currency sign."""
    sure: bool
    """True if a value with a separator is not of the shape 1,234 or 1.234."""
    both: bool
    """True if a value holds a point and a comma, or two groups of thousands."""
    cents: bool
    """True if all values with a comma have two digits after it."""
    type: str


def _shapes(
    connection: duckdb.DuckDBPyConnection, texts: str, columns: dict[str, str]
) -> dict[str, _Shape]:
    shapes = {}
    for name, kind in columns.items():
        if kind not in _NUMBERS:
            continue
        shape = _shape(connection, texts, name, kind)
        if shape is not None and (shape.english or shape.continental or shape.spaced):
            shapes[name] = shape
    return shapes


def _shape(
    connection: duckdb.DuckDBPyConnection, texts: str, name: str, kind: str
) -> _Shape | None:
    value = _without_currency(identifier(name))
    patterns = [_ENGLISH, _CONTINENTAL, _SPACED]
    measures = [f"bool_and(regexp_full_match({value}, '{_sql(p)}'))" for p in patterns]
    separated = f"regexp_matches({value}, '[ ,.''’\\x{{a0}}\\x{{202f}}]')"
    measures += [
        f"bool_or({separated})",
        f"bool_or(regexp_matches({identifier(name)}, '{_CURRENCY}'))",
        f"bool_or({separated} AND NOT regexp_full_match({value}, '{_sql(_AMBIGUOUS)}'))",
        f"bool_or(contains({value}, '.') AND contains({value}, ',')"
        f" OR regexp_matches({value}, '{_sql(_GROUPED_TWICE)}'))",
        f"bool_and(NOT contains({value}, ',') OR regexp_full_match({value}, '.*,\\d\\d'))",
        f"count(DISTINCT regexp_extract({identifier(name)}, '{_CURRENCY}'))",
    ]
    row = connection.execute(
        f"SELECT {', '.join(measures)} FROM {texts} WHERE {identifier(name)} IS NOT NULL"
    ).fetchone()
    # An empty column, or several currencies, whose sum would mean nothing.
    if row is None or row[0] is None or row[-1] > 1:
        return None
    english, continental, spaced, separated, marked, sure, both, cents, _ = row
    return _Shape(english, continental, spaced, separated, marked, sure, both, cents, kind)


def _style(shapes: Sequence[_Shape], delimiter: str) -> str | None:
    """Return how the file writes numbers: `english`, `continental` or None if nothing shows it."""
    found = set()
    for shape in shapes:
        if not shape.separated or shape.english == shape.continental:
            continue
        if shape.english:
            found.add("english")
        elif delimiter != "," or shape.both or shape.cents:
            found.add("continental")
    return found.pop() if len(found) == 1 else None


def _as_number(
    connection: duckdb.DuckDBPyConnection,
    texts: str,
    plain: ColumnReading,
    shape: _Shape,
    style: str | None,
    delimiter: str,
) -> ColumnReading | None:
    """Return the reading of a column of written numbers; None if DuckDB's is right."""
    if not (shape.separated or shape.marked):
        return None
    if shape.english and shape.continental and not shape.sure and shape.separated:
        own = style
        # Programs that write decimal commas write semicolons between fields.
        if own is None and (delimiter == "," or plain.type == "DOUBLE"):
            own = "english"
        if own is None:
            return replace(plain, problem=_two_numbers(connection, texts, plain.name))
    elif shape.english:
        own = "english"
    elif shape.continental:
        # In a file with commas between fields, "1,2" may be a list.
        if delimiter == "," and not (shape.both or shape.cents):
            return None
        own = "continental"
    else:
        own = "spaced"
    if own == "english" and plain.type == "DOUBLE":
        return None
    return _number(connection, texts, plain, own)


def _number(
    connection: duckdb.DuckDBPyConnection, texts: str, plain: ColumnReading, style: str
) -> ColumnReading:
    value = _without_currency(identifier(plain.name))
    if style == "english":
        digits = f"replace({value}, ',', '')"
    elif style == "continental":
        digits = f"replace(replace({value}, '.', ''), ',', '.')"
    else:
        grouping = "[ ''’\\x{a0}\\x{202f}]"
        digits = f"replace(regexp_replace({value}, '{grouping}', '', 'g'), ',', '.')"
    for kind in ("BIGINT", "HUGEINT"):
        # A cast of 1.5 to an integer would round.
        whole = f"NOT contains({digits}, '.') AND TRY_CAST({digits} AS {kind}) IS NOT NULL"
        (fits,) = connection.execute(
            f"SELECT bool_and({whole}) FROM {texts} WHERE {identifier(plain.name)} IS NOT NULL"
        ).fetchone() or (False,)
        if fits:
            return ColumnReading(plain.name, kind, f"CAST({digits} AS {kind})")
    return ColumnReading(plain.name, "DOUBLE", f"CAST({digits} AS DOUBLE)")


def _formats(connection: duckdb.DuckDBPyConnection, texts: str, name: str) -> list[str]:
    """Return the formats, day or month first, that fit all values of a column of written days."""
    quoted = identifier(name)
    present = f"FROM {texts} WHERE {quoted} IS NOT NULL"
    (is_date,) = connection.execute(
        f"SELECT bool_and(regexp_full_match({quoted}, '{_sql(_DATE)}')) {present}"
    ).fetchone() or (None,)
    if not is_date:
        return []
    formats = []
    for separator in "/-.":
        # With points between them, days stand before months everywhere.
        orders = ("%d{0}%m{0}",) if separator == "." else ("%d{0}%m{0}", "%m{0}%d{0}")
        for order in orders:
            for year in ("%Y", "%y"):
                formats += [order.format(separator) + year + time for time in _TIMES]
    measures = ", ".join(f"bool_and(try_strptime({quoted}, '{f}') IS NOT NULL)" for f in formats)
    row = connection.execute(f"SELECT {measures} {present}").fetchone() or ()
    fitting = [form for form, fits in zip(formats, row, strict=True) if fits]
    # %Y takes 24 for the year 24.
    if any("%y" in form for form in fitting):
        fitting = [form for form in fitting if "%y" in form]
    return fitting


def _as_time(
    connection: duckdb.DuckDBPyConnection,
    texts: str,
    plain: ColumnReading,
    formats: list[str],
    orders: set[str],
) -> ColumnReading:
    """Return the reading of a column of days and times written in numbers.

    orders: what stands first, %d or %m, in the file's columns that have one format only.
    """
    if len(formats) > 1 and len(orders) == 1:
        formats = [form for form in formats if form[:2] in orders]
    if len(formats) > 1:
        return replace(plain, problem=_two_dates(connection, texts, plain.name))
    kind = "TIMESTAMP" if "%H" in formats[0] else "DATE"
    expression = f"CAST(strptime({identifier(plain.name)}, '{formats[0]}') AS {kind})"
    return ColumnReading(plain.name, kind, expression)


def _without_currency(value: str) -> str:
    return f"regexp_replace({value}, '^{_CURRENCY}\\s?|\\s?{_CURRENCY}$', '')"


def _two_numbers(connection: duckdb.DuckDBPyConnection, texts: str, name: str) -> str:
    example = _example(connection, texts, name, "[.,]")
    return (
        f"numbers such as {example} can be thousands or decimals; write them without a separator "
        "of thousands, and decimals with a point"
    )


def _two_dates(connection: duckdb.DuckDBPyConnection, texts: str, name: str) -> str:
    example = _example(connection, texts, name, ".")
    return (
        f"dates such as {example} can have the day or the month first; "
        "write them as year-month-day, such as 2024-02-01"
    )


def _example(connection: duckdb.DuckDBPyConnection, texts: str, name: str, pattern: str) -> str:
    row = connection.execute(
        f"SELECT min({identifier(name)}) FROM {texts} "
        f"WHERE regexp_matches({identifier(name)}, {string_literal(pattern)})"
    ).fetchone()
    return str(row[0]) if row else ""


def _sql(pattern: str) -> str:
    return pattern.replace("'", "''")
