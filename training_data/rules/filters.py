"""Rules on rows filtered by more than one stored value, or by the first letter of their name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Subject
from training_data.language.words import is_plural

if TYPE_CHECKING:
    from schemas.catalog import FullColumn

PAIRS_A_COLUMN = 3
"""Number of pairs of values of one column that are asked about."""
INITIALS = 2
"""Number of first letters that are asked about, the most frequent first."""


def rows_except_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that have another value than the named one; NULL is not another value."""
    many = subject.many
    for column in _categories(subject):
        value = roles.askable(column)[0]
        phrase = subject.phrase(column)
        # <> is not true for NULL, so rows without a value are not in the answer.
        condition = _has_another(subject, column, value)
        yield draft(
            _names_where(subject, condition),
            f"Which {many} have a {phrase} that is not {value}?",
            f"{many} whose {phrase} {_are(phrase)} not {value}",
            f"Show {subject.labels_of(f'all {many}')} with a {phrase} other than {value}.",
            f"list {many} except those with {phrase} {value}",
        )


def rows_with_either_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that have one of two values."""
    many = subject.many
    for column in _categories(subject):
        phrase = subject.phrase(column)
        values = roles.askable(column)
        pairs = list(zip(values, values[1:], strict=False))
        for first, second in pairs[:PAIRS_A_COLUMN]:
            either = [*roles.same_values(column, first), *roles.same_values(column, second)]
            condition = exp.In(
                this=subject.sql.column(column),
                expressions=[exp.convert(value) for value in either],
            )
            labels = subject.labels_of(f"the {many}")
            yield draft(
                _names_where(subject, condition),
                f"Which {many} have the {phrase} {first} or {second}?",
                f"{many} with {phrase} {first} or {second}",
                f"Show {labels} whose {phrase} {_are(phrase)} either {first} or {second}.",
                f"list all {many} of {phrase} {first} and of {phrase} {second}",
            )


def names_beginning_with(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows whose name begins with a letter."""
    # Of a first and a last name, the last one.
    for column in subject.names[-1:]:
        phrase = subject.phrase(column)
        for letter in _frequent_initials(column):
            pattern = exp.Literal.string(f"{letter}%")
            condition = exp.Like(this=subject.sql.column(column), expression=pattern)
            yield draft(
                _names_where(subject, condition),
                f"Which {subject.many} have a {phrase} that begins with {letter}?",
                f"{subject.many} whose {phrase} starts with {letter}",
                f"Show all {subject.many} with a {phrase} beginning with the letter {letter}.",
                f"list every {subject.one} where the {phrase} starts with '{letter}'",
            )


def _frequent_initials(column: FullColumn) -> list[str]:
    initials = (str(value)[0] for value in roles.askable(column))
    counts = Counter(initial.upper() for initial in initials if initial.isalpha())
    return [letter for letter, _ in counts.most_common(INITIALS)]


def _categories(subject: Subject) -> Iterator[FullColumn]:
    """Yield the categories with at least two values; none if the rows have no name to show."""
    for column in subject.categories if subject.names else ():
        if len(roles.askable(column)) > 1 and not roles.is_flag(column):
            yield column


def _has_another(subject: Subject, column: FullColumn, value: object) -> exp.Expr:
    """column <> value, or NOT IN where the value has several spellings"""
    node = subject.sql.column(column)
    same = roles.same_values(column, value)
    if len(same) == 1:
        return exp.NEQ(this=node, expression=exp.convert(value))
    return exp.Not(this=subject.has_value(column, value))


def _names_where(subject: Subject, condition: exp.Expr) -> exp.Select:
    """SELECT names FROM table WHERE condition"""
    query = exp.select(*subject.sql.columns(subject.names))
    return query.from_(subject.sql.table(subject.table)).where(condition)


def _are(phrase: str) -> str:
    return "are" if is_plural(phrase) else "is"
