"""One sentence that says what the rows of an answer say, with the number in it. It is computed from
the rows by the rules below, the first that applies wins; no model writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.chart_values import date_format, is_number, missing_periods, moments, said_moment
from app.charts import Drawable
from app.columns import value_text
from app.markup import count

MOST_NAMED = 3
"""Missing periods that are named; more of them are counted."""


@dataclass(frozen=True)
class Summary:
    """What is told of the rows."""

    sentence: str = ""
    missing: str = ""
    """Which periods have no rows; empty if none is missing."""


Rule = Callable[[Drawable], str]


def tell(given: Drawable, total: int | None, is_truncated: bool) -> Summary:
    """Return what the rows say.

    total: the number of rows of the query where more were found than are shown; None if unknown.
    """
    if is_truncated:
        many = f"{total:,}" if total is not None else f"more than {len(given.rows):,}"
        return Summary(f"There are {many} rows; the first {len(given.rows):,} are shown.")
    sentence = next((said for rule in RULES if (said := rule(given))), "")
    return Summary(sentence, _missing(given))


def _one_number(given: Drawable) -> str:
    if len(given.rows) != 1 or len(given.columns) != 1 or not is_number(given.rows[0][0]):
        return ""
    (column,) = given.columns
    return f"The {column.title} is {value_text(given.rows[0][0], column)}."


def _one_row(given: Drawable) -> str:
    """Say a row with a few values."""
    if len(given.rows) != 1 or not 1 <= len(given.columns) <= 4:
        return ""
    parts = []
    for value, column in zip(given.rows[0], given.columns, strict=True):
        if value is not None:
            parts.append(f"{column.title} {value_text(value, column)}")
    return f"One row: {', '.join(parts)}." if parts else ""


def _over_time(given: Drawable) -> str:
    """Say the first, the last and the highest number of a series."""
    found = _axis_and_measure(given, given.moments)
    if found is None:
        return ""
    axis, measure = found
    places = given.moments(axis) or []
    column = given.columns[measure]
    shape = date_format(places)
    known = sorted(
        (place, value)
        for place, value in zip(places, given.values(measure), strict=True)
        if value is not None
    )
    if len(known) < 2:
        return ""
    (first, start), (last, end) = known[0], known[-1]
    top_place, top = max(known, key=lambda one: one[1])
    begun, ended = said_moment(first, shape), said_moment(last, shape)
    before, after = value_text(start, column), value_text(end, column)
    change = f"The {column.title} rose from {before} in {begun} to {after} in {ended}"
    if end < start:
        change = change.replace(" rose from ", " fell from ")
    elif end == start:
        change = f"The {column.title} was {before} both in {begun} and in {ended}"
        if all(value == start for _, value in known):
            return f"{change}." if len(known) == 2 else f"{change}, and at all times between."
    if top == end > start:
        return f"{change}, the highest."
    return (
        f"{change}; the highest was {value_text(top, column)} in {said_moment(top_place, shape)}."
    )


def _changes(given: Drawable) -> str:
    """Say the greatest fall and rise of a series that has its changes beside it."""
    found = _axis_and_measure(given, given.moments)
    if found is None or len(given.columns) != 3:
        return ""
    axis, measure = found
    (change,) = {0, 1, 2} - {axis, measure}
    if not given.columns[change].title.startswith("change of "):
        return ""
    places = given.moments(axis) or []
    shape, column = date_format(places), given.columns[measure]
    known = [
        (value, said_moment(place, shape))
        for place, value in zip(places, given.values(change), strict=True)
        if value is not None
    ]
    if not known:
        return ""
    (least, low), (most, high) = min(known), max(known)
    parts = []
    if least < 0:
        parts.append(f"fell most in {low}, by {value_text(-least, column)}")
    if most > 0:
        parts.append(f"rose most in {high}, by {value_text(most, column)}")
    return f"The {column.title} {' and '.join(parts)}." if parts else ""


def _by_category(given: Drawable) -> str:
    """Say the highest number, and of numbers that add up its share of the whole."""
    found = _axis_and_measure(given, given.categories)
    if found is None:
        return ""
    axis, measure = found
    places, column = given.categories(axis) or [], given.columns[measure]
    known = [
        (value, place)
        for place, value in zip(places, given.values(measure), strict=True)
        if value is not None
    ]
    if len(known) < 2:
        return ""
    top, place = max(known, key=lambda one: one[0])
    whole = sum(value for value, _ in known)
    said = f"{place} has the highest {column.title}: {value_text(top, column)}"
    if sum(1 for value, _ in known if value == top) > 1:
        said = f"The highest {column.title} is {value_text(top, column)}, of {place} and others"
    # A share needs parts that are all positive.
    if column.adds_up and whole > 0 and all(value >= 0 for value, _ in known):
        share = f"{float(top) / float(whole):.1%}"
        return f"{said}, {share} of {value_text(whole, column)} in total."
    return f"{said}; the lowest is {value_text(min(value for value, _ in known), column)}."


def _crossed(given: Drawable) -> str:
    """Say the highest number of two dimensions and a number."""
    if len(given.columns) != 3 or len(given.rows) < 2 or not given.are_amounts(2):
        return ""
    # Where one column tells all rows apart, they are things with two measures.
    if any(len(set(given.values(place))) == len(given.rows) for place in (0, 1)):
        return ""
    column = given.columns[2]
    rows = [row for row in given.rows if row[2] is not None]
    top = max(rows, key=lambda row: row[2])
    where = [_place(given, place, top[place]) for place in (0, 1)]
    highest = (
        f"The highest {column.title} is {value_text(top[2], column)}, of {' and '.join(where)}"
    )
    if not column.adds_up or not rows:
        return f"{highest}."
    whole = sum(row[2] for row in rows)
    return f"{highest}; all together are {value_text(whole, column)}."


def _listed(given: Drawable) -> str:
    """Say how many rows there are, and name the first."""
    if len(given.rows) < 2:
        return ""
    named = [place for place in range(len(given.columns)) if given.categories(place)]
    if not named:
        return f"There are {count(len(given.rows), 'row')}."
    column, values = given.columns[named[0]], given.categories(named[0]) or []
    many = f"There are {count(len(given.rows), 'row')}"
    # `The first first name` would stumble.
    if column.title.startswith("first "):
        return f"{many}; the {column.title} in the first is {values[0]}."
    return f"{many}; the first {column.title} is {values[0]}."


RULES: tuple[Rule, ...] = (
    _one_number,
    _one_row,
    _changes,
    _over_time,
    _by_category,
    _crossed,
    _listed,
)


def _missing(given: Drawable) -> str:
    for place, column in enumerate(given.columns):
        places = moments(column.title, given.values(place)) if given.rows else None
        if not places:
            continue
        gone = missing_periods(sorted(set(places)))
        if not gone:
            return ""
        shape = date_format(places)
        named = ", ".join(said_moment(moment, shape) for moment in gone[:MOST_NAMED])
        more = f" and {len(gone) - MOST_NAMED} more" if len(gone) > MOST_NAMED else ""
        return f"No rows for {named}{more}."
    return ""


def _axis_and_measure(
    given: Drawable, places: Callable[[int], list[str] | None]
) -> tuple[int, int] | None:
    """Return the places of what tells the rows apart and of the first number of it."""
    width = len(given.columns)
    if not 2 <= width <= 3 or len(given.rows) < 2:
        return None
    for axis in range(width):
        on_axis: Sequence[str] = places(axis) or ()
        others = [place for place in range(width) if place != axis]
        if len(set(on_axis)) == len(given.rows) and all(map(given.are_amounts, others)):
            return axis, others[0]
    return None


def _place(given: Drawable, place: int, value: object) -> str:
    found = given.moments(place)
    if not found or value is None:
        return "(none)" if value is None else str(value)
    moment = found[[row[place] for row in given.rows].index(value)]
    return said_moment(moment, date_format(found))
