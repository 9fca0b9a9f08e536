"""Axes and marks of charts in Vega-Lite. `charts` composes them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import altair as alt

from app.chart_values import date_format
from app.columns import Shown
from app.markup import short

# Rows that the grid beside the chart shows before it scrolls.
SHOWN_ROWS = 10
MOST_TICKS = 6
"""Labels on a time axis; more of them overlap on a phone."""
PICKED = "picked"
"""The name of the selection that a click makes: the places of its rows, as `row`."""


def selection() -> alt.Parameter:
    """Return what a click on a mark selects."""
    return alt.selection_point(name=PICKED, fields=["row"])


def time_axis(column: Shown, places: Sequence[str]) -> alt.X:
    """Return the axis of moments, in their order, with the year on its labels."""
    # Ticks stand at points of the data. Vega's own ticks leave out the year, or say one day twice.
    shape = date_format(places)
    shown = alt.Axis(labelAngle=0, values=_ticks(places), format=shape, labelOverlap=True)
    return alt.X("x:T", title=axis_title(column), axis=shown)


def amount_axis(column: Shown, numbers: Sequence[float | None]) -> dict[str, Any]:
    """Return title and ticks of an axis of numbers."""
    # Counts have no ticks between two whole numbers.
    whole = all(number is None or number == int(number) for number in numbers)
    shape = {"share": ".0%"}.get(column.unit.form, alt.Undefined)
    ticks = alt.Axis(
        tickMinStep=1 if whole and shape is alt.Undefined else alt.Undefined, format=shape
    )
    return {"title": axis_title(column), "axis": ticks}


def axis_title(column: Shown) -> str:
    """Return a column's title with its unit, as long as an axis is."""
    return short(column.axis, 44)


def height(bars: int) -> int:
    """Return the height of the table beside it, at 35 pixels per row."""
    return 35 * min(bars, SHOWN_ROWS) + 20 * max(bars - SHOWN_ROWS, 0) + 60


def _ticks(places: Sequence[str]) -> list[alt.DateTime]:
    """Return some of the moments, about evenly in time, the first and the last included."""
    known = sorted({datetime.datetime.fromisoformat(place) for place in places})
    wanted = min(MOST_TICKS - 1, len(known) - 1)
    if wanted < 1:
        return [_written(moment) for moment in known]
    step = (known[-1] - known[0]) / wanted
    places_wanted = [known[0] + turn * step for turn in range(wanted + 1)]
    chosen = {_nearest(known, place) for place in places_wanted}
    return [_written(moment) for moment in sorted(chosen)]


def _nearest(moments: list[datetime.datetime], place: datetime.datetime) -> datetime.datetime:
    return min(moments, key=lambda moment: abs(moment - place))


def _written(moment: datetime.datetime) -> alt.DateTime:
    """Return a moment in the browser's own time, as the points of the chart are."""
    return alt.DateTime(
        year=moment.year,
        month=moment.month,
        date=moment.day,
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
    )
