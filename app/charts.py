"""The chart for a result, or none: one function per rule, the first that applies wins. Charts are
declarative Vega-Lite, never code.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import altair as alt

from app.markup import short
from app.theme import PRIMARY

Rows = Sequence[tuple]
# Limits beyond which a chart is harder to read than the table. A bar needs 20 pixels for its label.
MOST_BARS = 40
MOST_NUMBERED_BARS = 12
MOST_POINTS = 1000
# Rows that the grid beside the chart shows before it scrolls.
SHOWN_ROWS = 10
# Names of columns whose numbers are labels, not amounts.
_IDENTIFIER = re.compile(r"(^|_)(id|code|key|zip|phone|isbn|no|number)$", re.IGNORECASE)
# Names of columns whose whole numbers from 1500 to 2199 are years.
_YEAR = re.compile(r"year|^y$", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?)?")


@dataclass(frozen=True)
class Metric:
    """A result that is one number."""

    label: str
    """The column's name, shortened."""
    value: str


@dataclass(frozen=True)
class _Series:
    """One number per position on an axis."""

    axis: str
    measure: str
    points: list[tuple[str, float | None]]


def choose(columns: Sequence[str], rows: Rows) -> Metric | alt.Chart | None:
    """Return the chart for a result; None if a table shows it best."""
    for rule in RULES:
        drawn = rule(columns, rows)
        if drawn is not None:
            return drawn
    return None


def _single_number(columns: Sequence[str], rows: Rows) -> Metric | None:
    if len(columns) == 1 and len(rows) == 1 and _is_number(rows[0][0]):
        return Metric(short(columns[0]), shown_number(rows[0][0]))
    return None


def _line_over_time(columns: Sequence[str], rows: Rows) -> alt.Chart | None:
    series = _series(columns, rows, _moments, MOST_POINTS)
    if series is None:
        return None
    shape = _date_format([moment for moment, _ in series.points])
    # Without a step of a year, Vega labels the months between two years with the year again.
    ticks = {"interval": "year", "step": 1} if shape == "%Y" else alt.Undefined
    axis = alt.X("x:T", title=series.axis, axis=alt.Axis(labelAngle=0, tickCount=ticks))
    tooltip = [
        alt.Tooltip("x:T", title=series.axis, format=shape),
        alt.Tooltip("y:Q", title=series.measure, format=",.6~g"),
    ]
    base = alt.Chart(_data(series)).encode(
        x=axis, y=alt.Y("y:Q", title=series.measure), tooltip=tooltip
    )
    return base.mark_line(
        color=PRIMARY, point={"filled": True, "size": 40, "color": PRIMARY}
    ).properties(height=_height(SHOWN_ROWS))


def _date_format(moments: Sequence[str]) -> str:
    """Return the d3 format that tells these moments apart: years, months or days."""
    if all(moment.endswith("-01-01T00:00:00") for moment in moments):
        return "%Y"
    if all(moment.endswith("-01T00:00:00") for moment in moments):
        return "%b %Y"
    return "%x"


def _bars(columns: Sequence[str], rows: Rows) -> alt.Chart | None:
    series = _series(columns, rows, _categories, MOST_BARS)
    if series is None:
        return None
    axis = alt.Y("x:N", title=series.axis, sort=None, axis=alt.Axis(labelLimit=160))
    tooltip = [
        alt.Tooltip("x:N", title=series.axis),
        alt.Tooltip("y:Q", title=series.measure, format=",.6~g"),
    ]
    base = alt.Chart(_data(series)).encode(
        y=axis, x=alt.X("y:Q", title=series.measure), tooltip=tooltip
    )
    return base.mark_bar(color=PRIMARY, cornerRadiusEnd=2).properties(
        height=_height(len(series.points))
    )


RULES: tuple[Callable[[Sequence[str], Rows], Metric | alt.Chart | None], ...] = (
    _single_number,
    _line_over_time,
    _bars,
)


def _series(
    columns: Sequence[str], rows: Rows, places: Callable[[str, list], list[str] | None], most: int
) -> _Series | None:
    """Return the two columns as axis and measure."""
    if len(columns) != 2 or not 2 <= len(rows) <= most:
        return None
    for axis, measure in ((0, 1), (1, 0)):
        numbers = [row[measure] for row in rows]
        on_axis = places(columns[axis], [row[axis] for row in rows])
        # Two rows at one place would be drawn on top of each other, or summed.
        if on_axis and len(set(on_axis)) == len(rows) and _is_measure(columns[measure], numbers):
            points = list(zip(on_axis, map(_float, numbers), strict=True))
            return _Series(short(columns[axis]), short(columns[measure]), points)
    return None


def _height(bars: int) -> int:
    """Return the height of the table beside it, at 35 pixels per row."""
    return 35 * min(bars, SHOWN_ROWS) + 20 * max(bars - SHOWN_ROWS, 0) + 60


def _data(series: _Series) -> alt.InlineData:
    # The fields are always x and y: Vega reads dots and brackets in a field's name as a path.
    return alt.InlineData([{"x": place, "y": number} for place, number in series.points])


def _is_measure(name: str, values: list) -> bool:
    numbers = [value for value in values if value is not None]
    return bool(numbers) and all(map(_is_number, numbers)) and not _IDENTIFIER.search(name)


def _moments(name: str, values: list) -> list[str] | None:
    """Return values as local times, so that no time zone shifts a day; None if one is no date."""
    is_year = bool(_YEAR.search(name))
    moments = [_moment(value, is_year) for value in values]
    known = [moment for moment in moments if moment is not None]
    return known if len(known) == len(moments) else None


def _moment(value: object, is_year: bool) -> str | None:
    match value:
        case datetime.datetime():
            return value.replace(tzinfo=None).isoformat(timespec="seconds")
        case datetime.date():
            return f"{value.isoformat()}T00:00:00"
        case str() if (found := _DAY.fullmatch(value)) is not None:
            return _written_moment(value, found)
        case bool():  # a bool is an int, and True is no year
            return None
        case int() | str() if is_year and re.fullmatch(r"1[5-9]\d\d|2[01]\d\d", str(value)):
            return f"{value}-01-01T00:00:00"
    return None


def _written_moment(text: str, found: re.Match[str]) -> str | None:
    try:
        moment = datetime.datetime.fromisoformat(text if found[3] else f"{text}-01")
    except ValueError:
        return None
    return moment.isoformat(timespec="seconds")


def _categories(name: str, values: list) -> list[str] | None:
    """Return values as labels; None if they are not categories. A few whole numbers, such as
    ratings, are.
    """
    known = [value for value in values if value is not None]
    whole = (
        all(isinstance(value, int) for value in known)
        and len(known) <= MOST_NUMBERED_BARS
        and not _IDENTIFIER.search(name)
    )
    if not known or not (whole or all(isinstance(value, str) for value in known)):
        return None
    return ["(none)" if value is None else str(value) for value in values]


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    # JSON has no NaN and no infinity, so the browser could not read the chart.
    return math.isfinite(value)


def _float(value: int | float | Decimal | None) -> float | None:
    return None if value is None else float(value)


def shown_number(value: int | float | Decimal) -> str:
    """Format a number with thousands separators and at most two decimals, or its leading digits if
    it is smaller.
    """
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(float(value)) >= 0.1 else f"{value:.3g}"
