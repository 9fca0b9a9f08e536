"""The parts of a title, before anything of it is looked up in the database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mome.answering.titles.spans import NO_SPAN, TitleSpan
from mome.answering.titles.views import LEVEL, View


@dataclass(frozen=True)
class NumberBound:
    """A condition on a number: `with more than 20 pages`."""

    name: str
    """The words for the column; empty if the title does not name it."""
    operator: str
    number: str
    """`average` for that of all rows."""
    by: str = "amount"
    """As in `RowRank`, where the title does not name the column."""


@dataclass(frozen=True)
class TextBound:
    """A condition on a text: `whose name starts with rosa`."""

    name: str
    """The words for the column."""
    call: str
    """CONTAINS, STARTS or ENDS."""
    text: str


STILL = "still"
_BETWEEN = re.compile(r",? and (?:the |their |its )?|, (?:the |their |its )?")


def items_of(text: str) -> list[str]:
    """Return the phrases that a text lists with commas and `and`."""
    return _BETWEEN.split(text)


@dataclass(frozen=True)
class FigurePhrase:
    """What is counted, added up or averaged."""

    head: str
    aggregates: tuple[str, ...] = ("",)
    """count, sum, average, median, minimum or maximum, one for each number that is shown; empty if
    the title does not say it.
    """
    bounds: tuple[NumberBound, ...] = ()
    texts: tuple[TextBound, ...] = ()
    absent: tuple[str, ...] = ()
    """What has not happened to the rows: `paid` in `invoices not yet paid`; `STILL` if they have
    not come to an end.
    """
    lacks: str = ""
    """What the rows do not have: `email` in `members without an email`."""
    part: str = ""
    """Which of the rows are counted among all of them: `open` in `what percentage of tickets are
    open`.
    """
    part_bounds: tuple[NumberBound, ...] = ()
    """The same, as conditions on numbers."""
    things: str = ""
    """What is counted once each among the rows: `clients` in `different clients with jobs`."""
    of_named: bool = False
    """Whether the title names that part of the rows and not the rows: `share of failed payments`.
    """
    of_happened: bool = False
    """Whether only rows to which it has happened are counted at all, as an on-time rate is one of
    what has been delivered.
    """

    @property
    def is_share(self) -> bool:
        """Whether the share of some rows among all of them is asked for."""
        return bool(self.part or self.part_bounds)


@dataclass(frozen=True)
class Having:
    """The condition on the figure of a group: `clients with more than 3 jobs`."""

    operator: str
    number: str


@dataclass(frozen=True)
class TitleParts:
    """The phrases of a title."""

    figures: tuple[FigurePhrase, ...]
    dimensions: tuple[str, ...] = ()
    span: TitleSpan = NO_SPAN
    order: str = ""
    """down or up by the figure, late or early by the time; empty if the title names no order."""
    limit: int = 0
    """Number of rows; 0 for all."""
    skipped: int = 0
    """Number of rows before the first one that is shown: 1 for the second highest."""
    rates: tuple[str, ...] = ()
    """Those of the dimensions that stand behind `per`."""
    view: View = LEVEL
    within: int = 0
    """Number of the first dimensions in each of which the rows are ranked: `for each region`."""
    having: Having | None = None
    hides_figure: bool = False
    """Whether only the dimensions are shown, as for `which plan has the most accounts`."""
    in_currency: bool = False
    """Whether amounts that are stored in cents are shown in whole units."""
    only_filled: bool = False
    """Whether groups without a name are left out."""
    keeps_all: bool = False
    """Whether things without rows are shown too, with zero."""
    topic: str = ""
    """What a list of figures is about, as `usage` in `Usage by type: number of events`."""
    listed: tuple[str, ...] = ()
    """The columns that the title lists behind a colon."""
    is_listing: bool = False
    """Whether it may ask for rows themselves, as `show the invoices of 2024` does."""
    is_lookup: bool = False
    """Whether it may ask for one stored number, as `what is the fee in 2024` does."""
