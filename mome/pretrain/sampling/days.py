"""Nouns for the days on which something happens; `scene.phrase` uses them."""

from __future__ import annotations

DAYS = {
    "born": "birth date",
    "closed": "closing date",
    "completed": "completion date",
    "created": "creation date",
    "delivered": "delivery date",
    "founded": "founding date",
    "hired": "hire date",
    "joined": "joining date",
    "opened": "opening date",
    "ordered": "order date",
    "paid": "payment date",
    "placed": "order date",
    "published": "publication date",
    "released": "release date",
    "reviewed": "review date",
    "shipped": "shipping date",
    "signed up": "sign-up date",
    "started": "start date",
    "updated": "update date",
}
"""What happens on a day -> the noun for the day; others are the `date signed`."""
