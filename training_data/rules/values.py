"""Rules on stored values: the values of a column, and the rows that have one of them.

Through these rules the memory learns what the codes in a column mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Subject
from training_data.language.words import PLACES, is_plural, plural, split_name
from training_data.sql.builder import count_all

if TYPE_CHECKING:
    from schemas.catalog import Column

VALUES_A_COLUMN = 12
# Words in a column's name whose values stand before the noun: `genre` gives "jazz albums".
_KINDS = frozenset(
    "type kind category class status state channel format color colour genre segment style mode gender material".split()
)


def distinct_values(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the different values of a column."""
    for column in subject.categories:
        phrase, glossed = subject.phrase(column), subject.glossed(column)
        many = plural(phrase)
        yield draft(
            exp.select(subject.sql.column(column))
            .distinct()
            .from_(subject.sql.table(subject.table)),
            f"What are the different {many} of {subject.many}?",
            f"distinct {many} of the {subject.many}",
            f"List each {phrase} that {subject.many} have, once.",
            f"which different {many} occur among {subject.many}",
            f"What are the distinct values of {glossed} among the {subject.many}?"
            if glossed
            else None,
        )


def rows_with_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that have a stored value."""
    for column, value in _stored(subject):
        first, *others = _told(subject, column, value)
        shown = subject.sql.columns(subject.names) or [exp.Star()]
        labels_of = subject.labels_of if subject.names else str
        yield draft(
            exp.select(*shown)
            .from_(subject.sql.table(subject.table))
            .where(subject.sql.equals(subject.sql.column(column), value)),
            f"Show {labels_of(first)}.",
            f"Which {first} are there?",
            f"list {labels_of(f'all {others[0]}')}",
            *others[:2],
            f"Find {labels_of(f'the {others[-1]}')}.",
        )


def count_with_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows have a stored value."""
    for column, value in _stored(subject):
        first, *others = _told(subject, column, value)
        yield draft(
            exp.select(count_all())
            .from_(subject.sql.table(subject.table))
            .where(subject.sql.equals(subject.sql.column(column), value)),
            f"How many {first} are there?",
            f"number of {first}",
            f"Count the {others[0]}.",
            *(f"how many {other}" for other in others),
        )


def _stored(subject: Subject) -> Iterator[tuple[Column, object]]:
    """The first value of every category, then the second of each, and so on."""
    columns = [
        [(column, value) for value in roles.askable(column)[:VALUES_A_COLUMN]]
        for column in subject.categories
    ]
    for turn in zip_longest(*columns):
        yield from (pair for pair in turn if pair is not None)


def _told(subject: Subject, column: Column, value: object) -> list[str]:
    """At least two ways to say `the rows with this value`, the most natural first."""
    many, phrase = subject.many, subject.phrase(column)
    if roles.is_flag(column):
        return _told_of_flag(many, split_name(column.name), bool(value))
    meaning = subject.meanings(column).get(value)
    told = [f"{meaning} {many}", f"{many} that are {meaning}"] if meaning else []
    told += _told_of_word(many, set(split_name(column.name)), str(value))
    return [
        *told,
        f"{many} with {phrase} {value}",
        f"{many} whose {phrase} {'are' if is_plural(phrase) else 'is'} {value}",
    ]


def _told_of_flag(many: str, words: list[str], value: bool) -> list[str]:
    if words[0] == "has" and len(words) > 1:
        rest = " ".join(words[1:])
        return (
            [f"{many} with {rest}", f"{many} that have {rest}"]
            if value
            else [f"{many} without {rest}", f"{many} that have no {rest}"]
        )
    trait = " ".join(words[1:] if words[0] in ("is", "was", "are") and len(words) > 1 else words)
    if value:
        return [f"{trait} {many}", f"{many} that are {trait}", f"{many} marked as {trait}"]
    return [f"{many} that are not {trait}", f"{many} not marked as {trait}"]


def _told_of_word(many: str, words: set[str], value: str) -> list[str]:
    if words & PLACES and value[:1].isupper() and len(value) > 3:
        return [f"{many} in {value}", f"{many} from {value}"]
    if (
        words & _KINDS
        and len(value) > 2
        and value.replace(" ", "").isalpha()
        and len(value.split()) <= 2
    ):
        return [f"{value} {many}"]
    return []
