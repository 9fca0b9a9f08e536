"""The chart for a result, or none: one function per rule, the first that applies wins. Charts are
declarative Vega-Lite, never code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Any

import altair as alt

from app.chart_axes import SHOWN_ROWS, amount_axis, axis_title, height, selection, time_axis
from app.chart_values import (
    are_amounts,
    categories,
    date_format,
    is_number,
    missing_periods,
    moments,
)
from app.columns import Shown, named, number_text, value_text
from app.markup import short
from app.theme import MARKS, SERIES

Rows = Sequence[tuple]
# Limits beyond which a chart is harder to read than the table. A bar needs 20 pixels for its label.
MOST_BARS = 40
MOST_POINTS = 1000
MOST_SERIES = len(SERIES)
MOST_MEASURES = 4
MOST_GROUPS = 15
shown_number = number_text


@dataclass(frozen=True)
class Metric:
    """A result that is one number."""

    label: str
    """The column's name, shortened."""
    value: str


@dataclass(frozen=True)
class Multiples:
    """Small charts of the same rows, one a measure."""

    charts: tuple[alt.Chart, ...]


@dataclass(frozen=True)
class Drawable:
    """A result with what a chart needs to know of it."""

    columns: tuple[Shown, ...]
    rows: Rows
    is_ordered: bool = True
    """Whether the order of the rows means something; bars are ordered by size if it does not."""

    def values(self, place: int) -> list:
        """Return the values of a column."""
        return [row[place] for row in self.rows]

    def moments(self, place: int) -> list[str] | None:
        """Return a column as local times; None if it has other values."""
        return moments(self.columns[place].title, self.values(place))

    def categories(self, place: int) -> list[str] | None:
        """Return a column as labels; None if it is none of categories."""
        return categories(self.values(place), self.columns[place].is_label)

    def are_amounts(self, place: int) -> bool:
        """Return whether a column can be measured."""
        return not self.columns[place].is_label and are_amounts(self.values(place))


Drawn = Metric | Multiples | alt.Chart
Rule = Callable[[Drawable], Drawn | None]

MISSED = {
    "bar": "These rows cannot be drawn as bars: that takes one column of names and one of numbers.",
    "line": "These rows cannot be drawn as a line: that takes one column of dates and one of "
    "numbers.",
    "chart": "These rows cannot be drawn: a chart takes two columns, one of them of numbers.",
}
"""What to say where the rows cannot be drawn as a person wants to see them."""


def choose(
    columns: Sequence[str] | Sequence[Shown],
    rows: Rows,
    labels: Collection[int] | None = None,
    wanted: str = "",
    is_ordered: bool = True,
) -> Drawn | None:
    """Return the chart for a result; None if a table shows it best.

    columns: as `columns.shown_columns` gives them, or their names.
    labels: beside names, places of columns whose numbers are years, ids or codes; None to go by
        the names.
    wanted: how a person wants to see the rows: bar, line, chart or table; empty for what fits.
    is_ordered: whether the order of the rows means something.
    """
    known = [column for column in columns if isinstance(column, Shown)]
    shown = tuple(known) if known else named([str(column) for column in columns], labels)
    given = Drawable(shown, rows, is_ordered)
    for rule in () if wanted == "table" else [*WANTED.get(wanted, ()), *RULES]:
        drawn = rule(given)
        if drawn is not None:
            return drawn
    return None


def is_missed(drawn: Drawn | None, wanted: str) -> bool:
    """Return whether a person wants another chart than the one that is drawn."""
    if wanted not in MISSED:
        return False
    if isinstance(drawn, Multiples):
        drawn = drawn.charts[0]
    if not isinstance(drawn, alt.Chart):
        return True
    mark = drawn.mark if isinstance(drawn.mark, str) else drawn.mark.type
    return wanted != "chart" and mark != wanted


def _single_number(given: Drawable) -> Metric | None:
    if len(given.columns) == 1 and len(given.rows) == 1 and is_number(given.rows[0][0]):
        (column,), value = given.columns, given.rows[0][0]
        return Metric(short(column.title), value_text(value, column))
    return None


