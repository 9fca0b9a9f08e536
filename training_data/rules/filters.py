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
    from schemas.catalog import Column

PAIRS_A_COLUMN = 3
INITIALS = 2


def rows_except_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that have another value than the named one; NULL is not another value."""
    for column in _named_categories(subject):
        (value, *_), phrase = roles.askable(column), subject.phrase(column)
        node = subject.sql.column(column)
        rows = f"{subject.many} whose {phrase} {_are(phrase)} not {value}"
        yield draft(
            _picked(subject, exp.NEQ(this=node, expression=exp.convert(value))),
            f"Which {subject.many} have a {phrase} that is not {value}?",
            rows,
            f"Show {subject.labels_of(f'all {subject.many}')} with a {phrase} other than {value}.",
            f"list {subject.many} except those with {phrase} {value}",
        )


def rows_with_either_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that have one of two values."""
    for column in _named_categories(subject):
        values, phrase = roles.askable(column), subject.phrase(column)
        for one, other in list(zip(values, values[1:], strict=False))[:PAIRS_A_COLUMN]:
            condition = exp.In(
                this=subject.sql.column(column), expressions=[exp.convert(one), exp.convert(other)]
            )
            yield draft(
                _picked(subject, condition),
                f"Which {subject.many} have the {phrase} {one} or {other}?",
                f"{subject.many} with {phrase} {one} or {other}",
                f"Show {subject.labels_of(f'the {subject.many}')} whose {phrase} {_are(phrase)} either {one} or {other}.",
                f"list all {subject.many} of {phrase} {one} and of {phrase} {other}",
            )


def names_beginning_with(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows whose name begins with a letter."""
    # Of a first and a last name, the last one.
    for column in subject.names[-1:]:
        phrase = subject.phrase(column)
        first = Counter(
            str(value)[0].upper() for value in roles.askable(column) if str(value)[0].isalpha()
        )
        for letter, _ in first.most_common(INITIALS):
            condition = exp.Like(
                this=subject.sql.column(column), expression=exp.Literal.string(f"{letter}%")
            )
            yield draft(
                _picked(subject, condition),
                f"Which {subject.many} have a {phrase} that begins with {letter}?",
                f"{subject.many} whose {phrase} starts with {letter}",
                f"Show all {subject.many} with a {phrase} beginning with the letter {letter}.",
                f"list every {subject.one} where the {phrase} starts with '{letter}'",
            )


def _named_categories(subject: Subject) -> Iterator[Column]:
    """Categories of two values and more, of rows that have a name."""
    for column in subject.categories if subject.names else ():
        if len(roles.askable(column)) > 1 and not roles.is_flag(column):
            yield column


def _picked(subject: Subject, condition: exp.Expression) -> exp.Select:
    """The names of the rows that meet the condition."""
    return (
        exp.select(*subject.sql.columns(subject.names))
        .from_(subject.sql.table(subject.table))
        .where(condition)
    )


def _are(phrase: str) -> str:
    return "are" if is_plural(phrase) else "is"
