"""Read figures of several states of the same rows, a column for each: `open versus closed tickets
per team`, `how many orders were shipped and how many returned`. One of the kinds.

`Open and late jobs` without more are those of either, which is read as a title: two states stand
side by side if they exclude each other and cover all rows, if they are those of a status in each
group, or if a word sets them against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mome.answering.titles.figures import TitleFigure
from mome.answering.titles.grammar import Phrasing, title_parts
from mome.answering.titles.kinds.reading import Composed, KindReading, unviewed
from mome.answering.titles.kinds.stored_states import meant_states, stored_states, with_stored
from mome.answering.titles.parts import FigurePhrase
from mome.answering.titles.phrases import figure_phrase
from mome.answering.titles.said_words import parts_of
from mome.linking.said_periods import said_periods

_AGAINST = r"(?:versus|vs\.?|against|as opposed to|compared (?:to|with|against))"
_SET_AGAINST = re.compile(rf"\b{_AGAINST} ")
_COLUMNS = re.compile(
    r",? (?:side by side|next to each other|separately|in (?:two|three|four|separate) columns"
    r"|as (?:two|three|four|separate) columns|each in (?:its|their) own column)"
)
_BETWEEN = re.compile(rf",? (?P<word>and|{_AGAINST}) |, (?P<comma>)")
_HOW_MANY = re.compile(
    r"(?:how many |number of )(?:of (?:its|their|the|our|all|these) )?(?P<first>.+?)"
    r"(?P<others>(?:,? (?:and |versus |vs\.? )?how many .+?)+)"
)
_OTHER = re.compile(r",? (?:and |versus |vs\.? )?how many (?:of (?:them|these|those) )?")
_WITHOUT = re.compile(rf"(?P<rows>.+) with (?:and|{_AGAINST}) without (?:an? |any )?(?P<column>.+)")
_BE = r"(?:(?:that|which) )?(?:is|are|was|were|has been|have been|had been|got|have|has)"
_PREFIX = re.compile(
    r"(?P<prefix>(?:how many |number of |count of |(?:total |average |overall |combined )?"
    r"[a-z ]*?\b(?:of|from|for|on|in) |total |average )?(?:the |our |all )*)(?P<rest>.+)"
)
_TIMED = re.compile(
    r"\b(?:per|by|each|every|over the|of the) (?:day|week|month|quarter|year)s?\b"
    r"|\b(?:daily|weekly|monthly|quarterly|yearly|annual|annually)\b"
)
_GROUPED = re.compile(r"\b(?:per|by|each|every)\b")
_STATUS = frozenset("status stat sts result rslt outcome".split())
"""Parts of the name of a column that says what has become of a row."""


@dataclass(frozen=True)
class StateSides:
    """Figures that a title sets side by side."""

    figures: tuple[FigurePhrase, ...]
    is_set: bool
    """Whether a word sets them against each other, or asks for each on its own."""


def states_side_by_side(question: str, reading: KindReading) -> Composed | None:
    """Read figures of several states of the same rows, a column for each."""
    text = question.lower()
    is_asked = _COLUMNS.search(text) is not None
    text = _COLUMNS.sub("", text)
    if _BETWEEN.search(text) is None:
        return None
    meant = with_meant_states(reading, text)
    found = _side_by_side(text, meant, is_asked=is_asked)
    if found is not None or _SET_AGAINST.search(text) is None:
        return found
    return _side_by_side(text, with_stored_words(meant, text), is_asked=is_asked)


def _side_by_side(text: str, reading: KindReading, *, is_asked: bool) -> Composed | None:
    def phrases(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
        for sides in sides_of(head):
            sides = replace(sides, is_set=sides.is_set or is_asked)
            if are_apart(sides, text, reading):
                yield sides.figures

    return reading.first(title_parts(text, Phrasing(phrases, unviewed, unviewed)))


def with_meant_states(reading: KindReading, text: str) -> KindReading:
    """Return the reading with the codes that words of a text mean: where returned and lost are told
    apart by a code, so is what is delivered, even if it has a date.
    """
    meant = meant_states(re.findall(r"[a-z]+", text), reading.catalog)
    values = with_stored(reading.scope.values, meant)
    return replace(reading, scope=replace(reading.scope, values=values))


def with_stored_words(reading: KindReading, text: str) -> KindReading:
    """Return the reading with the stored values that are words of names too, as orders of a `store`
    are where the channel is one. They are only meant where they are set against others.
    """
    stored = stored_states(re.findall(r"[a-z]+", text), reading.catalog)
    values = with_stored(reading.scope.values, stored)
    return replace(reading, scope=replace(reading.scope, values=values))


def sides_of(head: str) -> Iterator[StateSides]:
    """Yield the figures that a head may set side by side."""
    yield from _asked_each(head)
    yield from _with_and_without(head)
    places = list(_BETWEEN.finditer(head))
    if not places:
        return
    is_set = any(match["word"] not in (None, "and") for match in places)
    starts = [0, *(match.end() for match in places)]
    ends = [*(match.start() for match in places), len(head)]
    items = [head[start:end] for start, end in zip(starts, ends, strict=True)]
    opening = _PREFIX.fullmatch(items[0])
    prefixes = {"", opening["prefix"] if opening is not None else ""}
    for prefix in sorted(prefixes, key=len, reverse=True):
        bare = [items[0].removeprefix(prefix), *items[1:]]
        for noun, states in (*_ending(bare), *_beginning(bare), *_repeated(bare)):
            figures = tuple(_side(f"{prefix}{noun}", state) for state in states)
            yield StateSides(figures, is_set)


def _asked_each(head: str) -> Iterator[StateSides]:
    """Yield the sides of `how many orders were shipped and how many returned`."""
    match = _HOW_MANY.fullmatch(head)
    if match is None:
        return
    others = [re.sub(rf"^{_BE} ", "", one) for one in _OTHER.split(match["others"])[1:]]
    words = match["first"].split()
    for place in range(1, len(words) + 1):
        rows, state = " ".join(words[:place]), " ".join(words[place:])
        first = _side(f"how many {rows}", state) if state else figure_phrase(f"how many {rows}")
        # How many were escalated and how many were not.
        states = [f"not {state}" if one == "not" else one for one in others]
        sides = [_side(f"how many {rows}", one) for one in states]
        yield StateSides((first, *sides), True)


def _with_and_without(head: str) -> Iterator[StateSides]:
    """Yield the sides of `members with and without an email`."""
    match = _WITHOUT.fullmatch(head)
    if match is not None:
        states = (f"with an {match['column']}", f"without an {match['column']}")
        yield StateSides(tuple(_side(match["rows"], state) for state in states), True)


def _ending(items: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows and the states of `paid and unpaid invoices`."""
    words = items[-1].split()
    for place in range(1, len(words)):
        noun = " ".join(words[place:])
        states = [*items[:-1], " ".join(words[:place])]
        # Open tickets and closed tickets.
        yield noun, [state.removesuffix(f" {noun}") for state in states]


