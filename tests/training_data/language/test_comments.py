"""Short comments become phrases, and codes get the meanings that a comment states."""

from __future__ import annotations

import pytest

from training_data.language.comments import gloss, meanings


@pytest.mark.parametrize(
    ("comment", "phrase"),
    [
        ("The price in euro. Without tax.", "price in euro"),
        ("This table contains all customers of the shop", "customers of the shop"),
        ("one row per singer", "singer"),
        ("List of stores", "stores"),
        ("ISBN of the book", "ISBN of the book"),
        ("Customers who bought at least once in the last year", None),
        ("12 things", None),
        ("A active, I inactive", None),
        ("work order: R in progress, F finished", None),
        ("", None),
        (None, None),
    ],
)
def test_gloss(comment: str | None, phrase: str | None) -> None:
    assert gloss(comment) == phrase


@pytest.mark.parametrize(
    ("comment", "values", "expected"),
    [
        (
            "N = new, P = paid; S: shipped",
            ["N", "P", "S", "X"],
            {"N": "new", "P": "paid", "S": "shipped"},
        ),
        ("1=male 2=female", [1, 2], {1: "male", 2: "female"}),
        ("state of the order (1: open, 2: closed)", [1, 2], {1: "open", 2: "closed"}),
        ("'A' -> active, 'I' -> not active", ["A", "I"], {"A": "active", "I": "not active"}),
        (
            "EU = European Union, E = elsewhere",
            ["E", "EU"],
            {"EU": "european union", "E": "elsewhere"},
        ),
        ("C - cancelled", ["C"], {"C": "cancelled"}),
        ("of an order: R in progress, F done", ["R", "F"], {"R": "in progress", "F": "done"}),
        ("no codes at all", ["N"], {}),
        (None, ["N"], {}),
        ("N = new", [], {}),
    ],
)
def test_meanings(comment: str | None, values: list[object], expected: dict[object, str]) -> None:
    assert meanings(comment, values) == expected
