"""A small shop with every kind of column that the sampler draws from."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mome.pretrain.sampling.scene import Scene
from schemas import introspect, resolve_url

SHOP = """
CREATE TABLE customer (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, email TEXT, is_member INTEGER
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id),
    order_date DATE NOT NULL, shipped_date DATE, status TEXT, total REAL, discount REAL
);
"""
NAMES = ("Ann Lee", "Bob Ray", "Cleo May", "Dan Roe", "Eva Sol", "Finn Ash", "Gus Orr", "Hana Ito")
COUNTRIES = ("France", "Spain", "Italy")
STATES = ("paid", "open", "returned")


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the SQLite file of the shop."""
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SHOP)
        for number, name in enumerate(NAMES, 1):
            email = f"{name.split()[0].lower()}@example.org" if number % 3 else None
            row = (number, name, COUNTRIES[number % 3], email, number % 2)
            connection.execute("INSERT INTO customer VALUES (?, ?, ?, ?, ?)", row)
        for number in range(1, 121):
            day = f"{2022 + number % 3}-{1 + number % 12:02}-{1 + number % 28:02}"
            sent = day if number % 4 else None
            row = (number, 1 + number % 7, day, sent, STATES[number % 3], number * 2.5, number % 9)
            connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        connection.commit()
    return path


@pytest.fixture
def scene(shop: Path) -> Scene:
    """Return the shop as the sampler sees it."""
    return Scene(introspect(resolve_url(shop)), shop, seed=3)
