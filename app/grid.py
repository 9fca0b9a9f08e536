"""How the browser's grid shows each column: titles in words, units, dates, every digit. `rows_view`
draws it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from app import export
from app.chart_values import date_format, moments
from app.columns import Shown
from app.markup import plain, short
from mome.execution import Result

LONGEST_TITLE = 30
"""Characters of a column's title; a longer one hides the columns beside it on a laptop."""
_DATES = {"%Y": "YYYY", "%b %Y": "MMM YYYY", "%-d %b %Y": "D MMM YYYY"}
"""d3's formats of dates -> those of the grid (moment.js)."""
_CURRENCIES = {"EUR": "euro", "USD": "dollar", "JPY": "yen"}


def table(result: Result, columns: Sequence[Shown]) -> pa.Table:
    """Return the rows as the grid holds them: first days of periods are dates, so that they can be
    shown as months.
    """
    shown = export.grid(result.columns, result.rows)
    for place, column in enumerate(columns):
        values = [row[place] for row in result.rows]
        shape, days = _period(column, values)
        if shape in _DATES and not export.is_number(shown, place):
            days_array = pa.array(days, pa.date32())
            shown = shown.set_column(place, shown.schema.field(place).name, days_array)
    return shown


def configs(result: Result, columns: Sequence[Shown], shown: pa.Table) -> Mapping[str, Any]:
    """Return Streamlit's configuration of each column, by its name."""
    exact = export.table(result.columns, result.rows)
    found = {}
    for place, (name, column) in enumerate(zip(shown.column_names, columns, strict=True)):
        title = short(column.axis, LONGEST_TITLE)
        found[name] = _config(title, column, shown, exact, place)
    return found


def _config(title: str, column: Shown, shown: pa.Table, exact: pa.Table, place: int) -> Any:
    about = plain(column.axis)
    if pa.types.is_date32(shown.schema.field(place).type):
        days = [day.isoformat() for day in shown.column(place).to_pylist() if day is not None]
        shape = date_format([f"{day}T00:00:00" for day in days])
        return st.column_config.DateColumn(title, help=about, format=_DATES[shape])
    if export.is_number(shown, place):
        shape = _number_format(column, shown, place)
        return st.column_config.NumberColumn(title, help=about, format=shape)
    if export.is_number(exact, place):
        # Numbers that are shown as text, because the browser would round them.
        return st.column_config.TextColumn(title, help=about, alignment="right")
    return st.column_config.Column(title, help=about)


def _number_format(column: Shown, shown: pa.Table, place: int) -> str:
    """Return the grid's name of a format, or one of printf's."""
    unit = column.unit
    if column.is_label:
        # The grid writes some whole numbers as fractions by its format `plain`.
        return "%d" if pa.types.is_integer(shown.schema.field(place).type) else "plain"
    match unit.form:
        case "money":
            # Two decimals and separators; the title says the currency.
            return _CURRENCIES.get(unit.name, "accounting")
        case "percent":
            return "%.1f%%"
        case "share":
            return "percent"
    values = [value for value in shown.column(place).to_pylist() if value is not None]
    is_whole = all(value == value and value == round(value) for value in values)
    is_small = any(value and abs(value) < 0.1 for value in values)
    return "localized" if is_whole or is_small else "%.2f"


def _period(column: Shown, values: Sequence[object]) -> tuple[str, list[datetime.date]]:
    """Return the d3 format of a column of dates and its days; an empty format if it has others."""
    places = moments(column.title, values)
    if not places:
        return "", []
    return date_format(places), [datetime.date.fromisoformat(place[:10]) for place in places]