def _beginning(items: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows and the states of `invoices paid and unpaid`."""
    words = items[0].split()
    for place in range(1, len(words)):
        yield " ".join(words[:place]), [" ".join(words[place:]), *items[1:]]


def _repeated(items: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows and the states of `printed jobs versus jobs not yet printed`."""
    words = items[0].split()
    for place in range(1, len(words)):
        noun, state = " ".join(words[place:]), " ".join(words[:place])
        others = [item.removeprefix(f"{noun} ") for item in items[1:]]
        if all(other != item for other, item in zip(others, items[1:], strict=True)):
            yield noun, [state, *others]


def _side(figure: str, state: str) -> FigurePhrase:
    return replace(figure_phrase(figure), part=state)


def are_apart(sides: StateSides, text: str, reading: KindReading) -> bool:
    """Return whether the figures are meant one beside the other, of the same rows."""
    found: list[TitleFigure] = []
    for phrase in sides.figures:
        read = reading.figures.read(phrase, reading.scope)
        if len(read) != 1 or (phrase.part and not read[0].part):
            return False
        found += read
    parts = [one.part for one in found if one.part]
    if len(set(parts)) != len(parts) or any(len(part) != 1 for part in parts):
        return False
    columns = {(part[0].path, part[0].column) for part in parts}
    is_timed = bool(_TIMED.search(text)) or bool(said_periods(text))
    if len(columns) > 1:
        # Fulfilled and cancelled pledges per year: by the year of what?
        are_events = all(part[0].operator in ("IS", "IS NOT") for part in parts)
        return (sides.is_set or are_events) and not is_timed
    if _are_all(found, parts):
        return True
    name = parts_of(parts[0][0].column)
    is_status = bool(_STATUS.intersection(name)) and bool(_GROUPED.search(text))
    # What has happened twice, as `opened versus reopened`, would be one state.
    return sides.is_set or is_status


def _are_all(figures: Sequence[TitleFigure], parts: Sequence[Sequence]) -> bool:
    """Return whether each row is in one of the states of one column."""
    tests = [(part[0].operator, part[0].value) for part in parts]
    operators = {operator for operator, _ in tests}
    if operators in ({"IS", "IS NOT"}, {"=", "<>"}):
        return len(tests) == 2 and (len({value for _, value in tests}) == 1)
    condition = parts[0][0]
    table = condition.path[-1].target if condition.path else figures[0].table
    column = table.column(condition.column)
    if column is None or operators != {"="} or not column.values_complete:
        return False
    return len(tests) == len([one for one in column.values or () if one is not None])
