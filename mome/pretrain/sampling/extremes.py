"""Words for the highest and the lowest of something: the most expensive book, the oldest driver.

The families about ranks and comparisons use them.
"""

from __future__ import annotations

from schemas.catalog import FullColumn
from training_data.language.subjects import Subject
from training_data.language.words import is_plural

_EXTREMES = {
    "age": ("oldest", "youngest"),
    "altitude": ("highest", "lowest"),
    "area": ("largest", "smallest"),
    "capacity": ("largest", "smallest"),
    "cost": ("most expensive", "cheapest"),
    "distance": ("longest", "shortest"),
    "duration": ("longest", "shortest"),
    "height": ("tallest", "shortest"),
    "length": ("longest", "shortest"),
    "milliseconds": ("longest", "shortest"),
    "pages": ("longest", "shortest"),
    "population": ("most populous", "least populous"),
    "price": ("most expensive", "cheapest"),
    "rating": ("best rated", "worst rated"),
    "salary": ("best paid", "worst paid"),
    "size": ("biggest", "smallest"),
    "speed": ("fastest", "slowest"),
    "weight": ("heaviest", "lightest"),
}
"""Last word of a measure -> what the rows with its highest and its lowest value are called."""
_MORE = {
    "age": ("are older than", "are younger than"),
    "cost": ("cost more than", "cost less than"),
    "duration": ("are longer than", "are shorter than"),
    "height": ("are taller than", "are shorter than"),
    "length": ("are longer than", "are shorter than"),
    "price": ("cost more than", "cost less than"),
    "salary": ("earn more than", "earn less than"),
    "weight": ("are heavier than", "are lighter than"),
}
"""Last word of a measure -> what is said of the rows with a higher and with a lower value."""

_BOUNDS = frozenset("min max minimum maximum average mean standard replacement".split())


def extreme(subject: Subject, column: FullColumn, *, highest: bool) -> str:
    """Return `most expensive` for a price; empty where only the measure's name says it."""
    return _of_pair(_EXTREMES, subject.phrase(column), highest)


def more_than(subject: Subject, column: FullColumn, *, more: bool) -> str:
    """Return `cost more than` for a price; empty where only the measure's name says it."""
    return _of_pair(_MORE, subject.phrase(column), more)


def _of_pair(pairs: dict[str, tuple[str, str]], phrase: str, first: bool) -> str:
    """Return a word of the pair for a measure; empty for another one, or for its bounds."""
    *before, last = phrase.split()
    # A job with the highest minimum salary is not the best paid one.
    if last not in pairs or set(before) & _BOUNDS:
        return ""
    return pairs[last][0 if first else 1]


def superlative(subject: Subject, column: FullColumn, *, highest: bool) -> tuple[str, ...]:
    """Return wordings of the highest or lowest value: highest salary, most pages."""
    phrase = subject.phrase(column)
    if is_plural(phrase):
        return (
            (f"most {phrase}", f"highest number of {phrase}")
            if highest
            else (f"fewest {phrase}", f"lowest number of {phrase}")
        )
    if highest:
        return (f"highest {phrase}", f"largest {phrase}", f"greatest {phrase}")
    return (f"lowest {phrase}", f"smallest {phrase}", f"lowest {phrase}")
