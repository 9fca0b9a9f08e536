"""The parts of a title: `invoiced amount` | `by plan` | `in 2024` | `highest first`.

Nothing here knows the database; `reader` looks up what the phrases name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mome.answering.titles.spans import NO_SPAN, TitleSpan, take_span
from mome.linking.names import question_words

_VERBS = "show|give|list|tell|display|report|find|get|return|count"
_OPENING = re.compile(
    rf"(?:please )?(?:(?P<verb>(?:{_VERBS})(?: me| us)?|which|what(?: are| were))"
    r"|what(?:'s| is| was))?\s*(?:the |our )*"
)
_TOP = re.compile(r"top (?P<count>[\w-]+) (?P<rows>.+?),? by (?P<figure>.+)")
_TOP_AT_END = re.compile(r"(?P<rest>.+?),? top (?P<count>[\w-]+)")
_REGULAR = re.compile(r"(?P<unit>daily|weekly|monthly|quarterly|yearly) (?P<figure>.+)")
_UNITS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
_FOR_EACH = re.compile(r"(?:for|in|per) (?:each|every) (?P<dimension>[^,]+), (?P<figure>.+)")
_DOES_EACH = re.compile(
    r"(?P<figure>how many .+?) (?:did|does|do|has|have) (?:each|every) (?P<dimension>.+?)"
    r"(?: (?:have|had|get|got|receive|received))?"
)
_SEPARATOR = re.compile(
    r",? (?:(?:broken down|grouped|split|counted) )?"
    r"(?P<word>per|by|(?:for|in|of|at|from) (?:each|every)|each)(?: each| every| the| our)* "
)
_LISTED = re.compile(r",? and (?:by |per )?|, (?:by |per )?")
_SIZE = r"(?: value| number| amount| total| count)?"
_HIGH = r"(?:highest|largest|biggest|greatest|most(?: frequent)?)"
_LOW = r"(?:lowest|smallest|fewest|least(?: frequent)?)"
_ORDERS = (
    ("down", re.compile(rf"(?P<rest>.+?),? {_HIGH}{_SIZE} first")),
    ("down", re.compile(r"(?P<rest>.+?),? in descending order")),
    ("up", re.compile(rf"(?P<rest>.+?),? {_LOW}{_SIZE} first")),
    ("up", re.compile(r"(?P<rest>.+?),? in ascending order")),
    ("late", re.compile(r"(?P<rest>.+?),? (?:newest|latest|most recent) first")),
    ("early", re.compile(r"(?P<rest>.+?),? (?:oldest|earliest) first")),
    ("early", re.compile(r"(?P<rest>.+?),? in chronological order")),
)
_AGGREGATES = (
    ("count", re.compile(r"(?:how many|(?:total |overall )?(?:number|count) of) (?P<rest>.+)")),
    ("average", re.compile(r"(?:average|mean|avg) (?:number of )?(?P<rest>.+)")),
    ("sum", re.compile(r"(?:total|sum of|sum|overall|combined) (?P<rest>.+)")),
)


@dataclass(frozen=True)
class TitleParts:
    """The phrases of a title."""

    head: str
    """What is counted, added up or averaged."""
    aggregate: str = ""
    """count, sum or average; empty if the title does not say it."""
    dimensions: tuple[str, ...] = ()
    span: TitleSpan = NO_SPAN
    order: str = ""
    """down or up by the figure, late or early by the time; empty if the title names no order."""
    limit: int = 0
    """Number of rows; 0 for all."""
    rates: tuple[str, ...] = ()
    """Those of the dimensions that stand behind `per`."""
    is_listing: bool = False
    """Whether it may ask for rows themselves, as `show the invoices of 2024` does."""
    is_lookup: bool = False
    """Whether it may ask for one stored number, as `what is the fee in 2024` does."""


def title_parts(question: str) -> Iterator[TitleParts]:
    """Yield the ways in which a question can be taken apart, the likeliest first; none if it names
    two periods or none of the parts but a head.
    """
    taken = take_span(" ".join(question.lower().split()).strip(" .?!:;"))
    if taken is None:
        return
    text, span = taken
    opening, text = _opened(re.sub(r"^(?:hey|hi|hello)[, ]+", "", text))
    text, order = _ordered(text)
    for parts in _shapes(text):
        if parts.dimensions or span.condition:
            listing = opening["verb"] is not None or not parts.dimensions
            lookup = bool(opening.group()) and not parts.dimensions
            parts = replace(parts, span=span, order=order or parts.order)
            yield _with_aggregate(replace(parts, is_listing=listing, is_lookup=lookup))


def _ordered(text: str) -> tuple[str, str]:
    """Return the text without the order that it asks for, and this order."""
    for order, pattern in _ORDERS:
        match = pattern.fullmatch(text)
        if match is not None:
            return match["rest"], order
    return text, ""


def _shapes(text: str) -> Iterator[TitleParts]:
    """Yield the figure and the dimensions of a text without its period and order."""
    for shape in (_top, _top_at_end, _regular, _for_each, _does_each):
        found = shape(text)
        if found is not None:
            yield from found
            return
    yield from _divided(text)


def _top(text: str) -> list[TitleParts] | None:
    """Read `top 5 accounts by` a figure."""
    match = _TOP.fullmatch(text)
    limit = _number(match["count"]) if match else 0
    if match is None or not limit:
        return None
    return [TitleParts(match["figure"], "", (match["rows"],), order="down", limit=limit)]


def _top_at_end(text: str) -> list[TitleParts] | None:
    """Read a title with `, top 5` at its end."""
    match = _TOP_AT_END.fullmatch(text)
    limit = _number(match["count"]) if match else 0
    if match is None or not limit:
        return None
    rest, order = _ordered(match["rest"])
    return [replace(parts, limit=limit, order=order or "down") for parts in _shapes(rest)]


def _regular(text: str) -> list[TitleParts] | None:
    """Read the `monthly` figure."""
    match = _REGULAR.fullmatch(text)
    if match is None:
        return None
    unit = _UNITS[match["unit"]]
    shapes = _shapes(match["figure"])
    return [replace(parts, dimensions=(unit, *parts.dimensions)) for parts in shapes]


def _for_each(text: str) -> list[TitleParts] | None:
    """Read `for each plan,` a figure."""
    match = _FOR_EACH.fullmatch(text)
    if match is None:
        return None
    _, figure = _opened(match["figure"])
    return [TitleParts(figure, "", (match["dimension"],))]


def _does_each(text: str) -> list[TitleParts] | None:
    """Read `how many jobs did each clerk have`."""
    match = _DOES_EACH.fullmatch(text)
    return match and [TitleParts(match["figure"], "", (match["dimension"],))]


def _opened(text: str) -> tuple[re.Match[str], str]:
    """Return the words by which a question opens, as in `show me the`, and what follows them."""
    match = _OPENING.match(text)
    assert match is not None, "every part of the pattern is optional"
    return match, text[match.end() :]


def _divided(text: str) -> Iterator[TitleParts]:
    """Yield the divisions at `per`, `by` and `for each`. The first ones may belong to a name:
    `price per seat by plan`.
    """
    places = list(_SEPARATOR.finditer(text))
    yield _division(text, places)
    for skipped in range(1, len(places) + 1):
        yield _division(text, places[skipped:])


def _division(text: str, places: list[re.Match[str]]) -> TitleParts:
    head = text[: places[0].start()] if places else text
    starts = [place.end() for place in places]
    ends = [*(place.start() for place in places[1:]), len(text)][: len(places)]
    dimensions: list[str] = []
    rates: list[str] = []
    for place, start, end in zip(places, starts, ends, strict=True):
        phrases = [phrase.strip() for phrase in _LISTED.split(text[start:end])]
        dimensions += phrases
        rates += phrases if place["word"] == "per" else []
    return TitleParts(head, "", tuple(dimensions), rates=tuple(rates))


def _with_aggregate(parts: TitleParts) -> TitleParts:
    """Take the word for the aggregate off the head, and relative pronouns."""
    parts = replace(parts, head=re.sub(r"\b(?:that|which|who)\b ", "", parts.head))
    for name, pattern in _AGGREGATES:
        match = pattern.fullmatch(parts.head)
        if match is not None:
            return replace(parts, head=match["rest"], aggregate=name)
    return parts


def _number(text: str) -> int:
    """Return a number in digits or words; 0 if it is none."""
    words = question_words(text)
    number = words[0].number if len(words) == 1 else None
    return int(number) if number is not None and number.isdigit() else 0
