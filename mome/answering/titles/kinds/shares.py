"""Read the share of each thing in a whole: `each region's share of the total rent`, `share of each
product in its category's revenue`. One of the kinds.

The whole is that of all groups, or of those of the thing that it belongs to. Each group is named,
so that `the share of each team in all open tickets` has one reading only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mome.answering.titles.grammar import Phrasing, title_parts
from mome.answering.titles.kinds.reading import Composed, KindReading, unviewed
from mome.answering.titles.parts import FigurePhrase
from mome.answering.titles.phrases import figure_phrases
from mome.answering.titles.views import LEVEL, View

_WHAT = r"(?P<what>percentage|percent|share|proportion|fraction)"
_EACH = r"(?:each|every)"
_THING = r"(?P<thing>[\w -]+?)"
_GROUP = r"(?P<group>[\w -]+?)"
_OF_ALL = r"(?:(?:the|all|our|whole|overall|entire) )*"
_FIGURE = r"(?P<figure>[\w -]+?)"
_IS = r"(?:is|are|was|were|comes?|came|goes|went|falls?|fell|belongs?)"
_PREPOSITION = r"(?:(?:on|in|from|of|by|with|to|at|for) )?"
_WITHIN = (
    # Share of each plan in its family's subscriptions.
    re.compile(rf"{_WHAT} of {_EACH} {_THING} (?:in|of) its {_GROUP}'s? {_FIGURE}"),
    re.compile(rf"{_WHAT} of {_EACH} {_THING} (?:in|of) the {_FIGURE} of (?:its|the) {_GROUP}"),
    re.compile(
        rf"{_WHAT} of {_EACH} {_THING} within (?:its|each|every) {_GROUP}"
        rf"(?: by| in terms of|, by) (?:the )?{_FIGURE}"
    ),
    # Each plan's share of its family's subscriptions.
    re.compile(rf"{_EACH} {_THING}'s? {_WHAT} of its {_GROUP}'s? {_FIGURE}"),
    re.compile(rf"{_EACH} {_THING}'s? {_WHAT} of the {_FIGURE} of its {_GROUP}"),
    # Share of the subscriptions by billing cycle within each family.
    re.compile(
        rf"{_WHAT} of (?:the |all )?{_FIGURE} (?:by|per) {_THING},? (?:within|inside) {_EACH} "
        rf"{_GROUP}"
    ),
    # Within each family, what share of its subscriptions is on each cycle.
    re.compile(
        rf"{_WHAT} of (?:its|their|the) {_FIGURE} {_IS} {_PREPOSITION}{_EACH} {_THING} "
        rf"(?:for|in|within|of) {_EACH} {_GROUP}"
    ),
)
_OVERALL = (
    re.compile(rf"{_WHAT} of {_EACH} {_THING} (?:in|of|to) {_OF_ALL}{_FIGURE}"),
    re.compile(rf"{_EACH} {_THING}'s? {_WHAT} (?:of|in) {_OF_ALL}{_FIGURE}"),
    re.compile(
        rf"{_WHAT} of {_OF_ALL}{_FIGURE} (?:does|do|did) {_EACH} {_THING} (?:account for|make up"
        r"|contribute|have|bring in|generate|represent|hold|make|take)"
    ),
)


def shares_of_each(question: str, reading: KindReading) -> Composed | None:
    """Read the share of each thing in a whole."""
    options = title_parts(question, Phrasing(_summed, unviewed, take_share))
    return reading.first(
        replace(one, is_lookup=False, is_listing=False)
        for one in options
        if one.view.over == "each"
    )


def _summed(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
    """Yield the figures of a head; a share of a number is one of its sum."""
    yield from figure_phrases(head)
    yield (FigurePhrase(head, ("sum",)),)


def take_share(text: str) -> tuple[str, View]:
    """Return the text as a figure by its groups, and the view of their shares."""
    for within, patterns in ((1, _WITHIN), (0, _OVERALL)):
        for pattern in patterns:
            match = pattern.fullmatch(text)
            if match is None:
                continue
            said = match.groupdict()
            is_percent = (said["what"] or "percent").startswith("percent")
            call = "PERCENT" if is_percent else "SHARE"
            groups = f"{said['group']} and {said['thing']}" if within else said["thing"]
            template = f"{call}({{}}, {{within}})" if within else f"{call}({{}})"
            view = View((template,), "each", within=within)
            return f"{said['figure']} by {groups}", view
    return text, LEVEL
