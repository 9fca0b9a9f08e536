"""What people do with rows of a table, and what is done to things: place an order, was sold.

`events` says the day of a deed with these words, and `kin` the rows that somebody has by it.
"""

from __future__ import annotations

Deed = tuple[str, str, str]
"""A verb as in `they do`, `they did` and `they have done`."""

_MADE = ("make", "made", "made")
_PLACED = ("place", "placed", "placed")
_DEEDS = {
    "appearance": _MADE,
    "bet": _PLACED,
    "bid": _PLACED,
    "booking": _MADE,
    "claim": ("file", "filed", "filed"),
    "comment": ("write", "wrote", "written"),
    "complaint": ("file", "filed", "filed"),
    "donation": _MADE,
    "goal": ("score", "scored", "scored"),
    "deposit": _MADE,
    "order": _PLACED,
    "payment": _MADE,
    "pit stop": _MADE,
    "purchase": _MADE,
    "rental": _MADE,
    "reservation": _MADE,
    "review": ("write", "wrote", "written"),
    "transaction": _MADE,
    "vote": ("cast", "cast", "cast"),
}
"""Noun of what people do -> the verb as in `do`, `did` and `done`."""
_BY_OWNER = {
    ("customer", "invoice"): ("receive", "received", "received"),
    ("client", "invoice"): ("receive", "received", "received"),
    ("author", "book"): ("write", "wrote", "written"),
    ("artist", "album"): ("release", "released", "released"),
    ("artist", "song"): ("release", "released", "released"),
    ("publisher", "book"): ("publish", "published", "published"),
    ("instructor", "course"): ("teach", "taught", "taught"),
    ("director", "movie"): ("direct", "directed", "directed"),
}
"""The same for what only some owners do."""

_PASSIVES = {
    "booking": "booked",
    "invoice line": "sold",
    "loan": "borrowed",
    "order item": "ordered",
    "order line": "ordered",
    "purchase": "purchased",
    "rental": "rented",
    "review": "reviewed",
    "sale": "sold",
}
"""Noun of what is done to a thing -> the participle."""


def deed(noun: str) -> Deed | None:
    """Return what people do with the noun: place, placed, placed; None if nothing is known."""
    return _DEEDS.get(noun) or _DEEDS.get(noun.split()[-1])


def done(noun: str) -> str:
    """Return what happens to a row by the deed: orders are placed; empty if nothing is known."""
    # Sellers make a sale and buyers do not, so that it is no deed of all people.
    if noun == "sale":
        return "made"
    found = deed(noun)
    return found[2] if found else ""


def deed_of(owner: str, noun: str) -> Deed | None:
    """Return what only this owner does with the noun: authors write books."""
    return _BY_OWNER.get((owner, noun))


def passive(noun: str) -> str:
    """Return what is done to a thing by a row: `rented` by a rental; empty if unknown."""
    return _PASSIVES.get(noun, "")
