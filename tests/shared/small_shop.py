"""Ten orders of a small shop, for the tests of recommendations."""

from __future__ import annotations

import csv
from pathlib import Path

ORDERS = (
    ("bread", "butter", "jam"),
    ("bread", "butter"),
    ("bread", "butter", "milk"),
    ("milk", "tea"),
    ("milk", "sugar", "tea"),
    ("coffee", "sugar"),
    ("coffee", "milk", "sugar"),
    ("bread", "jam"),
    ("bread", "butter", "jam", "tea"),
    ("scones",),
)
ITEMS = ("bread", "butter", "coffee", "jam", "milk", "scones", "sugar", "tea")
FACTS = 9
"""Different contexts; the basket of one item has none."""
MEMORY = Path("memories/shop")
"""The folder that docs/recommend.md names."""


def write_orders(path: Path, orders: tuple[tuple[str, ...], ...] = ORDERS) -> Path:
    """Write a CSV file with an item a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [(number, item) for number, order in enumerate(orders, 1) for item in order]
        csv.writer(file).writerows([("basket", "item"), *rows])
    return path
