"""Twelve support tickets with their labels and the memory of them, for the tests of classification
and of its page.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from command_line import Cli
from made_once import made_once

ROWS = (
    ("My parcel has not arrived yet", "delivery"),
    ("Where is my package?", "delivery"),
    ("The courier never came to my door", "delivery"),
    ("When will my order be delivered?", "delivery"),
    ("I want my money back", "refund"),
    ("Please refund the last payment", "refund"),
    ("How do I return these shoes for a refund?", "refund"),
    ("You charged me twice and I need the money back", "refund"),
    ("I cannot log in to my account", "account"),
    ("My password does not work any more", "account"),
    ("How do I change my email address?", "account"),
    ("Please close my account", "account"),
)
MEMORY = Path("memories/tickets")
"""The folder that docs/classify.md names."""


def write_tickets(path: Path, rows: Sequence[tuple[str, str]] = ROWS) -> Path:
    """Write a CSV file with an example a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


def tuned_tickets(factory: pytest.TempPathFactory) -> Path:
    """Return a folder with tickets.csv and the memory that a tune made; no test may change it."""
    return made_once(factory, "tickets", _tune)


def _tune(folder: Path) -> None:
    write_tickets(folder / "tickets.csv")
    words = ("tune", "--labels", "tickets.csv", "--memory", MEMORY)
    done = Cli(folder / "home")(*words, cwd=folder)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("12 of 12 examples of 3 labels are recalled exactly")
