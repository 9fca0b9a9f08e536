"""Let PostgreSQL shorten long values before it sends them; `postgresql` calls it.

libpq holds a whole row before the driver sees any of it, and a row may have 1 GB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from psycopg import Column
from psycopg.postgres import types

from mome.execution.bounds import Shortened, cut_mark, value_limit

_TEXTS = {types[name].oid for name in ("text", "varchar", "bpchar")}
_BYTES = types["bytea"].oid
# A numeric has at most 150 kB. All other types may be long, also those that a user defined.
_SHORT = {
    types[name].oid
    for name in (
        *("bool", "int2", "int4", "int8", "float4", "float8", "numeric", "oid", "name", "uuid"),
        *("date", "time", "timetz", "timestamp", "timestamptz", "interval"),
        *("inet", "cidr", "macaddr"),
    )
}
"""Types whose values have a small bound."""
# Python's lists and dictionaries take some twenty times the text that they are read from.
_NESTED_SHARE = 4
"""Part of the bound of a text that a value of JSON, an array or another type may have."""


def shortened(sql: str, columns: Sequence[Column]) -> str:
    """Return the statement with two columns for each that may hold long values.

    The first is the value, or NULL if it is long; the second is NULL, or the beginning of the long
    value. The statement must be a single select, which the server has accepted.
    """
    if all(column.type_code in _SHORT for column in columns):
        return sql
    limit = value_limit(len(columns))
    names = [f"c{at}" for at in range(len(columns))]
    outputs: list[str] = []
    for name, column in zip(names, columns, strict=True):
        is_short = column.type_code in _SHORT
        outputs += [name] if is_short else _pair(name, column.type_code, limit)
    # OFFSET 0 keeps the planner from computing an expression of the statement at each mention of
    # its column. The order of the rows stays.
    return (
        f"SELECT {', '.join(outputs)} FROM "
        f"(SELECT * FROM (\n{sql}\n) AS q OFFSET 0) AS q({', '.join(names)})"
    )


def joined(rows: Iterable[Sequence], columns: Sequence[Column]) -> Iterator[list[object]]:
    """Yield the rows of a shortened statement with one value for each column."""
    for row in rows:
        outputs = iter(row)
        values = []
        for column in columns:
            value = next(outputs)
            if column.type_code not in _SHORT:
                beginning = next(outputs)
                value = value if beginning is None else _marked(beginning, column.type_code)
            values.append(value)
        yield values


def _pair(name: str, type_code: int, limit: int) -> tuple[str, str]:
    """Return the expressions for a value and for the beginning of a long value, after its size."""
    text = f"CAST({name} AS text)"
    if type_code in _TEXTS:
        size, beginning = f"char_length({name})", f"left({name}, {limit})"
    elif type_code == _BYTES:
        # In hexadecimal, two characters for each byte.
        size, beginning = (
            f"octet_length({name})",
            f"encode(substr({name}, 1, {limit // 2}), 'hex')",
        )
    else:
        limit //= _NESTED_SHARE
        size, beginning = f"char_length({text})", f"left({text}, {limit})"
    return (
        f"CASE WHEN {size} <= {limit} THEN {name} END",
        f"CASE WHEN {size} > {limit} THEN concat({size}, ' ', {beginning}) END",
    )


def _marked(sized: str, type_code: int) -> Shortened:
    """Return the beginning of a long value with the mark that says so."""
    size, _, beginning = sized.partition(" ")
    is_bytes = type_code == _BYTES
    kept = len(beginning) // 2 if is_bytes else len(beginning)
    unit = "bytes" if is_bytes else "characters"
    return Shortened(beginning + cut_mark(f"{kept:,}", f"{int(size):,}", unit))
