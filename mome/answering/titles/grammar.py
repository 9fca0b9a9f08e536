"""The parts of a title: `invoiced amount` | `by plan` | `in 2024` | `highest first`.

Nothing here knows the database; `reader` looks up what the phrases name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mome.answering.titles.bounds import number_of
from mome.answering.titles.parts import FigurePhrase, TitleParts
from mome.answering.titles.phrases import figure_phrases, is_share_of_rows, listed_figures
from mome.answering.titles.shapes import Shape, opened, ordered, shapes, turned
from mome.answering.titles.spans import take_span
from mome.answering.titles.views import LEVEL, View, take_comparison, take_view, with_level
from mome.answering.titles.wording import bare_title

UNITS = ("day", "week", "month", "quarter", "year")
_GREETING = re.compile(r"^(?:hey|hi|hello)[, ]+")
_COLUMNS = re.compile(r"(?P<rest>.+?): (?P<columns>[^:]+,[^:]+)")
_ITEM = re.compile(r",? and |, ")
_SIZED = re.compile(
    r"(?P<name>.+?) (?:in )?(?:steps?|ranges?|buckets?|bins?|bands?|intervals?) of "
    r"(?P<size>[\d,.]+)"
)
_ON_AVERAGE = re.compile(
    r"^how many (?P<figure>[^,]+?) (?P<per>(?:per|each|every) [^,]+),? on average$"
)
_STEPS = re.compile(r",? with the lower (?:bound|limit) of each (?:step|range|band|bucket)")
_WITH_EMPTY = re.compile(
    r"(?P<rest>.+?)[,;]? (?:also|including|even|and also)(?: for)? (?:the |those |ones )?"
    r"(?:empty ones|(?:that have|with|which have|who have) (?:none|no \w+|zero \w+|0 \w+)"
    r"|without(?: any| one)?(?: \w+)?)"
    r"|(?P<zero>.+?),? (?:zero included|including zeros?|zero if (?:there (?:were|are) )?none"
    r"|(?:showing |with )?(?:0|zero) where there (?:is|are|was|were) none)"
)


def title_parts(question: str) -> Iterator[TitleParts]:
    """Yield the ways in which a question can be taken apart, the likeliest first; none if it names
    two periods or none of the parts but a head.
    """
    text = " ".join(question.lower().split()).strip(" .?!:;")
    text, items = _listed(_GREETING.sub("", text))
    text, keeps_all = _with_empty(text)
    wording = bare_title(text)
    text = wording.text
    text = _ON_AVERAGE.sub(r"how many \g<figure> on average \g<per>", text)
    # Before the period: two of them are compared, and `the previous month` is none where a change
    # to it is asked for.
    text, view = take_comparison(text)
    opening, text = opened(turned(text))
    text, order = ordered(text)
    if view == LEVEL and not is_share_of_rows(text):
        text, view = take_view(text)
    taken = take_span(text)
    if taken is None:
        return
    text, span = taken
    if not opening.group():
        # `In 2024, what was` a figure.
        opening, text = opened(text)
    if not order:
        text, order = ordered(text)
    for shape in shapes(text):
        dimensions = _with_unit(shape.dimensions, view)
        if dimensions is None:
            continue
        for figures in figure_phrases(shape.head):
            is_bare = not (dimensions or span.condition or view != LEVEL)
            if is_bare and not all(map(_is_aggregated, figures)):
                continue
            parts = _parts(shape, figures, order)
            parts = replace(parts, dimensions=dimensions, span=span, view=view, listed=tuple(items))
            figures = tuple(_without(one, wording.left_out) for one in figures)
            parts = replace(parts, figures=figures, keeps_all=keeps_all)
            parts = replace(parts, in_currency=wording.in_currency, only_filled=wording.only_filled)
            is_share = figures[0].is_share
            is_figure = shape.is_figure or is_share or view != LEVEL or len(figures) > 1
            listing = not is_figure and (opening["verb"] is not None or not dimensions)
            lookup = bool(opening.group()) and not dimensions
            parts = replace(parts, is_listing=listing, is_lookup=lookup)
            yield parts
            if items and dimensions and len(figures) == 1 and listed_figures(items):
                topic = figures[0].head
                yield replace(parts, figures=listed_figures(items), topic=topic, listed=())
            if items and (view != LEVEL or parts.hides_figure):
                level = with_level(view) if view != LEVEL else LEVEL
                yield replace(parts, view=level, hides_figure=False)


def _without(figure: FigurePhrase, left_out: str) -> FigurePhrase:
    """Return a figure without the rows to which something has happened."""
    return replace(figure, absent=(*figure.absent, left_out)) if left_out else figure


def _is_aggregated(figure: FigurePhrase) -> bool:
    """Return whether a phrase says how one number is computed."""
    return figure.is_share or figure.aggregates != ("",)


def _parts(shape: Shape, figures: tuple[FigurePhrase, ...], order: str) -> TitleParts:
    return TitleParts(
        figures,
        order=order or shape.order,
        limit=shape.limit,
        skipped=shape.skipped,
        rates=shape.rates,
        within=shape.within,
        having=shape.having,
        existence=shape.existence,
        counts_things=shape.counts_things,
        hides_figure=shape.hides_figure,
    )


def _listed(text: str) -> tuple[str, list[str]]:
    """Return the text without the columns that it lists behind a colon, and these."""
    match = _COLUMNS.fullmatch(text)
    if match is None or turned(text) != text:
        return text, []
    return match["rest"], _ITEM.split(match["columns"])


def take_steps(phrase: str) -> tuple[str, str]:
    """Return the words for a number that is cut into steps, and their size; no size if it is not
    cut.
    """
    match = _SIZED.fullmatch(phrase)
    return (match["name"], number_of(match["size"])) if match is not None else (phrase, "")


def _with_empty(text: str) -> tuple[str, bool]:
    """Return the text without the words that ask for things without rows too."""
    text = _STEPS.sub("", text)
    match = _WITH_EMPTY.fullmatch(text)
    return (text, False) if match is None else (match["rest"] or match["zero"], True)


def _with_unit(dimensions: tuple[str, ...], view: View) -> tuple[str, ...] | None:
    """Return the dimensions with the unit of time that the view names; None if there is another
    one.
    """
    units = [one for one in dimensions if one in UNITS]
    if not view.unit or units == [view.unit]:
        return dimensions
    return None if units else (view.unit, *dimensions)
