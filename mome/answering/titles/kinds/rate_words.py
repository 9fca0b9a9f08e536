"""Nouns that name a rate, and the states of rows whose share it is. `rates` looks them up."""

from __future__ import annotations

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
