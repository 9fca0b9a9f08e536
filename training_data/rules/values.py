"""Rules on stored values: the values of a column, and the rows that have one of them.

Through these rules the memory learns what the codes in a column mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Subject
from training_data.language.words import PLACES, is_plural, plural, split_name
from training_data.sql.builder import count_all

if TYPE_CHECKING:
    from schemas.catalog import FullColumn

VALUES_A_COLUMN = 12
"""Number of values of one column that are asked about."""
# Words in a column's name whose values stand before the noun: `genre` gives "jazz albums".
_KINDS = frozenset(
    "type kind category class status state channel format color colour genre segment style mode "
    "gender material".split()
)
_FLAG_VERBS = ("is", "was", "are")


def distinct_values(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the different values of a column."""
    for column in subject.groupings:
        phrase = subject.phrase(column)
        many = plural(phrase)
        glossed = subject.glossed(column)
        node = subject.sql.column(column)
        yield draft(
            exp.select(node).distinct().from_(subject.sql.table(subject.table)),
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
    for column, value in _stored_values(subject):
        first, *others = _row_phrases(subject, column, value)
        shown: list[exp.Expr] = [*subject.sql.columns(subject.names)] or [exp.Star()]
        labels_of = subject.labels_of if subject.names else str
        yield draft(
            _rows_with(subject, column, value, shown),
            f"Show {labels_of(first)}.",
            f"Which {first} are there?",
            f"list {labels_of(f'all {others[0]}')}",
            *others[:2],
            f"Find {labels_of(f'the {others[-1]}')}.",
        )


def count_with_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows have a stored value."""
    for column, value in _stored_values(subject):
        first, *others = _row_phrases(subject, column, value)
        yield draft(
            _rows_with(subject, column, value, [count_all()]),
            f"How many {first} are there?",
            f"number of {first}",
            f"Count the {others[0]}.",
            *(f"how many {other}" for other in others),
        )


def _rows_with(
    subject: Subject, column: FullColumn, value: object, shown: Sequence[exp.Expr]
) -> exp.Select:
    """SELECT shown FROM table WHERE column has the value"""
    query = exp.select(*shown).from_(subject.sql.table(subject.table))
    return query.where(subject.has_value(column, value))


def _stored_values(subject: Subject) -> Iterator[tuple[FullColumn, object]]:
    """Yield the first value of every category, then the second of each, and so on."""
    columns = []
    for column in subject.categories:
        values = roles.askable(column)[:VALUES_A_COLUMN]
        columns.append([(column, value) for value in values])
    for turn in zip_longest(*columns):
        yield from (pair for pair in turn if pair is not None)


def _row_phrases(subject: Subject, column: FullColumn, value: object) -> list[str]:
    """Return at least two phrases for "the rows with this value", the most natural first."""
    many = subject.many
    phrase = subject.phrase(column)
    words = split_name(column.name)
    if roles.is_flag(column):
        return _flag_phrases(many, words, bool(roles.truth(value)))
    verb = "are" if is_plural(phrase) else "is"
    meaning = subject.meanings(column).get(value)
    phrases = [f"{meaning} {many}", f"{many} that are {meaning}"] if meaning else []
    phrases += _value_phrases(many, set(words), str(value))
    phrases += [f"{many} with {phrase} {value}", f"{many} whose {phrase} {verb} {value}"]
    return phrases


def _flag_phrases(many: str, words: list[str], value: bool) -> list[str]:
    """Return phrases for the rows of a flag: `has_garden` gives "houses with garden"."""
    if words[0] == "has" and len(words) > 1:
        rest = " ".join(words[1:])
        if value:
            return [f"{many} with {rest}", f"{many} that have {rest}"]
        return [f"{many} without {rest}", f"{many} that have no {rest}"]
    has_verb = words[0] in _FLAG_VERBS and len(words) > 1
    trait = " ".join(words[1:] if has_verb else words)
    if value:
        return [f"{trait} {many}", f"{many} that are {trait}", f"{many} marked as {trait}"]
    return [f"{many} that are not {trait}", f"{many} not marked as {trait}"]


def _value_phrases(many: str, words: set[str], value: str) -> list[str]:
    """Return phrases without the column's name, if the value alone says what is meant."""
    if words & PLACES and value[:1].isupper() and len(value) > 3:
        return [f"{many} in {value}", f"{many} from {value}"]
    # Longer values and those with digits do not read well before a noun.
    is_word = value.replace(" ", "").isalpha() and len(value.split()) <= 2
    if words & _KINDS and len(value) > 2 and is_word:
        return [f"{value} {many}"]
    return []