def _line_over_time(given: Drawable) -> alt.Chart | None:
    found = _axis_and_measure(given, given.moments, MOST_POINTS)
    return None if found is None else _line(given, *found)


def _lines_over_time(given: Drawable) -> alt.Chart | None:
    """Draw a line for each category: time, a category and a number."""
    found = _crossed(given, given.moments, MOST_POINTS)
    return None if found is None else _line(given, *found)


def _bars(given: Drawable) -> alt.Chart | None:
    found = _axis_and_measure(given, given.categories, MOST_BARS)
    return None if found is None else _bar(given, *found)


def _grouped_bars(given: Drawable) -> alt.Chart | None:
    """Draw bars side by side: two categories and a number."""
    found = _crossed(given, given.categories, MOST_GROUPS * MOST_SERIES)
    if found is None or len(set(given.categories(found[0]) or ())) > MOST_GROUPS:
        return None
    return _bar(given, *found)


def _small_multiples(given: Drawable) -> Multiples | None:
    """Draw one axis with several numbers as a chart a number: they may have several units."""
    if not 3 <= len(given.columns) <= MOST_MEASURES + 1 or len(given.rows) < 2:
        return None
    for axis in range(len(given.columns)):
        measures = [place for place in range(len(given.columns)) if place != axis]
        if not all(map(given.are_amounts, measures)):
            continue
        for places, draw, most in (
            (given.moments(axis), _line, MOST_POINTS),
            (given.categories(axis), _bar, MOST_BARS),
        ):
            if places and len(set(places)) == len(places) <= most:
                return Multiples(tuple(draw(given, axis, place) for place in measures))
    return None


RULES: tuple[Rule, ...] = (
    _single_number,
    _line_over_time,
    _bars,
    _lines_over_time,
    _grouped_bars,
    _small_multiples,
)

WANTED: dict[str, tuple[Rule, ...]] = {
    "bar": (_bars, _grouped_bars),
    "line": (_line_over_time, _lines_over_time),
}
"""The rules of each chart that a person may want to see."""

Places = Callable[[int], list[str] | None]


def _axis_and_measure(given: Drawable, places: Places, most: int) -> tuple[int, int] | None:
    """Return the places of two columns as axis and measure."""
    if len(given.columns) != 2 or not 2 <= len(given.rows) <= most:
        return None
    for axis, measure in ((0, 1), (1, 0)):
        on_axis = places(axis)
        # Two rows at one place would be drawn on top of each other, or summed.
        is_clear = bool(on_axis) and len(set(on_axis or ())) == len(given.rows)
        if is_clear and given.are_amounts(measure):
            return axis, measure
    return None


def _crossed(given: Drawable, places: Places, most: int) -> tuple[int, int, int] | None:
    """Return the places of three columns as axis, measure and series: the series is the one with
    fewer values.
    """
    if len(given.columns) != 3 or not 2 <= len(given.rows) <= most:
        return None
    found = []
    for axis, measure, series in permutations(range(3)):
        on_axis, groups = places(axis), given.categories(series)
        if not on_axis or not groups or not given.are_amounts(measure):
            continue
        pairs = set(zip(on_axis, groups, strict=True))
        # Where one column tells all rows apart, the others are two measures of it.
        is_crossed = len(set(on_axis)) < len(pairs) == len(given.rows)
        if is_crossed and 1 < len(set(groups)) <= MOST_SERIES:
            found.append((len(set(groups)) - len(set(on_axis)), axis, measure, series))
    # Of two whole numbers, the measure is the last one, as people write it.
    best = min(found, key=lambda one: (-one[2], one[0]), default=None)
    return None if best is None else best[1:]


