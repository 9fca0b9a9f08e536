"""Names and values in questions and in forms: which of them people say, and how.

`scene` leaves out what nobody says; the families write columns and values with these words.
"""

from __future__ import annotations

from mome.pretrain.sampling.days import DAYS
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import plural, split_name

_POINTS = frozenset("date dates time elected founded major advisor phone fax dob".split())
"""Last words of numbers that stand for a day, a person or a code."""
HALF_SAID = frozenset("by in of at to for from on".split())
"""Last words of names that leave out their noun, such as `created_by`."""
_UNSAID = frozenset("null none nan n/a na unknown - ? .".split())
"""Stored marks of a missing value."""


def phrase(subject: Subject, column: FullColumn) -> str:
    """Return the words for a column behind its table: `name`, but `address 2` and not `2`."""
    words = subject.phrase(column)
    if words.startswith("date "):
        return DAYS.get(words.removeprefix("date "), words)
    if roles.is_date(column) and words.endswith((" on", " at")):
        return f"{words[:-3]} date"
    if words == subject.one and column in subject.names:
        return "name"
    dates = [other for other in subject.table.columns if roles.is_date(other)]
    if words in ("date", "time", "day") and len(dates) > 1:
        return " ".join(split_name(column.name))
    is_enough = len(words) > 1 and not words.isdigit()
    return words if is_enough else " ".join(split_name(column.name)) or words


def is_point(column: FullColumn) -> bool:
    """Return True for numbers that are dates or codes: nobody asks for their average."""
    last = split_name(column.name)[-1]
    bounds = (column.min, column.max)
    are_years = all(isinstance(bound, int) and 1500 < bound < 2100 for bound in bounds)
    return last in _POINTS or are_years


def several(words: str) -> str:
    """Return the words for a column in the plural; `date order placed` has none."""
    last = words.split()[-1]
    is_noun = last not in HALF_SAID and not last.endswith("ed")
    return plural(words) if is_noun else words


def is_update(column: FullColumn) -> bool:
    """Return True for the day of a row's last change."""
    return bool({"update", "updated", "modified"} & set(split_name(column.name)))


def is_sayable(column: FullColumn) -> bool:
    """Return True for a name with a word; nobody knows what `g` or `q3` hold."""
    return any(len(word) > 2 and word.isalpha() for word in split_name(column.name))


def is_said(value: object) -> bool:
    """Return True for a value that people say: no mark of a missing one, no escape sequence."""
    return not isinstance(value, str) or (value.lower() not in _UNSAID and "\\" not in value)


def literal(value: object) -> str:
    """Return a value as a form writes it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def quoted(name: str) -> str:
    """Return the name of a table or column as a form writes it."""
    return '"' + name.replace('"', '""') + '"'
