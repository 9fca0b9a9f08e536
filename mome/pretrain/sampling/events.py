"""What happens on the day that a date column holds: `order_date` -> ordered, `hire_date` -> hired.

`periods` and the families write "orders placed in May 2024" with these words.
"""

from __future__ import annotations

from mome.pretrain.sampling.deeds import done
from schemas.catalog import FullColumn
from training_data.language.column_roles import is_audit, is_date, is_year
from training_data.language.subjects import Subject
from training_data.language.words import participle, split_name

_ENDS = frozenset("date dates on at day time datetime timestamp year when".split())
_EVENTS = {
    "appointment": "made",
    "arrival": "that arrived",
    "birth": "born",
    "birthday": "born",
    "booking": "booked",
    "construction": "built",
    "creation": "created",
    "death": "who died",
    "delivery": "delivered",
    "departure": "that departed",
    "end": "that ended",
    "enrollment": "enrolled",
    "entry": "entered",
    "finish": "that finished",
    "formation": "formed",
    "hire": "hired",
    "hiring": "hired",
    "invoice": "invoiced",
    "issue": "issued",
    "join": "who joined",
    "joined": "who joined",
    "launch": "launched",
    "opening": "opened",
    "order": "ordered",
    "payment": "paid",
    "publication": "published",
    "publish": "published",
    "purchase": "purchased",
    "registration": "registered",
    "release": "released",
    "rental": "rented",
    "return": "returned",
    "sale": "sold",
    "ship": "shipped",
    "shipment": "shipped",
    "shipping": "shipped",
    "start": "that started",
    "last update": "last updated",
    "update": "updated",
}
"""Words of a column without `date` and the like -> what happens to a row on that day."""
_TAKEN_FOR_GRANTED = frozenset("placed made ordered paid sold purchased".split())
"""What happens to rows on their main date even where nobody says it."""


def event(subject: Subject, column: FullColumn) -> str:
    """Return `placed` or `that started`, to be said before a period; empty if nothing happens."""
    words = split_name(column.name)
    while len(words) > 1 and words[-1] in _ENDS:
        words = words[:-1]
    own = subject.one.split()
    if len(words) > len(own) and words[: len(own)] == own:
        words = words[len(own) :]
    happened = _EVENTS.get(" ".join(words), "") or participle(column.name)
    noun = own[-1]
    # "orders ordered" and "payments paid" repeat the noun.
    if words == own or happened.split()[-1:] and happened.split()[-1].startswith(noun[:3]):
        return done(noun)
    if happened.startswith("who") and not is_person(subject):
        return happened.replace("who", "that", 1)
    return happened


def is_only_date(subject: Subject, column: FullColumn) -> bool:
    """Return True if no other column of the table holds a date or a year."""
    return [other for other in subject.table.columns if is_date(other) or is_year(other)] == [
        column
    ]


_PEOPLE = frozenset(
    "actor agent author candidate client conductor customer doctor driver employee guest "
    "instructor manager member nurse owner passenger patient person physician player "
    "professional professor singer staff student teacher user wrestler gymnast swimmer "
    "pilot scientist people artist journalist editor director writer coach party "
    "resident tenant tourist".split()
)


def is_main_date(subject: Subject, column: FullColumn) -> bool:
    """Return True for the date that a row is about, so that `orders in 2024` says enough."""
    if is_audit(column) or event(subject, column) == "last updated":
        return False
    if is_only_date(subject, column):
        return True
    return column in subject.dates[:1] and event(subject, column) in _TAKEN_FOR_GRANTED


def is_person(subject: Subject) -> bool:
    """Return True if rows of the table are people."""
    return subject.one.split()[-1] in _PEOPLE


def who(subject: Subject) -> str:
    """Return `who` for people and `that` for things."""
    return "who" if is_person(subject) else "that"
