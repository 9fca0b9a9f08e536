"""Conditions that compare two dates of a row: `paid after the due date`, `delivered on time`.
`figure_reader` calls this.

Both dates have to be clear: the one that says what happened, and the only one that says by when it
was to happen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mome.answering.titles.columns import date_columns_of
from mome.answering.titles.figures import TitleFigure
from mome.answering.titles.from_clause import START, name_of
from mome.answering.titles.naming import dated_parts
from mome.answering.titles.restrictions import RowCondition, happened
from mome.answering.titles.said_words import Words, are_explained, are_said, parts_of
from mome.catalog import Column, Table
from mome.forms.stored import DAY, MOMENT, TEXT_DAY, TEXT_MOMENT, date_kind
from mome.linking.names import stem

_DUE = frozenset(
    map(
        stem,
        "due promised promise deadline expected planned scheduled requested required needed target "
        "estimated agreed".split(),
    )
)
"""Parts of the name of a date by which something is to happen."""
_STOPPED = frozenset(map(stem, "cancelled canceled deleted refunded lost rejected".split()))
"""Parts of the name of a date that nobody is late with."""
# Verbs that fit whatever is awaited.
_ANY_VERB = frozenset("is are was were came come in arrived made done there got it them".split())
_DONE = r"(?:(?P<done>[a-z]+(?: in| there| back)?) )?"
_DUE_NAMED = r"(?:the |their |its )?(?P<due>[a-z][a-z ]*?)(?: date| day| time)?"
_PATTERNS = (
    (">", re.compile(rf"{_DONE}(?:too )?late")),
    ("<=", re.compile(rf"{_DONE}(?:on|in) time")),
    ("<", re.compile(rf"{_DONE}(?:too )?(?:early|ahead of (?:time|schedule))")),
    (
        "<=",
        re.compile(rf"{_DONE}(?:on or before|no later than|not later than|by|within) {_DUE_NAMED}"),
    ),
    (">=", re.compile(rf"{_DONE}on or after {_DUE_NAMED}")),
    (">", re.compile(rf"{_DONE}(?:after|later than|past) {_DUE_NAMED}")),
    ("<", re.compile(rf"{_DONE}(?:before|earlier than|ahead of) {_DUE_NAMED}")),
)
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OF_DAYS = frozenset({DAY, TEXT_DAY})
_OF_MOMENTS = frozenset({MOMENT, TEXT_MOMENT})


@dataclass(frozen=True)
class ComparedDates:
    """A condition that compares two dates of a row."""

    done: str
    """The name of the date on which something happened."""
    condition: RowCondition | None
    """None if it is not clear which dates are meant."""


UNCLEAR = ComparedDates("", None)


def compared_dates(
    table: Table, text: str, words_of: Callable[[str], Words]
) -> ComparedDates | None:
    """Return the condition that a text says of two dates; None if it compares no dates."""
    for operator, pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        said = match.groupdict()
        due = _due(table, words_of(said.get("due") or ""))
        done = _done(table, words_of(said["done"] or ""), due)
        if due is None or done is None:
            return UNCLEAR
        return ComparedDates(done.name, _condition(done, operator, due))
    return None


def with_dates(
    figure: TitleFigure, dates: ComparedDates, *, of_happened: bool
) -> TitleFigure | None:
    """Return the figure of those of its rows whose dates compare so; None if it is not clear which
    dates are meant.

    `of_happened`: whether rows to which it has not happened yet do not count at all.
    """
    if dates.condition is None:
        return None
    rows = figure.rows
    if of_happened:
        rows = (*rows, RowCondition((), dates.done, "NULL", "IS NOT"))
    return replace(figure, rows=rows, part=(dates.condition,))


def _due(table: Table, words: Words) -> Column | None:
    """Return the date by which something is to happen; None if none or several are meant."""
    dates = [c for c in date_columns_of(table) if date_kind(c) in _OF_DAYS | _OF_MOMENTS]
    if words:
        found = [c for c in dates if _is_named(c, table, words)]
    else:
        found = [c for c in dates if _DUE.intersection(map(stem, parts_of(c.name)))]
    return found[0] if len(found) == 1 else None


def _is_named(column: Column, table: Table, words: Words) -> bool:
    named = [*parts_of(column.name), *parts_of(table.name)]
    parts = dated_parts(column)
    is_due = bool(_DUE.intersection(map(stem, parts)))
    return is_due and are_said(parts, words) and are_explained(words, named)


def _done(table: Table, words: Words, due: Column | None) -> Column | None:
    """Return the date on which something happened; None if none or several are meant."""
    dates = [c for c in date_columns_of(table) if c is not due]
    if words and not all(word.text in _ANY_VERB for word in words):
        found = [c for c in dates if happened(c, table, words)]
    else:
        found = [c for c in dates if c.nullable and _is_awaited(c)]
    return found[0] if len(found) == 1 else None


def _is_awaited(column: Column) -> bool:
    stems = set(map(stem, parts_of(column.name)))
    return not stems & (_STOPPED | _DUE)


def _condition(done: Column, operator: str, due: Column) -> RowCondition | None:
    """Return the comparison, by days if one of the dates has no time."""
    kinds: Sequence[str | None] = (date_kind(done), date_kind(due))
    if all(kind in _OF_DAYS for kind in kinds) or all(kind in _OF_MOMENTS for kind in kinds):
        return RowCondition((), done.name, name_of(START, due.name), operator)
    if kinds[0] in _OF_MOMENTS and kinds[1] in _OF_DAYS:
        cut = f"TRUNC({name_of(START, done.name)}, 'day')"
        return RowCondition((), due.name, cut, _TURNED[operator])
    if kinds[0] in _OF_DAYS and kinds[1] in _OF_MOMENTS:
        cut = f"TRUNC({name_of(START, due.name)}, 'day')"
        return RowCondition((), done.name, cut, operator)
    return None
