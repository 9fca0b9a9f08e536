"""How a title is divided into its figure and its dimensions: `top 5 accounts by` a figure, a figure
`per month`, `which plan has the most` of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mome.answering.titles.bounds import COMPARED, NUMBER, OPERATOR, number_of
from mome.answering.titles.parts import Having
from mome.answering.titles.views import UNIT_OF


@dataclass(frozen=True)
class Shape:
    """A title that was divided. Its fields are those of `TitleParts`."""

    head: str
    dimensions: tuple[str, ...] = ()
    order: str = ""
    limit: int = 0
    skipped: int = 0
    rates: tuple[str, ...] = ()
    within: int = 0
    having: Having | None = None
    hides_figure: bool = False
    is_figure: bool = False
    """Whether it cannot ask for rows themselves."""


_TOP = re.compile(
    r"top (?P<count>[\w-]+) (?P<rows>.+?)"
    r"(?: (?:per|in each|for each|of each) (?P<within>[^,]+?))?,? by (?P<figure>.+?)"
    r"(?:,? (?:with|and) (?:the|their|its) (?:amount|number|total|sum|value|count|figure)s?)?"
)
_EACH = re.compile(
    r"(?P<rest>.+?),? (?:in|for|within|per|of|at|from) (?:each|every) (?P<within>[^,]+)"
)
_TOP_AT_END = re.compile(r"(?P<rest>.+?),? top (?P<count>[\w-]+)")
_REGULAR = re.compile(r"(?P<unit>daily|weekly|monthly|quarterly|yearly|annual) (?P<figure>.+)")
_FOR_EACH = re.compile(
    r"(?:(?:for|in|per|within) (?:each|every)|by) (?P<dimension>[^,:]+?)"
    r"(?:[,:] (?P<figure>.+)| (?P<counted>(?:the (?:number|count|total|average)|how many)\b.+))"
)
_DOES_EACH = re.compile(
    r"(?P<figure>how many .+?) (?:did|does|do|has|have) (?:each|every) (?P<dimension>.+?)"
    r"(?: (?:have|had|get|got|receive|received))?"
)
_SEPARATOR = re.compile(
    r",? (?:(?:broken down|grouped|split|counted) )?"
    r"(?P<word>per|by|(?:for|in|of|at|from) (?:each|every)|each)(?: each| every| the| our)* "
)
_MONTH_BY_MONTH = re.compile(
    r"(?P<figure>.+?),? (?:(?P<unit>day|week|month|quarter|year) by (?P=unit)"
    r"|over the (?P<units>days|weeks|months|quarters|years))(?: of)?"
)
_LISTED = re.compile(r",? and (?:by |per )?|, (?:by |per )?")
_SIZE = r"(?: value| number| amount| total| count)?"
_HIGH = r"(?:highest|largest|biggest|greatest|most(?: frequent)?)"
_LOW = r"(?:lowest|smallest|fewest|least(?: frequent)?)"
_TIME = r"(?: (?:day|week|month|quarter|year|date)| ones)?"
_ORDERS = (
    ("down", re.compile(rf"(?P<rest>.+?),? (?:the )?{_HIGH}{_SIZE} first")),
    ("down", re.compile(r"(?P<rest>.+?),? in descending order")),
    ("up", re.compile(rf"(?P<rest>.+?),? (?:the )?{_LOW}{_SIZE} first")),
    ("up", re.compile(r"(?P<rest>.+?),? in ascending order")),
    (
        "down",
        re.compile(r"(?P<rest>.+?),? (?:the )?(?:slowest|longest|dearest|most expensive) first"),
    ),
    ("up", re.compile(r"(?P<rest>.+?),? (?:the )?(?:fastest|quickest|shortest|cheapest) first")),
    ("late", re.compile(rf"(?P<rest>.+?),? (?:the )?(?:newest|latest|most recent){_TIME} first")),
    ("early", re.compile(rf"(?P<rest>.+?),? (?:the )?(?:oldest|earliest){_TIME} first")),
    ("early", re.compile(r"(?P<rest>.+?),? in chronological order")),
)
# What may stand between things and what they have the most of.
_HAVE = (
    r"(?:had|has|have|with|got|made|placed|generated|received|recorded|saw|brought in|brought us"
    r"|handled|took|submitted|filed|raised|showed|shows)"
)
_MOST = re.compile(
    rf"(?P<rows>.+?) {_HAVE} (?:the )?(?:(?P<nth>second|third|fourth|fifth)[- ])?"
    rf"(?P<end>{_HIGH}|{_LOW})(?: number of)? (?P<figure>.+?)(?P<shown>,? and how (?:many|much).*)?"
)
_NTH = {"": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4}
_HAVING = re.compile(
    rf"(?P<rows>.+?) (?:who |that |which )?{_HAVE} {OPERATOR} {NUMBER} (?P<of>.+?)"
    r"(?P<shown>,? (?:and|with) (?:the |their )?(?:number|count)(?: of .+)?|,? and how many.*)?"
)


def turned(text: str) -> str:
    """Return a text that begins with `for each plan,` with these words at its end."""
    match = _FOR_EACH.fullmatch(text)
    if match is None:
        return text
    opening, figure = opened(match["figure"] or match["counted"])
    return f"{opening.group()}{figure} for each {match['dimension']}"


def ordered(text: str) -> tuple[str, str]:
    """Return the text without the order that it asks for, and this order."""
    for order, pattern in _ORDERS:
        match = pattern.fullmatch(text)
        if match is not None:
            return match["rest"], order
    return text, ""


def shapes(text: str) -> Iterator[Shape]:
    """Yield the divisions of a text without its period and order, the likeliest first."""
    for shape in SHAPES:
        found = shape(text)
        if found is not None:
            yield from found
            return
    yield from _divided(text)


def _top(text: str) -> list[Shape] | None:
    """Read `top 5 accounts by` a figure."""
    match = _TOP.fullmatch(text)
    limit = _count(match["count"]) if match else 0
    if match is None or not limit:
        return None
    each = _EACH.fullmatch(match["figure"])
    shape = Shape(match["figure"], (match["rows"],), "down", limit, is_figure=True)
    if match["within"] is not None:
        return [replace(shape, dimensions=(match["within"], match["rows"]), within=1)]
    if each is None:
        return [shape]
    return [replace(shape, head=each["rest"], dimensions=(each["within"], match["rows"]), within=1)]


def _top_at_end(text: str) -> list[Shape] | None:
    """Read a title with `, top 5` at its end."""
    match = _TOP_AT_END.fullmatch(text)
    limit = _count(match["count"]) if match else 0
    if match is None or not limit:
        return None
    rest, order = ordered(match["rest"])
    return [replace(shape, limit=limit, order=order or "down") for shape in shapes(rest)]


def _most(text: str) -> list[Shape] | None:
    """Read `plan has the most` of a figure, as it follows `which`."""
    each = _EACH.fullmatch(text)
    match = _MOST.fullmatch(each["rest"] if each is not None else text)
    if match is None:
        return None
    is_high = re.fullmatch(_HIGH, match["end"]) is not None
    shape = Shape(match["figure"], (match["rows"],), "down" if is_high else "up", 1)
    hides, skipped = match["shown"] is None, _NTH[match["nth"] or ""]
    shape = replace(shape, skipped=skipped, hides_figure=hides, is_figure=True)
    if each is None:
        return [shape]
    return [replace(shape, dimensions=(each["within"], match["rows"]), within=1)]


def _having(text: str) -> list[Shape] | None:
    """Read `clients with more than 3 jobs`."""
    match = _HAVING.fullmatch(text)
    number = number_of(match["number"]) if match else ""
    if match is None or not number:
        return None
    having = Having(COMPARED[match["operator"]], number)
    shape = Shape(f"how many {match['of']}", (match["rows"],), having=having)
    hides = match["shown"] is None
    return [replace(shape, hides_figure=hides, is_figure=True), *_divided(text)]


def _regular(text: str) -> list[Shape] | None:
    """Read the `monthly` figure."""
    match = _REGULAR.fullmatch(text)
    if match is None:
        return None
    unit = UNIT_OF[match["unit"]]
    found = shapes(match["figure"])
    return [replace(shape, dimensions=(unit, *shape.dimensions)) for shape in found]


def _month_by_month(text: str) -> list[Shape] | None:
    """Read a figure `month by month`, and one `over the months`."""
    match = _MONTH_BY_MONTH.fullmatch(text)
    if match is None:
        return None
    unit = match["unit"] or match["units"].removesuffix("s")
    return [Shape(match["figure"], (unit,))]


def _each(text: str) -> list[Shape] | None:
    """Read `how many jobs did each clerk have`."""
    match = _DOES_EACH.fullmatch(text)
    return match and [Shape(match["figure"], (match["dimension"],))]


_VERBS = "show|give|list|tell|display|report|find|get|return|count"
_OPENING = re.compile(
    rf"(?:please )?(?:(?P<verb>(?:{_VERBS})(?: me| us)?|which|what(?: are| were))"
    r"|what(?:'s| is| was|(?= (?:percent|share|proportion|fraction))))?\s*(?:the |our )*"
)


def opened(text: str) -> tuple[re.Match[str], str]:
    """Return the words by which a question opens, as in `show me the`, and what follows them."""
    match = _OPENING.match(text)
    assert match is not None, "every part of the pattern is optional"
    return match, text[match.end() :]


def _divided(text: str) -> Iterator[Shape]:
    """Yield the divisions at `per`, `by` and `for each`. The first ones may belong to a name:
    `price per seat by plan`.
    """
    places = list(_SEPARATOR.finditer(text))
    yield _division(text, places)
    for skipped in range(1, len(places) + 1):
        yield _division(text, places[skipped:])


def _division(text: str, places: list[re.Match[str]]) -> Shape:
    head = text[: places[0].start()] if places else text
    starts = [place.end() for place in places]
    ends = [*(place.start() for place in places[1:]), len(text)][: len(places)]
    dimensions: list[str] = []
    rates: list[str] = []
    for place, start, end in zip(places, starts, ends, strict=True):
        phrases = [phrase.strip() for phrase in _LISTED.split(text[start:end])]
        dimensions += phrases
        rates += phrases if place["word"] == "per" else []
    return Shape(head, tuple(dimensions), rates=tuple(rates))


def _count(text: str) -> int:
    """Return a number in digits or words; 0 if it is no whole one."""
    number = number_of(text)
    return int(number) if number.isdigit() else 0


SHAPES = (_top, _top_at_end, _most, _having, _regular, _month_by_month, _each)
"""Readings of a text, the first of which that fits is taken; else it is divided at `per` and `by`.
"""
