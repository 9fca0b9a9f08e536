"""How a column stores dates, by its type, its name and its values."""

from __future__ import annotations

import pytest

from mome.catalog import Catalog, Column, Table
from mome.forms.context import Context
from mome.forms.nodes import form_column
from mome.forms.rules import RULES
from mome.forms.stored import (
    DAY,
    DIGITS,
    MILLISECONDS,
    MOMENT,
    SECONDS,
    TEXT_DAY,
    TEXT_DIGITS,
    TEXT_MOMENT,
    YEAR,
    kind_of,
)

KINDS = {
    "a date": (Column("held", "DATE", "date"), DAY),
    "a date with a time": (Column("held", "DATETIME", "datetime"), MOMENT),
    "a date that SQLite stores with a time": (
        Column("held", "DATE", "date", least="2024-01-01 10:00:00"),
        MOMENT,
    ),
    "another text in a column of dates": (
        Column("held", "DATE", "date", values=("1/2/2024",)),
        None,
    ),
    "ISO text": (Column("held", "TEXT", "text", values=("2024-01-01",)), TEXT_DAY),
    "ISO text with times": (
        Column("held", "TEXT", "text", values=("2024-01-01", "2024-01-01T10:00")),
        TEXT_MOMENT,
    ),
    "text of which nothing is known": (Column("held", "TEXT", "text"), None),
    "Unix time": (
        Column("created_at", "INT", "integer", least=1_600_000_000, greatest=1_700_000_000),
        SECONDS,
    ),
    "Unix time in a name of its own": (
        Column("depart_ep", "INT", "integer", least=1_600_000_000, greatest=1_700_000_000),
        SECONDS,
    ),
    "Unix time by its comment": (
        Column(
            "seen",
            "INT",
            "integer",
            comment="seconds since 1970-01-01 UTC",
            least=1_600_000_000,
            greatest=1_700_000_000,
        ),
        SECONDS,
    ),
    "Unix time in milliseconds": (
        Column("createdAt", "INT", "integer", least=1_600_000_000_000, greatest=1_700_000_000_000),
        MILLISECONDS,
    ),
    "eight digits": (
        Column("order_date_key", "INT", "integer", least=20200131, greatest=20241231),
        DIGITS,
    ),
    "eight digits of no day": (
        Column("order_date_key", "INT", "integer", least=20200131, greatest=20241331),
        None,
    ),
    "text of eight digits": (
        Column("due_dt", "TEXT", "text", values=("20240131",)),
        TEXT_DIGITS,
    ),
    "a number of eight digits": (
        Column("invoice_no", "INT", "integer", least=20200131, greatest=20241231),
        None,
    ),
    "a large number": (
        Column("views", "INT", "integer", least=1_600_000_000, greatest=1_700_000_000),
        None,
    ),
    "a year": (Column("founded_year", "INT", "integer", least=1899, greatest=2004), YEAR),
    "a number of years": (Column("years", "INT", "integer", least=1, greatest=30), None),
    "a number": (Column("age", "INT", "integer"), None),
}


@pytest.mark.parametrize(("column", "kind"), KINDS.values(), ids=KINDS)
def test_a_column_stores_dates_so(column: Column, kind: str | None) -> None:
    table = Table(None, "t", "table", None, None, (column,))
    context = Context(Catalog("sqlite", "sqlite", "", "", (table,)), rules=RULES)
    source = context.new_source(table)
    assert kind_of(form_column(source, column.name), context) == kind
