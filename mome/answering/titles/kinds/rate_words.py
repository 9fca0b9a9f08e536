"""Nouns that name a rate, and the states of rows whose share it is. `rates` looks them up."""

from __future__ import annotations

from collections.abc import Iterator

from mome.answering.titles.restrictions import NamedValue
from mome.catalog import Catalog
from mome.linking.code_meanings import spoken
from mome.linking.values import ValueMatch, normalise

_STATES = {
    "cancellation": ("cancelled", "canceled"),
    "failure": ("failed",),
    "return": ("returned",),
    "refund": ("refunded",),
    "loss": ("lost",),
    "approval": ("approved",),
    "rejection": ("rejected",),
    "acceptance": ("accepted",),
    "completion": ("completed",),
    "escalation": ("escalated",),
    "renewal": ("renewed",),
    "resolution": ("resolved",),
    "delivery": ("delivered",),
    "payment": ("paid",),
    "fulfilment": ("fulfilled",),
    "fulfillment": ("fulfilled",),
    "success": ("successful", "succeeded"),
    "damage": ("damaged",),
    "dispute": ("disputed",),
    "closure": ("closed",),
    "conversion": ("converted",),
    "attendance": ("attended",),
    "no-show": ("no-show", "no show"),
    "no show": ("no show", "no-show"),
    "pass": ("passed",),
    "win": ("won",),
    "denial": ("denied",),
    "readmission": ("readmitted",),
    "on-time": ("on time",),
    "on time": ("on time",),
    "on-time delivery": ("delivered on time",),
    "on-time payment": ("paid on time",),
    "on-time arrival": ("arrived on time",),
    "late payment": ("paid late",),
    "late delivery": ("delivered late",),
}
RATE = rf"(?P<noun>{'|'.join(sorted(_STATES, key=len, reverse=True))})"
"""The nouns, the longest first."""


def states_of_rate(noun: str) -> tuple[str, ...]:
    """Return the words for the state whose share a rate is."""
    return _STATES[noun]


def stored_states(noun: str, catalog: Catalog) -> Iterator[NamedValue]:
    """Yield the stored values that say such a state, or that mean it by a comment: the question
    has the noun, and so names none of them.
    """
    for state in _STATES[noun]:
        for table in catalog.tables:
            for column in table.columns:
                values = column.values if column.family == "text" else ()
                for value in map(str, values or ()):
                    if state in map(normalise, spoken(column, value)):
                        match = ValueMatch(table.key, column.name, value, 0, 0, 1.0)
                        yield tuple(state.split()), match
