"""Read a title that lists columns of rows: `Jobs ordered in March 2025: job id, paper, status`, and
`name and city of the clients that left in 2024`. `kinds.lists` asks here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mome.answering.titles.parts import FigurePhrase, items_of
from mome.answering.titles.phrases import figure_phrases
from mome.answering.titles.rank_words import RowRank, take_rank
from mome.answering.titles.shapes import opened, ordered
from mome.answering.titles.spans import TitleSpan, take_span

_SHOW = (
    r"(?:(?:please |just |only )?(?:show|give|list|return|print|i need|we need|i want)"
    r"(?: me| us)? )?"
)
_BEHIND = re.compile(r"(?P<rows>[^:]+?)(?::| -) (?P<columns>[^:]+)")
_SENTENCE = re.compile(
    rf"(?P<rows>[^:.?]+)[.?] {_SHOW}(?:the |their |its |his |her )?(?P<columns>[^:.?]+?)"
    r"(?:,? (?:please|only|will do))?"
)
_BEFORE = re.compile(
    r"(?P<columns>.+?) (?:of|for|from)(?: (?:all|every|each|the|our|those|these|any))* (?P<rows>.+)"
)
_BEFORE_LAST = re.compile(r"(?P<columns>.+) (?:of|for)(?: the)? (?P<rows>.+)")
_OWNED = re.compile(r"(?P<rows>[^:,]+?)(?:'s|(?<=s)') (?P<columns>[^:]+)")
_WHEN = re.compile(r"^when (?:did|was|were|has) (?P<rows>.+) (?P<verb>\w+(?: up| out| off)?)$")
_TRAILING = re.compile(
    r"(?P<rows>[^,:]+), (?:with (?:the |their |its )?)?(?P<columns>[^:]+ and [^,:]+)"
)
_WITH = re.compile(
    r"(?P<rows>[^:]+?),? (?:(?:together )?with|and|showing|including) (?:the|their|its|his|her) "
    r"(?P<columns>[^:]+)"
)
_BRACKETS = re.compile(r"(?P<rows>[^:()]+) \((?P<columns>[^:()]+)\)")
# These ask for something else than columns as they are stored.
_NO_COLUMN = re.compile(
    r"\b(?:number|count|total|sum|average|mean|share|percent\w*|median|most|least|highest|lowest|"
    r"different|distinct|unique|top|maximum|minimum|first|last|latest|oldest|newest|per|each)\b"
)


_HAS = re.compile(r" (?:has|have|had) (?=the \w)")
_LISTING = (None, "list", "show", "show me", "give me", "find", "get", "report", "return")
_NO_ROWS = re.compile(
    r"^(?:how|who|when|where|why|is|are|does|did|do|has|have|can)\b|\b(?:id|ids)\b"
)


@dataclass(frozen=True)
class Listing:
    """Columns of rows."""

    rows: FigurePhrase
    columns: tuple[str, ...]
    """Empty for the names of the rows, as `which` asks for them."""
    span: TitleSpan
    order: str
    """late or early, by the date of the rows, down or up by a number that is shown; empty if the
    title names no order.
    """
    rank: RowRank | None = None
    """None if all rows are shown."""
    names_rows: bool = False
    """Whether the names of the rows are shown before the columns: `clients and their sectors`."""
    is_of_one: bool = False
    """Whether the rows have to be those of a name: `the sector of Acme`."""
    needs_condition: bool = False
    """Whether a stored value or the like has to pick the rows: what names columns and rows alone
    the model reads better.
    """


def listings(question: str) -> Iterator[Listing]:
    """Yield the ways in which a question can be read as a list of columns."""
    text = " ".join(question.lower().split()).strip(" .?!;")
    # When Ann Lee was hired is her date of it.
    text = _WHEN.sub(r"date \g<verb> of \g<rows>", text)
    text, order = ordered(text)
    opening, text = opened(text)
    for pattern in (_OWNED, _BEFORE, _BEFORE_LAST):
        owned = pattern.fullmatch(text)
        for one in _listings(owned, order, is_loose=False) if owned is not None else ():
            if not any(map(_NO_COLUMN.search, one.columns)):
                yield replace(one, is_of_one=True)
    if opening.group().startswith("what") and opening["verb"] is None:
        # `What is the tax amount of bills in 2024` asks for one number.
        return
    for pattern in (_BEHIND, _SENTENCE, _BRACKETS, _TRAILING, _BEFORE, _WITH):
        match = pattern.fullmatch(text)
        if match is not None:
            found = _listings(match, order, is_loose=pattern in (_BEFORE, _WITH))
            yield from (replace(one, names_rows=pattern is _WITH) for one in found)
    if opening["verb"] == "which":
        yield from _which(text, order)
    elif opening["verb"] in _LISTING and not _NO_ROWS.search(text):
        # A bare noun with a value before it may be a figure, and all of the rows of a period
        # those with all of their columns.
        for one in _which(text, order):
            is_list = opening["verb"] is not None and not one.span.condition
            if is_list or one.rank is not None or _is_restricted(one.rows):
                yield one


def split_columns(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without the columns that it lists behind a colon, in brackets or in a sentence
    of their own, and these.
    """
    for pattern in (_BEHIND, _SENTENCE, _BRACKETS):
        match = pattern.fullmatch(text)
        if match is not None:
            columns = re.sub(r"^(?:the|their|its) ", "", match["columns"])
            return match["rows"].strip(" ?!"), tuple(items_of(columns))
    return text, ()


def _listings(match: re.Match[str], order: str, *, is_loose: bool) -> Iterator[Listing]:
    """Yield the readings of one division into rows and columns.

    `is_loose`: whether its words need not divide the two.
    """
    rest, own_order = ordered(match["rows"])
    rest, rank = take_rank(rest)
    taken = take_span(rest)
    columns_text, late_order = ordered(match["columns"])
    order = order or own_order or late_order
    if taken is None:
        return
    columns = tuple(items_of(re.sub(r"^(?:the|their|its) ", "", columns_text)))
    # `Number and total` are columns of some rows, `total of invoices` is a sum.
    if is_loose and rank is None and len(columns) == 1 and _NO_COLUMN.search(columns_text):
        return
    rows, span = taken
    for phrase, *others in figure_phrases(rows):
        if others or not _is_of_rows(phrase):
            continue
        is_plain = not (span.condition or rank is not None or _is_restricted(phrase))
        needs_condition = is_loose and is_plain
        yield Listing(phrase, columns, span, order, rank, needs_condition=needs_condition)


def _which(text: str, order: str) -> Iterator[Listing]:
    """Read what follows `which`: `clubs are still open`."""
    text, rank = take_rank(_HAS.sub(" with ", text))
    taken = take_span(text)
    if taken is None or order in ("up", "down"):
        return
    for phrase, *others in figure_phrases(taken[0]):
        if not others and _is_of_rows(phrase):
            yield Listing(phrase, (), taken[1], order, rank)


def _is_of_rows(phrase: FigurePhrase) -> bool:
    """Return whether a phrase names rows, and no figure of them."""
    is_plain = phrase.aggregates == ("",) and not phrase.is_share
    return is_plain and not _NO_COLUMN.search(phrase.head)


def _is_restricted(phrase: FigurePhrase) -> bool:
    return bool(phrase.bounds or phrase.absent or phrase.lacks or phrase.texts)
