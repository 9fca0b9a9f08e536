"""The chart for a result, or none: one function per rule, the first that applies wins. Charts are
declarative Vega-Lite, never code.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import altair as alt

from app.labels import is_label
from app.markup import short
from app.theme import MARKS

Rows = Sequence[tuple]
# Limits beyond which a chart is harder to read than the table. A bar needs 20 pixels for its label.
MOST_BARS = 40
MOST_NUMBERED_BARS = 12
MOST_POINTS = 1000
# Rows that the grid beside the chart shows before it scrolls.
SHOWN_ROWS = 10
# Labels on a time axis; more of them overlap on a phone.
MOST_TICKS = 6
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
    said: list[str]
    """The numbers in full, for the tooltips."""


MISSED = {
    "bar": "These rows cannot be drawn as bars: that takes one column of names and one of numbers.",
    "line": "These rows cannot be drawn as a line: that takes one column of dates and one of "
    "numbers.",
    "chart": "These rows cannot be drawn: a chart takes two columns, one of them of numbers.",
}
"""What to say where the rows cannot be drawn as a person wants to see them."""


def choose(
    columns: Sequence[str],
    rows: Rows,
    labels: Collection[int] | None = None,
    wanted: str = "",
) -> Metric | alt.Chart | None:
    """Return the chart for a result; None if a table shows it best.

    labels: places of columns whose numbers are years, ids or codes; None to go by their names.
    wanted: how a person wants to see the rows: bar, line, chart or table; empty for what fits.
    """
    if labels is None:
        labels = {place for place, name in enumerate(columns) if is_label(name)}
    for rule in () if wanted == "table" else [*WANTED.get(wanted, ()), *RULES]:
        drawn = rule(columns, rows, labels)
        if drawn is not None:
            return drawn
    return None


def is_missed(drawn: Metric | alt.Chart | None, wanted: str) -> bool:
    """Return whether a person wants another chart than the one that is drawn."""
    if wanted not in MISSED:
        return False
    if not isinstance(drawn, alt.Chart):
        return True
    mark = drawn.mark if isinstance(drawn.mark, str) else drawn.mark.type
    return wanted != "chart" and mark != wanted


def _single_number(columns: Sequence[str], rows: Rows, labels: Collection[int]) -> Metric | None:
    if len(columns) == 1 and len(rows) == 1 and _is_number(rows[0][0]):
        value = rows[0][0]
        return Metric(short(columns[0]), str(value) if 0 in labels else shown_number(value))
    return None


def _line_over_time(
    columns: Sequence[str], rows: Rows, labels: Collection[int]
) -> alt.Chart | None:
    series = _series(columns, rows, labels, _moments, MOST_POINTS)
    if series is None:
        return None
    moments = [moment for moment, _ in series.points]
    shape = _date_format(moments)
    # Ticks stand at points of the data. Vega's own ticks leave out the year, or say one day twice.
    shown = alt.Axis(labelAngle=0, values=_ticks(moments), format=shape, labelOverlap=True)
    axis = alt.X("x:T", title=series.axis, axis=shown)
    tooltip = [
        alt.Tooltip("x:T", title=series.axis, format=shape),
        alt.Tooltip("said:N", title=series.measure),
    ]
    base = alt.Chart(_data(series)).encode(
        x=axis, y=alt.Y("y:Q", title=series.measure, axis=_amounts(series)), tooltip=tooltip
    )
    return base.mark_line(
        color=MARKS, point={"filled": True, "size": 40, "color": MARKS}
    ).properties(height=_height(SHOWN_ROWS))


def _ticks(moments: Sequence[str]) -> list[alt.DateTime]:
    """Return some of the moments, about evenly in time, the first and the last included."""
    known = sorted(datetime.datetime.fromisoformat(moment) for moment in moments)
    wanted = min(MOST_TICKS - 1, len(known) - 1)
    step = (known[-1] - known[0]) / wanted
    places = [known[0] + turn * step for turn in range(wanted + 1)]
    chosen = {_nearest(known, place) for place in places}
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


def _amounts(series: _Series) -> alt.Axis:
    """Return the axis of the numbers. Counts have no ticks between two whole numbers."""
    whole = all(number is None or number == int(number) for _, number in series.points)
    return alt.Axis(tickMinStep=1 if whole else alt.Undefined)


def _date_format(moments: Sequence[str]) -> str:
    """Return the d3 format that tells these moments apart: years, months, days or minutes."""
    if all(moment.endswith("-01-01T00:00:00") for moment in moments):
        return "%Y"
    if all(moment.endswith("-01T00:00:00") for moment in moments):
        return "%b %Y"
    if all(moment.endswith("T00:00:00") for moment in moments):
        return "%-d %b %Y"
    return "%-d %b %Y %H:%M"


def _bars(columns: Sequence[str], rows: Rows, labels: Collection[int]) -> alt.Chart | None:
    series = _series(columns, rows, labels, _categories, MOST_BARS)
    if series is None:
        return None
    axis = alt.Y("x:N", title=series.axis, sort=None, axis=alt.Axis(labelLimit=160))
    tooltip = [
        alt.Tooltip("x:N", title=series.axis),
        alt.Tooltip("said:N", title=series.measure),
    ]
    base = alt.Chart(_data(series)).encode(
        y=axis, x=alt.X("y:Q", title=series.measure, axis=_amounts(series)), tooltip=tooltip
    )
    return base.mark_bar(color=MARKS, cornerRadiusEnd=2).properties(
        height=_height(len(series.points))
    )


RULES: tuple[Callable[[Sequence[str], Rows, Collection[int]], Metric | alt.Chart | None], ...] = (
    _single_number,
    _line_over_time,
    _bars,
)

WANTED = {"bar": (_bars,), "line": (_line_over_time,)}
"""The rule of each chart that a person may want to see."""


def _series(
    columns: Sequence[str],
    rows: Rows,
    labels: Collection[int],
    places: Callable[[str, list, bool], list[str] | None],
    most: int,
) -> _Series | None:
    """Return the two columns as axis and measure."""
    if len(columns) != 2 or not 2 <= len(rows) <= most:
        return None
    for axis, measure in ((0, 1), (1, 0)):
        numbers = [row[measure] for row in rows]
        on_axis = places(columns[axis], [row[axis] for row in rows], axis in labels)
        # Two rows at one place would be drawn on top of each other, or summed.
        is_clear = bool(on_axis) and len(set(on_axis or ())) == len(rows)
        if on_axis and is_clear and measure not in labels and _are_numbers(numbers):
            points = list(zip(on_axis, map(_float, numbers), strict=True))
            said = ["" if number is None else shown_number(number) for number in numbers]
            return _Series(short(columns[axis]), short(columns[measure]), points, said)
    return None


def _height(bars: int) -> int:
    """Return the height of the table beside it, at 35 pixels per row."""
    return 35 * min(bars, SHOWN_ROWS) + 20 * max(bars - SHOWN_ROWS, 0) + 60


def _data(series: _Series) -> alt.InlineData:
    # The fields are always x and y: Vega reads dots and brackets in a field's name as a path.
    points = []
    for (place, number), said in zip(series.points, series.said, strict=True):
        points.append({"x": place, "y": number, "said": said})
    return alt.InlineData(points)


def _are_numbers(values: list) -> bool:
    numbers = [value for value in values if value is not None]
    return bool(numbers) and all(map(_is_number, numbers))


def _moments(name: str, values: list, is_labelled: bool) -> list[str] | None:
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


def _categories(name: str, values: list, is_labelled: bool) -> list[str] | None:
    """Return values as labels; None if they are not categories. A few whole numbers, such as
    ratings, are.
    """
    known = [value for value in values if value is not None]
    whole = (
        all(isinstance(value, int) for value in known)
        and len(known) <= MOST_NUMBERED_BARS
        and not is_labelled
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