def _line(given: Drawable, axis: int, measure: int, series: int | None = None) -> alt.Chart:
    places = given.moments(axis) or []
    column, counted = given.columns[axis], given.columns[measure]
    points = _points(given, places, measure, series)
    gaps = missing_periods(sorted(set(places)))
    groups = dict.fromkeys(point["s"] for point in points)
    # A period without rows breaks the line: a line through it would show numbers that nobody has.
    for gap in gaps:
        points += [{"x": gap, "y": None, "said": "no rows", "s": group} for group in groups]
    tooltip = [
        alt.Tooltip("x:T", title=axis_title(column), format=date_format(places)),
        *_tooltip(given, measure, series),
    ]
    chart = alt.Chart(alt.InlineData(points)).encode(
        x=time_axis(column, places),
        y=alt.Y("y:Q", **amount_axis(counted, [point["y"] for point in points])),
        tooltip=tooltip,
        **_coloured(given, series),
    )
    shape: dict[str, Any] = {"filled": True, "size": 40}
    if series is None:
        shape["color"] = MARKS
    colour = MARKS if series is None else alt.Undefined
    return (
        chart.mark_line(point=shape, invalid="break-paths-show-path-domains", color=colour)
        .add_params(selection())
        .properties(height=height(SHOWN_ROWS))
    )


def _bar(given: Drawable, axis: int, measure: int, series: int | None = None) -> alt.Chart:
    places = given.categories(axis) or []
    points = _points(given, places, measure, series)
    column, counted = given.columns[axis], given.columns[measure]
    order = _order(given, places, [point["y"] for point in points], axis)
    tooltip = [
        alt.Tooltip("x:N", title=axis_title(column)),
        *_tooltip(given, measure, series),
    ]
    more = _coloured(given, series)
    if series is not None:
        more["yOffset"] = alt.YOffset("s:N", sort=None)
    chart = alt.Chart(alt.InlineData(points)).encode(
        y=alt.Y("x:N", title=axis_title(column), sort=order, axis=alt.Axis(labelLimit=160)),
        x=alt.X("y:Q", **amount_axis(counted, [point["y"] for point in points])),
        tooltip=tooltip,
        **more,
    )
    colour = MARKS if series is None else alt.Undefined
    bars = len(points) if series is not None else len(places)
    return (
        chart.mark_bar(cornerRadiusEnd=2, color=colour)
        .add_params(selection())
        .properties(height=height(bars))
    )


def _order(
    given: Drawable, places: Sequence[str], numbers: Sequence[float | None], axis: int
) -> list[str] | None:
    """Return the order of bars; None for that of the rows. Numbers have an order of their own."""
    if given.is_ordered:
        return None
    values = given.values(axis)
    if all(isinstance(value, int) or value is None for value in values):
        known = {str(value): value for value in values if value is not None}
        return [*sorted(known, key=known.__getitem__), *(p for p in places if p not in known)]
    sums: dict[str, float] = {}
    for place, number in zip(places, numbers, strict=True):
        sums[place] = sums.get(place, 0.0) + (number or 0.0)
    return sorted(sums, key=lambda place: -sums[place])


def _points(
    given: Drawable, places: Sequence[str], measure: int, series: int | None
) -> list[dict[str, Any]]:
    # The fields are always x, y and s: Vega reads dots and brackets in a field's name as a path.
    groups = [""] * len(places) if series is None else given.categories(series) or []
    points: list[dict[str, Any]] = []
    column = given.columns[measure]
    for row, (place, number) in enumerate(zip(places, given.values(measure), strict=True)):
        said = "" if number is None else value_text(number, column)
        point = {"x": place, "y": _float(number), "said": said, "s": groups[row], "row": row}
        points.append(point)
    return points


def _tooltip(given: Drawable, measure: int, series: int | None) -> list[alt.Tooltip]:
    found = [alt.Tooltip("said:N", title=axis_title(given.columns[measure]))]
    if series is not None:
        found.append(alt.Tooltip("s:N", title=axis_title(given.columns[series])))
    return found


def _coloured(given: Drawable, series: int | None) -> dict[str, Any]:
    """Return the channels that tell the categories of a series apart: not by colour alone."""
    if series is None:
        return {}
    title = axis_title(given.columns[series])
    legend = alt.Legend(orient="bottom", columns=3, title=title, labelLimit=140)
    return {"color": alt.Color("s:N", sort=None, scale=alt.Scale(range=SERIES), legend=legend)}


def _float(value: int | float | Decimal | None) -> float | None:
    return None if value is None else float(value)
