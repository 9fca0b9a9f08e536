"""Read several measures of the same rows at once: `number, total and average cost of repairs per
club`, `number of bookings and number of different members per club`. One of the kinds.

`Number of jobs and average fee` is read as a title; here stand the measures that share their words,
and the things that are counted once each. A total without its column is that of the only amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mome.answering.titles.figures import TitleFigure, plain_amounts
from mome.answering.titles.grammar import Phrasing, title_parts
from mome.answering.titles.kinds.reading import Composed, KindReading, unviewed
from mome.answering.titles.naming import own_parts
from mome.answering.titles.parts import FigurePhrase
from mome.answering.titles.phrases import conditioned, figure_phrase, figure_phrases
from mome.answering.titles.said_words import parts_of

_ACROSS = re.compile(r" (?:across|among|over|for) (?:all )?(?:the |our |of the )?")
_COUNTS = ("number", "count", "how many")
_AGGREGATES = (
    "total|sum|average|mean|avg|median|minimum|min|lowest|smallest|maximum|max|highest|largest"
)
_BARE = re.compile(
    rf"(?:the )?(?:overall )?(?P<aggregate>{_AGGREGATES})(?: (?P<what>amount|value))?"
)
_BETWEEN = re.compile(r",? and (?:the |their |its )?|, (?:the |their |its )?")
_OF_ROWS = re.compile(
    r"(?P<items>.+?(?:,| and ).+?) (?:of|for|from) (?:the |all |our )*(?P<rows>.+)"
)
_NUMBER_OF = re.compile(
    r"(?:number|count) of (?:the |all |our )*(?P<rows>.+)|how many (?P<asked>.+)"
)
_DIFFERENT = re.compile(r"(?:different|distinct|unique) (?P<things>.+)")


def several_measures(question: str, reading: KindReading) -> Composed | None:
    """Read several measures of the same rows at once."""

    def phrases(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
        # `Count, sum and average` opens like the command to count.
        head = f"count{head}" if head.startswith(", ") else head
        if _ACROSS.search(head):
            yield from figure_phrases(_ACROSS.sub(" of ", head))
        for figures in (_of_rows(head, reading), *_in_a_row(head, reading)):
            if len(figures) > 1:
                yield figures

    return reading.first(title_parts(question, Phrasing(phrases, unviewed, unviewed)))


def _of_rows(head: str, reading: KindReading) -> tuple[FigurePhrase, ...]:
    """Return the measures of `number, total and average cost of repairs`; empty for none."""
    match = _OF_ROWS.fullmatch(head)
    if match is None:
        return ()
    items, rows = _BETWEEN.split(match["items"]), match["rows"]
    # Count, sum and average of the cost: of a number, and not of rows.
    of_number = _only(figure_phrase(f"total {rows}"), reading)
    if of_number is not None and of_number.measure is not None:
        table = " ".join(parts_of(of_number.table.name))
        return _all(_measure_of(item, rows, table) for item in items)
    counted = _only(replace(conditioned(rows), aggregates=("count",)), reading)
    if counted is None:
        return ()
    last = items[-1].split()
    shared = " ".join(last[1:]) if len(last) > 1 else _amount(counted, reading)
    return _all(_measure_of_rows(item, rows, shared) for item in items)


def _measure_of(item: str, number: str, table: str) -> FigurePhrase | None:
    """Return one of `count, sum and average` of a number of a table."""
    if item in _COUNTS:
        return FigurePhrase(table, ("count",))
    match = _BARE.fullmatch(item)
    return None if match is None else figure_phrase(f"{match['aggregate']} {number}")


def _measure_of_rows(item: str, rows: str, shared: str) -> FigurePhrase | None:
    """Return one of `number, total cost and average cost` of rows.

    `shared`: the words for the number of an item that does not name it; empty if there is none.
    """
    if item in _COUNTS:
        return replace(conditioned(rows), aggregates=("count",))
    match = _BARE.fullmatch(item)
    # `Total amount and highest tax amount` have a column each.
    if match is not None and (match["what"] is None or " " not in shared):
        number = f"{match['aggregate']} {shared} of {rows}"
        return figure_phrase(number) if shared else None
    is_measure = re.match(rf"(?:{_AGGREGATES}) ", item) is not None
    return figure_phrase(f"{item} of {rows}") if is_measure else None


def _amount(figure: TitleFigure, reading: KindReading) -> str:
    """Return the words for the only amount of rows; empty if there are several."""
    amounts = plain_amounts(figure.table, reading.scope)
    if len(amounts) != 1:
        return ""
    return " ".join(own_parts(amounts[0], figure.table) or parts_of(amounts[0].name))


def _in_a_row(head: str, reading: KindReading) -> Iterator[tuple[FigurePhrase, ...]]:
    """Yield the measures of `number of bookings, number of cancelled bookings and number of
    different members`.
    """
    items = _BETWEEN.split(head)
    first = figure_phrase(items[0])
    if len(items) == 1:
        return
    for figure in reading.figures.read(first, reading.scope):
        is_count = figure.measure is None
        rows = first.head if is_count else " ".join(parts_of(figure.table.name))
        others = [_another(item, rows) for item in items[1:]]
        if any(one is not None and (one.things or one.part) for one in others):
            yield _all([first, *others])


def _another(item: str, rows: str) -> FigurePhrase | None:
    """Return a measure behind the first one, which is of some rows; None if it is of none."""
    match = _NUMBER_OF.fullmatch(item)
    if match is None:
        phrase = figure_phrase(item)
        return phrase if phrase.aggregates != ("",) else None
    counted = match["rows"] or match["asked"]
    different = _DIFFERENT.fullmatch(counted)
    if different is not None:
        return FigurePhrase(rows, ("count",), things=different["things"])
    # Cancelled bookings, and bookings cancelled.
    state = counted.removesuffix(f" {rows}").removeprefix(f"{rows} ")
    if state != counted:
        return FigurePhrase(rows, ("count",), part=state)
    return figure_phrase(item)


def _only(phrase: FigurePhrase, reading: KindReading) -> TitleFigure | None:
    """Return what a phrase means; None if that is nothing or not clear."""
    found = reading.figures.read(phrase, reading.scope)
    return found[0] if len(found) == 1 else None


def _all(phrases: Iterable[FigurePhrase | None]) -> tuple[FigurePhrase, ...]:
    """Return the phrases; none if one of them is missing."""
    found = list(phrases)
    return tuple(one for one in found if one is not None) if None not in found else ()
