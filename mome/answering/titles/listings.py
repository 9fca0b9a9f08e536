"""Read a title that lists columns of rows: `Jobs ordered in March 2025: job id, paper, status`, and
`name and city of the clients that left in 2024`. `reader` asks here for what has no figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mome.answering.titles.parts import FigurePhrase, items_of
from mome.answering.titles.phrases import figure_phrases
from mome.answering.titles.shapes import opened, ordered
from mome.answering.titles.spans import TitleSpan, take_span

_BEHIND = re.compile(r"(?P<rows>[^:]+?)(?::| -) (?P<columns>[^:]+)")
_BEFORE = re.compile(
    r"(?P<columns>.+?) (?:of|for|from)(?: (?:all|every|each|the|our|those|these|any))* (?P<rows>.+)"
)
_TRAILING = re.compile(r"(?P<rows>[^,:]+), (?P<columns>[^:]+ and [^,:]+)")
# These ask for something else than columns as they are stored.
_NO_COLUMN = re.compile(
    r"\b(?:number|count|total|sum|average|mean|share|percent\w*|median|most|least|highest|lowest|"
    r"different|distinct|unique|top|maximum|minimum|first|last|latest|oldest|newest|per|each)\b"
)


@dataclass(frozen=True)
class Listing:
    """Columns of rows."""

    rows: FigurePhrase
    columns: tuple[str, ...]
    """Empty for the names of the rows, as `which` asks for them."""
    span: TitleSpan
    order: str
    """late or early, by the date of the rows; empty if the title names no order."""


def listings(question: str) -> Iterator[Listing]:
    """Yield the ways in which a question can be read as a list of columns."""
    text = " ".join(question.lower().split()).strip(" .?!;")
    text, order = ordered(text)
    opening, text = opened(text)
    if opening.group() and opening["verb"] is None:
        # `What is the tax amount of bills in 2024` asks for one number.
        return
    for pattern in (_BEHIND, _TRAILING, _BEFORE):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        rest, own_order = ordered(match["rows"])
        taken, order = take_span(rest), order or own_order
        columns = tuple(items_of(re.sub(r"^(?:the|their) ", "", match["columns"])))
        if taken is None or (pattern is _BEFORE and _NO_COLUMN.search(match["columns"])):
            continue
        rows, span = taken
        if _NO_COLUMN.search(rows) or order in ("up", "down"):
            continue
        for phrase, *others in figure_phrases(rows):
            if others or phrase.aggregates != ("",) or phrase.is_share:
                continue
            # What names columns and rows alone the model reads better.
            if pattern is not _BEFORE or span.condition or _is_restricted(phrase):
                yield Listing(phrase, columns, span, order)
    if opening["verb"] == "which":
        yield from _which(text, order)


def _which(text: str, order: str) -> Iterator[Listing]:
    """Read what follows `which`: `clubs are still open`."""
    taken = take_span(text)
    if taken is None or _NO_COLUMN.search(taken[0]) or order in ("up", "down"):
        return
    for phrase, *others in figure_phrases(taken[0]):
        if not others and phrase.aggregates == ("",) and not phrase.is_share:
            yield Listing(phrase, (), taken[1], order)


def _is_restricted(phrase: FigurePhrase) -> bool:
    return bool(phrase.bounds or phrase.absent or phrase.lacks)
