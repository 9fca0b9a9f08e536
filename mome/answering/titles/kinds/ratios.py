"""Read the ratio of two figures and their difference: `ratio of failed to completed payments`,
`difference between the highest and the lowest price per category`. One of the kinds.

Figures of two tables are computed apart, and only over all rows. The difference is the figure named
first less the other one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mome.answering.titles.grammar import Phrasing, title_parts
from mome.answering.titles.kinds.reading import Composed, KindReading, unviewed
from mome.answering.titles.kinds.sides import (
    StateSides,
    are_apart,
    sides_of,
    with_meant_states,
    with_stored_words,
)
from mome.answering.titles.parts import FigurePhrase, TitleParts
from mome.answering.titles.phrases import figure_phrase, figure_phrases
from mome.answering.titles.views import LEVEL, View

_TAIL = r"(?P<tail>,? (?:(?:broken down |split )?by|per|(?:for|in|of|at) (?:each|every)) .+)?"
_TO = " <to> "
"""Stands between two figures that are compared."""
_A, _B = r"(?P<one>.+?)", r"(?P<other>.+?)"
_PATTERNS = (
    ("{0} / {1}", re.compile(rf"(?:the )?ratio (?:of|between) {_A} (?:to|and|over) {_B}{_TAIL}")),
    ("{0} / {1}", re.compile(rf"(?:the )?{_A}[- ]to[- ]{_B} ratio{_TAIL}")),
    ("{0} / {1}", re.compile(rf"{_A},? divided by {_B}{_TAIL}")),
    (
        "100.0 * {0} / {1}",
        re.compile(rf"{_A},? (?:as a percentage of|in percent of) (?:the )?{_B}{_TAIL}"),
    ),
    ("{0} - {1}", re.compile(rf"(?:the )?difference between {_A} and {_B}{_TAIL}")),
    ("{0} - {1}", re.compile(rf"{_A} minus {_B}{_TAIL}")),
    (
        "{0} - {1}",
        re.compile(
            rf"(?:by )?how many more {_A} than {_B}(?: (?:are|were) there| (?:did|do) (?:we|they)"
            rf" (?:have|get))?{_TAIL}"
        ),
    ),
)


def two_figures(question: str, reading: KindReading) -> Composed | None:
    """Read the ratio or the difference of two figures."""
    if not any(pattern.search(question.lower()) for _, pattern in _PATTERNS):
        return None
    meant = with_meant_states(reading, question.lower())
    return _two(question, meant) or _two(question, with_stored_words(meant, question.lower()))


def _two(question: str, reading: KindReading) -> Composed | None:
    pairs: dict[FigurePhrase, FigurePhrase] = {}

    def phrases(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
        one, _, other = head.partition(_TO)
        if not other:
            return
        rows = re.sub(r"^(?:all|total) ", "", other)
        if rows != other and one.endswith(f" {rows}"):
            # Cancelled bookings to all bookings.
            state = replace(figure_phrase(rows), part=one.removesuffix(f" {rows}"))
            yield state, figure_phrase(rows)
        for sides in sides_of(f"{one} and {other}"):
            if len(sides.figures) == 2 and are_apart(StateSides(sides.figures, True), "", reading):
                yield sides.figures
        for figures in figure_phrases(f"{one} and {other}"):
            if len(figures) == 1 and len(figures[0].aggregates) == 2:
                yield figures
        first, second = _whole(one), _whole(other)
        yield first, second
        pairs[first] = second
        yield (first,)

    for parts in title_parts(question, Phrasing(phrases, unviewed, take_two)):
        if not parts.view.is_joint:
            return None
        plain = replace(parts, is_lookup=False, is_listing=False)
        number = sum(len(one.aggregates) for one in parts.figures)
        found = _apart(plain, pairs, reading) if number == 1 else reading.first([plain])
        if found is not None:
            return found
    return None


def _whole(text: str) -> FigurePhrase:
    """Return the phrase for one of the figures; rows are counted."""
    return figure_phrase(re.sub(r"^(?:the|all|our) ", "", text))


def take_two(text: str) -> tuple[str, View]:
    """Return the text with two figures that it compares, and the view of them."""
    for call, pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is not None:
            rest = f"{match['one']}{_TO}{match['other']}{match['tail'] or ''}"
            return rest, View((call,), is_joint=True)
    return text, LEVEL


def _apart(
    parts: TitleParts, pairs: dict[FigurePhrase, FigurePhrase], reading: KindReading
) -> Composed | None:
    """Return the query of two figures over all rows of a table each; None if there are groups."""
    if parts.dimensions or parts.order or parts.limit:
        return None
    first = replace(parts, view=LEVEL)
    second = replace(first, figures=(pairs[parts.figures[0]],))
    one, other = reading.first([first]), reading.first([second])
    if one is None or other is None:
        return None
    # Each has its own names of tables.
    renamed = re.sub(r"\bt(?=\d+\.)|(?<= AS )t(?=\d)", "u", other.form)
    form = f"SELECT {parts.view.templates[0].format(f'({one.form})', f'({renamed})')}"
    return Composed(form, f"{one.note}; compared with: {other.note}")
