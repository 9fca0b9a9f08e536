"""What a title shows of its figure: its level, its course over time, its share of the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mome.linking.names import question_words
from mome.linking.said_periods import said_periods


@dataclass(frozen=True)
class View:
    """What is shown in the place of a figure or beside it."""

    templates: tuple[str, ...] = ("{}",)
    """Calls of the form, with `{}` for the figure."""
    over: str = ""
    """time if the groups have to be those of one unit of time, groups if there have to be some,
    each if the title asks for each of them.
    """
    unit: str = ""
    """The unit of time that the words name; empty for that of the dimension."""
    compared: tuple[str, str] = ("", "")
    """Two periods, the later one first; the calls then have two `{}`, for the figure in each."""
    is_joint: bool = False
    """Whether each call is of all figures at once, with `{}` for each, as a ratio of two is."""
    within: int = 0
    """Number of the first dimensions in each of which the whole lies; the calls then have a
    `{within}` for their columns.
    """
    note: str = ""
    """How the view was read, for people."""


LEVEL = View()
_UNIT = r"(?P<unit>day|week|month|quarter|year)"
_BEFORE = (
    rf"(?:the )?(?:(?:previous|prior|preceding|last|past) (?:{_UNIT}|one|period)"
    rf"|(?:that of the )?{_UNIT.replace('unit', 'unit_2')} before|(?:one|period) before)"
)
_AGAINST = r"(?:from|to|over|on|against|versus|vs\.?|compared (?:to|with)|relative to)"
_CHANGE = r"(?P<what>change|difference|growth(?: rate)?|increase)"
_IN_PERCENT = r"(?P<percent>,? \(?(?:in (?:percent|%)|as an? percent(?:age)?|%)\)?)?"
_PERCENT_BEFORE = r"(?P<relative>(?:percent(?:age|ual)?|relative|%) )?"
_WITH = r",? (?:with|and|plus|including)(?: also)? (?:the |its |their |a )?"
_IN_FRONT = (
    (
        "running",
        re.compile(
            r"(?:running|cumulative|cumulated) (?:(?:total|sum|count) of )?(?P<rest>.+?)"
            r"(?: since the beginning| so far| to date)?"
        ),
    ),
    (
        "moving",
        re.compile(rf"(?P<size>\w+)[- ]{_UNIT}s? (?:moving|rolling) average of (?P<rest>.+)"),
    ),
    (
        "change",
        re.compile(
            rf"(?P<unit>day|week|month|quarter|year)[- ](?:over|on|to)[- ](?P=unit) "
            rf"{_PERCENT_BEFORE}{_CHANGE} (?:in|of) (?P<rest>.+?){_IN_PERCENT}"
        ),
    ),
    (
        "change",
        re.compile(
            rf"(?P<by>daily|weekly|monthly|quarterly|yearly|annual) {_PERCENT_BEFORE}{_CHANGE} "
            rf"(?:in|of) (?P<rest>.+?){_IN_PERCENT}"
        ),
    ),
    (
        "change",
        re.compile(
            rf"{_PERCENT_BEFORE}{_CHANGE} (?:in|of) (?P<rest>.+?) {_AGAINST} {_BEFORE}{_IN_PERCENT}"
        ),
    ),
    (
        "part",
        re.compile(
            r"(?P<what>percentage|percent|share|proportion|fraction) of (?P<rest>.+?) "
            r"(?:by|per|for each|in each|(?:comes?|came|goes|went|falls?|belongs?)"
            r" (?:from|to|on|in) (?:each|every|which)) (?P<groups>.+)"
        ),
    ),
)
_AT_END = (
    ("running", re.compile(rf"(?P<rest>.+?){_WITH}(?:running|cumulative) (?:total|sum|count)")),
    (
        "change",
        re.compile(
            rf"(?P<rest>.+?){_WITH}{_PERCENT_BEFORE}{_CHANGE} {_AGAINST} {_BEFORE}{_IN_PERCENT}"
        ),
    ),
    (
        "change",
        re.compile(
            rf"(?P<rest>.+?),? and how (?:much )?(?:it|they|that|this) (?P<what>changed|grew) "
            rf"{_AGAINST} {_BEFORE}{_IN_PERCENT}"
        ),
    ),
    (
        "previous",
        re.compile(
            r"(?P<rest>.+?),? (?:together with|next to|beside|and|with) (?:that|those) of "
            rf"{_BEFORE}"
        ),
    ),
    (
        "part",
        re.compile(
            r"(?P<rest>.+?),? as (?:a |an )?(?P<what>percentage|percent|share|proportion|fraction)"
            r" of (?:the )?(?:whole|total|overall total|grand total|all)"
        ),
    ),
)
UNIT_OF = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annual": "year",
}
"""What happens regularly -> its unit of time."""


_GROWN = "grow|grown|change|changed|increase|increased|rise|risen|fall|fallen|drop|dropped|decrease"
_OF_TWO = r"(?:from|between) (?P<early>[^,]+?) (?:to|and) (?P<late>[^,]+?)"
_PERCENT_OF_TWO = (
    re.compile(
        rf"(?:by )?(?:how many|what) (?:percent(?:age)?|%) (?:did|has|have) (?:the |our )?"
        rf"(?P<rest>.+?) (?:{_GROWN}) {_OF_TWO}"
    ),
    re.compile(
        r"(?:percent(?:age)? )?growth(?: rate)?(?: in percent)? (?:in|of) (?:the |our )?"
        rf"(?P<rest>.+?) {_OF_TWO}(?: in percent)?"
    ),
    re.compile(
        rf"percent(?:age)? (?:change|increase|difference) (?:in|of) (?:the |our )?(?P<rest>.+?)"
        rf" {_OF_TWO}"
    ),
    re.compile(
        r"(?:by )?how many percent (?:higher|larger|greater|more|lower) (?:was|were|is) "
        r"(?:the |our )?(?P<rest>.+?) (?:in|of|for) (?P<late>[^,]+?) than (?:(?:that|those) )?"
        r"(?:in|of|for) (?P<early>[^,]+)"
    ),
)


def take_comparison(text: str) -> tuple[str, View]:
    """Return the text without two periods that it compares, and the view of them."""
    for pattern in _PERCENT_OF_TWO:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        early, late = said_periods(match["early"]), said_periods(match["late"])
        if len(early) == 1 and len(late) == 1:
            compared = (late[0], early[0])
            return match["rest"], View(("100 * GROWTH({}, {})",), compared=compared)
    return text, LEVEL


def take_view(text: str) -> tuple[str, View]:
    """Return the text without the words for a view, and the view."""
    for kind, pattern in _IN_FRONT:
        match = pattern.fullmatch(text)
        if match is not None:
            return _taken(kind, match, beside=False)
    for kind, pattern in _AT_END:
        match = pattern.fullmatch(text)
        if match is not None:
            return _taken(kind, match, beside=kind != "part")
    return text, LEVEL


def _taken(kind: str, match: re.Match[str], *, beside: bool) -> tuple[str, View]:
    """Return what a pattern leaves, and its view, `beside` the level or alone."""
    said = {key: value for key, value in match.groupdict().items() if value}
    rest, view = re.sub(r"^(?:the|our) ", "", said["rest"]), _view(kind, said)
    if "groups" in said:
        rest = f"{rest} by {said['groups']}"
    if view is None:
        return match.string, LEVEL
    return rest, with_level(view) if beside else view


def with_level(view: View) -> View:
    """Return the view with the figure itself before it."""
    return replace(view, templates=("{}", *view.templates))


def _view(kind: str, said: dict[str, str]) -> View | None:
    """Return the view that the parts of a pattern say; None if its size is no number."""
    if kind == "part":
        is_percent = said["what"].startswith("percent")
        return View(("PERCENT({})" if is_percent else "SHARE({})",), "groups")
    if kind == "running":
        return View(("RUNNING({})",), "time")
    unit = said.get("unit") or said.get("unit_2") or ""
    if "by" in said:
        unit = UNIT_OF[said["by"]]
    if kind == "moving":
        words = question_words(said["size"])
        size = words[0].number if len(words) == 1 else None
        return View((f"MOVING({{}}, {size})",), "time", unit) if size else None
    if kind == "previous":
        return View(("PREVIOUS({})",), "time", unit)
    grows = said["what"].startswith(("growth", "grew"))
    is_relative = grows or "percent" in said or "relative" in said
    if is_relative:
        note = f"the growth is in percent of the {unit or 'period'} before"
        return View(("100 * GROWTH({})",), "time", unit, note=note)
    return View(("CHANGE({})",), "time", unit)
