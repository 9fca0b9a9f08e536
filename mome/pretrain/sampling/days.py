"""Nouns for the days on which something happens; `scene.phrase` uses them."""

from __future__ import annotations

DAYS = {
    "approved": "approval date",
    "born": "birth date",
    "cancelled": "cancellation date",
    "closed": "closing date",
    "completed": "completion date",
    "created": "creation date",
    "delivered": "delivery date",
    "expected": "expected date",
    "founded": "founding date",
    "hired": "hire date",
    "issued": "issue date",
    "joined": "joining date",
    "opened": "opening date",
    "ordered": "order date",
    "paid": "payment date",
    "placed": "order date",
    "planned": "planned date",
    "promised": "promised date",
    "published": "publication date",
    "received": "receipt date",
    "released": "release date",
    "required": "required date",
    "resolved": "resolution date",
    "reviewed": "review date",
    "scheduled": "scheduled date",
    "shipped": "shipping date",
    "signed up": "sign-up date",
    "started": "start date",
    "updated": "update date",
}
"""What happens on a day -> the noun for the day; others are the `date signed`."""
