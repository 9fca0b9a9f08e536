"""Read a figure in each of two periods, and how they differ: `revenue in 2023 and in 2024 per
country`, `how many more orders in 2024 than in 2023`. One of the kinds.

The columns stand as the question names the periods. A difference is that of the period named first
in `more in 2024 than in 2023`, and else of the later one, less the other. `In 2023 and 2024` may be
one figure of both, and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mome.answering.titles.grammar import Phrasing, title_parts
from mome.answering.titles.kinds.reading import Composed, KindReading, unviewed
from mome.answering.titles.parts import FigurePhrase, TitleParts
from mome.answering.titles.phrases import figure_phrases
from mome.answering.titles.views import LEVEL, View
from mome.linking.said_periods import period_spans, said_periods

_IN = r"(?:in|of|for|from|during)"
_YEAR = r"(?:the )?(?:years? |months? )?"
_ONE, _OTHER = rf"{_YEAR}<one>", rf"{_YEAR}<other>"
_AGAINST = r"(?:versus|vs\.?|against|compared (?:to|with|against)|as opposed to|relative to)"
_THAN = rf"(?:than|{_AGAINST})(?: (?:that|those|it was))?"
_TAIL = r"(?P<tail>,? (?:(?:broken down |split )?by|per|(?:for|in|of) (?:each|every)) .+)?"
_TOP = r"(?P<top>top [\w-]+ [^,]+? by (?:the )?)?"
_SIDES = (
    re.compile(
        rf"compare (?:the )?(?P<rest>.+?),? (?:{_IN} )?{_ONE} (?:and|with|to) (?:{_IN} )?"
        rf"{_OTHER}{_TAIL}"
    ),
    re.compile(rf"(?P<rest>.+?),? (?:{_IN} )?{_ONE},? {_AGAINST} (?:{_IN} )?{_OTHER}{_TAIL}"),
    re.compile(rf"(?P<rest>.+?) {_IN} {_ONE},? and (?:also )?{_IN} {_OTHER}{_TAIL}"),
)
_MORE = (
    re.compile(
        r"(?:by )?how (?P<what>many) (?P<sign>more|fewer|less) (?P<rest>.+?)"
        r"(?: (?:were|was|are|is)(?: there)?| (?:did|do) (?:we|they) (?:have|get|see|receive))? "
        rf"{_IN} {_ONE} {_THAN} (?:{_IN} )?{_OTHER}{_TAIL}"
    ),
    re.compile(
        r"(?:by )?how (?P<what>much) (?P<sign>more|less|higher|lower|larger|smaller|greater) "
        rf"(?:(?:was|were|is|are) )?(?:the |our )?(?P<rest>.+?) {_IN} {_ONE} {_THAN} "
        rf"(?:{_IN} )?{_OTHER}{_TAIL}"
    ),
)
_CHANGED = (
    re.compile(
        rf"{_TOP}(?:absolute )?(?:difference|change) (?:in|of|between) (?:the )?(?P<rest>.+?) "
        rf"(?:between|from|in|of) {_ONE} (?:and|to) (?:(?:that |those )?{_IN} )?{_OTHER}{_TAIL}"
    ),
    re.compile(
        r"(?P<top>)(?:by )?how much (?:did|has|have) (?:the |our )?(?P<rest>.+?) (?:grow|grown"
        r"|change|changed|increase|increased|rise|risen) (?:from|between) "
        rf"{_ONE} (?:to|and) {_OTHER}{_TAIL}"
    ),
)
_RATIO = re.compile(
    rf"ratio (?:of|between) (?:the )?(?P<rest>.+?) {_IN} {_ONE} (?:to|and) "
    rf"(?:(?:that|those|the|(?P=rest)) )*(?:{_IN} )?{_OTHER}{_TAIL}"
)
_LESS = frozenset("fewer less lower smaller".split())
_AGGREGATED = re.compile(
    r"^(?:number|count|total|sum|average|mean|median|minimum|maximum|lowest|highest)\b"
)
_OPENING = re.compile(r"^(?:what (?:is|was|were|are)|show(?: me)?|give(?: me)?) (?:the )?")


def two_periods(question: str, reading: KindReading) -> Composed | None:
    """Read a figure in each of two periods, their difference or their ratio."""
    options = title_parts(question, Phrasing(_figures, take_periods, unviewed))
    return reading.first(_clear(one) for one in options if one.view.compared[0])


def _figures(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
    for figures in figure_phrases(head):
        # The change of a share is one of points, which is another question.
        if len(figures) == 1 and not figures[0].is_share:
            yield figures


def _clear(parts: TitleParts) -> TitleParts:
    """Return the parts of what can ask for no stored number and no rows."""
    return replace(parts, is_lookup=False, is_listing=False)


def take_periods(text: str) -> tuple[str, View]:
    """Return the text without two periods, and the view of the figure in them."""
    names, spans = said_periods(text), period_spans(text)
    if len(names) != 2 or len(spans) != 2 or names[0] == names[1]:
        return text, LEVEL
    (start, end), (second, last) = spans
    marked = f"{text[:start]}<one>{text[end:second]}<other>{text[last:]}"
    found = _compared(_OPENING.sub("", marked), names[0] <= names[1])
    if found is None:
        return text, LEVEL
    rest, calls = found
    return rest, View(calls, compared=(names[0], names[1]))


def _compared(text: str, is_in_order: bool) -> tuple[str, tuple[str, ...]] | None:
    """Return the text without its two periods, and the calls for the figure in the first and in the
    second one; None if it does not compare them.

    `is_in_order`: whether the period named first is the earlier one.
    """
    for pattern in _SIDES:
        match = pattern.fullmatch(text)
        if match is not None:
            return _without_periods(match), ("{0}", "{1}")
    for pattern in _MORE:
        match = pattern.fullmatch(text)
        if match is not None:
            call = "{1} - {0}" if match["sign"] in _LESS else "{0} - {1}"
            return _counted(match), (call,)
    for pattern in _CHANGED:
        match = pattern.fullmatch(text)
        if match is not None:
            call = "{1} - {0}" if is_in_order else "{0} - {1}"
            return f"{match['top'] or ''}{_without_periods(match)}", (call,)
    match = _RATIO.fullmatch(text)
    return None if match is None else (_without_periods(match), ("{0} / {1}",))


def _without_periods(match: re.Match[str]) -> str:
    return f"{match['rest']}{match['tail'] or ''}"


def _counted(match: re.Match[str]) -> str:
    """Return the same with its aggregate: how many rows, and how much of a number."""
    text = _without_periods(match)
    if match["what"] == "many":
        return f"how many {text}"
    return text if _AGGREGATED.match(text) else f"total {text}"
