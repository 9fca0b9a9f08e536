"""Read what share of the rows is in a state: `percentage of invoices paid late`, `cancellation rate
of bookings per month`. One of the kinds.

A share and a fraction are of one, a percentage and a rate of a hundred. Not covered: `share of open
tickets by team`, which may be of all open ones or of each team's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mome.answering.titles.grammar import UNITS, Phrasing, title_parts
from mome.answering.titles.kinds.rate_words import RATE, states_of_rate
from mome.answering.titles.kinds.reading import Composed, KindReading, unviewed
from mome.answering.titles.kinds.sides import with_meant_states
from mome.answering.titles.kinds.stored_states import stored_states, with_stored
from mome.answering.titles.parts import FigurePhrase, TitleParts
from mome.answering.titles.phrases import conditioned
from mome.answering.titles.said_words import parts_of

_HOW_MANY = re.compile(r"\bhow many percent\b")
_OTHER_WORDS = (
    (re.compile(r"^how (?:large|big|high|great) (?:is|was|are|were) (?:the |our )?"), ""),
    (
        re.compile(
            r"^(?:(?:show|list|give)(?: me)? )?(?:the )?(?:top )?"
            r"(?P<count>\d+|two|three|four|five|ten) (?P<rows>[\w -]+?) with the highest "
        ),
        r"top \g<count> \g<rows> by ",
    ),
    (
        re.compile(r"^(?:the )?(?P<rows>[a-z]+(?: [a-z]+)?) with the (?P<end>highest|lowest) "),
        r"which \g<rows> has the \g<end> ",
    ),
)
"""Other words for what titles read of a figure."""
# Behind `by` stands no dimension here.
_BY_AT_END = re.compile(
    r"(?P<be>\b(?:is|are|was|were)) (?:(?:made|done|paid) )?by (?=[\w-]+(?: [\w-]+)?[ ?.]*$)"
)
_WHAT = r"(?P<what>percentage|percent|share|proportion|fraction|part)"
_ALL = r"(?:all |all of |our |the |these |total )*"
_BE = (
    r"(?:is|are|was|were|has been|have been|had been|has|have|had|got|gets|get|did|do|does|went|go"
    r"|goes|came|come)"
)
_SAID = (
    # Percentage of orders that were cancelled.
    re.compile(
        rf"{_WHAT} of {_ALL}(?P<rows>.+?) (?P<part>(?:that|which|who) (?:{_BE} )?.+"
        rf"|(?:is|are|was|were|has been|have been|had been|got|went|came) .+|(?:have|has|had) .+)"
    ),
    # Of all orders, what share was cancelled?
    re.compile(
        rf"(?:out )?of {_ALL}(?P<rows>[^,]+), (?:what|which) {_WHAT} (?:of (?:them|these|those) )?"
        rf"(?P<part>{_BE} .+)"
    ),
)
_OF = re.compile(rf"{_WHAT} of {_ALL}(?P<rest>.+)")
_AS_SHARE = re.compile(rf"(?:number of )?(?P<rest>.+?),? as an? {_WHAT} of {_ALL}(?P<rows>[^,]+?)")
_RATE = re.compile(
    rf"(?:(?P<before>[a-z][a-z -]*?) )??{RATE} rate(?: (?:of|for|among|on|in) {_ALL}(?P<rows>.+))?"
)


_IS_SHARE = re.compile(rf"\b(?:{_WHAT}|rate)\b")


def shares_of_rows(question: str, reading: KindReading) -> Composed | None:
    """Read the share, percentage or rate of the rows in a state."""
    text = _HOW_MANY.sub("percentage", question.lower())
    for pattern, replacement in _OTHER_WORDS:
        text = pattern.sub(replacement, text)
    text = _BY_AT_END.sub(r"\g<be> ", text)
    noun = re.search(rf"\b{RATE} rate\b", text)
    if noun is not None:
        stored = stored_states(states_of_rate(noun["noun"]), reading.catalog)
        values = with_stored(reading.scope.values, stored)
        reading = replace(reading, scope=replace(reading.scope, values=values))

    return _share(text, reading) or _share(text, with_meant_states(reading, text))


def _share(text: str, reading: KindReading) -> Composed | None:
    def phrases(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
        yield from share_phrases(head)
        yield from _rates(head, reading)

    if _IS_SHARE.search(text) is None:
        return None
    options = title_parts(text, Phrasing(phrases, unviewed, unviewed))
    return reading.first(one for one in options if _is_within(one, text))


def _is_within(parts: TitleParts, text: str) -> bool:
    """Return whether the share is one of the rows of each group: behind `per`, and over time."""
    named_first = parts.figures[0].of_named
    # Behind `top 5 customers by` stands the share itself.
    is_by = re.search(rf"\bby\b(?! (?:the )?{_WHAT})", text) is not None
    is_timed = all(phrase.split()[-1] in UNITS for phrase in parts.dimensions)
    return not (named_first and is_by and not is_timed)


def share_phrases(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
    """Yield the ways in which a head may ask for the share of some rows, the likeliest first."""
    for pattern in _SAID:
        match = pattern.fullmatch(head)
        if match is not None:
            yield (_phrase(match["rows"], match["what"], match["part"]),)
    match = _AS_SHARE.fullmatch(head)
    if match is not None:
        yield from _before(match["rest"], match["what"], match["rows"])
        return
    match = _OF.fullmatch(head)
    if match is None:
        return
    words = match["rest"].split()
    # Invoices paid late: the rows come first.
    for place in range(1, len(words)):
        rows, part = " ".join(words[:place]), " ".join(words[place:])
        yield (_phrase(rows, match["what"], part),)
    # Failed payments: the state comes first.
    for place in range(1, len(words)):
        rows, part = " ".join(words[place:]), " ".join(words[:place])
        phrase = _phrase(rows, match["what"], part)
        if phrase.head == rows:
            yield (replace(phrase, of_named=True),)


def _before(rest: str, what: str, rows: str) -> Iterator[tuple[FigurePhrase, ...]]:
    """Yield the phrases for `cancelled orders as a percentage of all orders`."""
    for part in (rest.removesuffix(f" {rows}"), rest.removeprefix(f"{rows} ")):
        if part != rest:
            yield (_phrase(rows, what, part),)


def _rates(head: str, reading: KindReading) -> Iterator[tuple[FigurePhrase, ...]]:
    """Yield the phrases for a rate that a noun names: that of cancellation is the share of what is
    cancelled. A rate without its rows is one of the only table that has such a state.
    """
    match = _RATE.fullmatch(head)
    if match is None or (match["rows"] and match["before"]):
        return
    named = match["rows"] or match["before"]
    tables = [" ".join(parts_of(table.name)) for table in reading.catalog.tables]
    for state in states_of_rate(match["noun"]):
        found = [_rate(rows, state) for rows in ((named,) if named else tables)]
        read = [one for one in found if named or _has_state(one, reading)]
        if len(read) == 1:
            yield (read[0],)


def _has_state(phrase: FigurePhrase, reading: KindReading) -> bool:
    """Return whether rows have a state themselves, and not what they belong to."""
    figures = reading.figures.read(phrase, reading.scope)
    return any(not any(part.path for part in one.part) for one in figures)


def _rate(rows: str, state: str) -> FigurePhrase:
    phrase = _phrase(rows, "percent", state)
    return replace(phrase, of_happened=state.endswith((" time", "late")))


def _phrase(rows: str, what: str, part: str) -> FigurePhrase:
    call = "percent" if what.startswith("percent") else "share"
    return replace(conditioned(rows), aggregates=(call,), part=part)
