"""The parts of a title: `invoiced amount` | `by plan` | `in 2024` | `highest first`.

Nothing here knows the database; `reader` looks up what the phrases name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mome.answering.titles.bounds import number_of
from mome.answering.titles.parts import FigurePhrase, TitleParts, items_of
from mome.answering.titles.phrases import figure_phrases, is_share_of_rows, listed_figures
from mome.answering.titles.shapes import Shape, opened, ordered, shapes, turned
from mome.answering.titles.spans import TitleSpan, take_span
from mome.answering.titles.views import LEVEL, View, take_comparison, take_view, with_level
from mome.answering.titles.wording import BareTitle, bare_title

UNITS = ("day", "week", "month", "quarter", "year")
_GREETING = re.compile(r"^(?:hey|hi|hello)[, ]+")
_COLUMNS = re.compile(r"(?P<rest>.+?): (?P<columns>[^:]+,[^:]+)")
_SIZED = re.compile(
    r"(?P<name>.+?) (?:in )?(?:steps?|ranges?|buckets?|bins?|bands?|intervals?) of "
    r"(?P<size>[\d,.]+)"
)
_ON_AVERAGE = re.compile(
    r"^how many (?P<figure>[^,]+?) (?P<per>(?:per|each|every) [^,]+),? on average$"
)
_STEPS = re.compile(r",? with the lower (?:bound|limit) of each (?:step|range|band|bucket)")
_WITH_EMPTY = re.compile(
    r"(?P<rest>.+?)[,;]? (?:also|including|even|and also)(?: for)? (?:the |those |ones |\w+ )?"
    r"(?:empty ones|(?:that have|with|which have|who have) (?:none|no \w+|zero \w+|0 \w+)"
    r"|without(?: any| one)?(?: \w+)?)"
    r"|(?P<zero>.+?),? (?:zero included|including zeros?|zero if (?:there (?:were|are) )?none"
    r"|(?:showing |with )?(?:0|zero) where there (?:is|are|was|were) none)"
)


@dataclass(frozen=True)
class _Around:
    """What was taken off a title before it is divided."""

    rest: str
    verb: str
    """The verb by which it opens, as in `show me`; empty for none."""
    is_question: bool
    """Whether it opens like a question or a command at all."""
    items: tuple[str, ...]
    """The columns that it lists behind a colon."""
    keeps_all: bool
    wording: BareTitle
    view: View
    order: str
    span: TitleSpan


def _plain_view(text: str) -> tuple[str, View]:
    """Return the text without the words for a view, unless it asks for a share of the rows."""
    return (text, LEVEL) if is_share_of_rows(text) else take_view(text)


@dataclass(frozen=True)
class Phrasing:
    """What reads the parts of a title. A kind of questions that has wordings of its own replaces
    one of them.
    """

    figures: Callable[[str], Iterator[tuple[FigurePhrase, ...]]] = figure_phrases
    comparison: Callable[[str], tuple[str, View]] = take_comparison
    view: Callable[[str], tuple[str, View]] = _plain_view


PLAIN = Phrasing()


def title_parts(question: str, phrasing: Phrasing = PLAIN) -> Iterator[TitleParts]:
    """Yield the ways in which a question can be taken apart, the likeliest first; none if it names
    two periods or none of the parts but a head.
    """
    around = _around(question, phrasing)
    if around is None:
        return
    for shape in shapes(around.rest):
        dimensions = _with_unit(shape.dimensions, around.view)
        if dimensions is None:
            continue
        for figures in phrasing.figures(shape.head):
            is_bare = not (dimensions or around.span.condition or around.view != LEVEL)
            if is_bare and not all(map(_is_aggregated, figures)):
                continue
            named = tuple(_without(one, around.wording.left_out) for one in figures)
            yield from _with_lists(_parts(shape, named, dimensions, around))


def _around(question: str, phrasing: Phrasing) -> _Around | None:
    """Return a question without what stands around its parts; None if it names two periods."""
    text = " ".join(question.lower().split()).strip(" .?!:;")
    text, items = _listed(_GREETING.sub("", text))
    text, keeps_all = _with_empty(text)
    wording = bare_title(text)
    text = _ON_AVERAGE.sub(r"how many \g<figure> on average \g<per>", wording.text)
    # Before the period: two of them are compared, and `the previous month` is none where a change
    # to it is asked for.
    text, view = phrasing.comparison(text)
    opening, text = opened(turned(text))
    text, order = ordered(text)
    if view == LEVEL:
        text, view = phrasing.view(text)
    taken = take_span(text)
    if taken is None:
        return None
    text, span = taken
    if not opening.group():
        # `In 2024, what was` a figure.
        opening, text = opened(text)
    if not order:
        text, order = ordered(text)
    verb, is_question = opening["verb"] or "", bool(opening.group())
    return _Around(text, verb, is_question, tuple(items), keeps_all, wording, view, order, span)


def _with_lists(parts: TitleParts) -> Iterator[TitleParts]:
    """Yield the parts, and what the columns behind a colon may mean beside them: figures of their
    own, or the figure beside its view.
    """
    items, topic = parts.listed, parts.figures[0].head
    figures = listed_figures(items, topic)
    is_several = len(figures) > 1 and parts.dimensions and len(parts.figures) == 1
    if not is_several or parts.view != LEVEL:
        yield parts
    if figures and parts.dimensions and len(parts.figures) == 1:
        yield replace(parts, figures=figures, topic=topic, listed=())
    if items and (parts.view != LEVEL or parts.hides_figure):
        level = with_level(parts.view) if parts.view != LEVEL else LEVEL
        yield replace(parts, view=level, hides_figure=False)


def _without(figure: FigurePhrase, left_out: str) -> FigurePhrase:
    """Return a figure without the rows to which something has happened."""
    return replace(figure, absent=(*figure.absent, left_out)) if left_out else figure


def _is_aggregated(figure: FigurePhrase) -> bool:
    """Return whether a phrase says how one number is computed."""
    return figure.is_share or figure.aggregates != ("",)


def _parts(
    shape: Shape,
    figures: tuple[FigurePhrase, ...],
    dimensions: tuple[str, ...],
    around: _Around,
) -> TitleParts:
    """Return the parts of one reading."""
    is_viewed = around.view != LEVEL
    is_figure = shape.is_figure or figures[0].is_share or is_viewed or len(figures) > 1
    return TitleParts(
        figures,
        dimensions,
        around.span,
        order=around.order or shape.order,
        limit=shape.limit,
        skipped=shape.skipped,
        rates=shape.rates,
        view=around.view,
        within=shape.within,
        having=shape.having,
        hides_figure=shape.hides_figure,
        in_currency=around.wording.in_currency,
        only_filled=around.wording.only_filled,
        keeps_all=around.keeps_all,
        listed=around.items,
        is_listing=not is_figure and (bool(around.verb) or not dimensions),
        is_lookup=around.is_question and not dimensions,
    )


def _listed(text: str) -> tuple[str, list[str]]:
    """Return the text without the columns that it lists behind a colon, and these."""
    match = _COLUMNS.fullmatch(text)
    if match is None or turned(text) != text:
        return text, []
    return match["rest"], items_of(match["columns"])


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
