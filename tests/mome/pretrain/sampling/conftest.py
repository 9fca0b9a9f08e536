"""A small shop with every kind of column that the sampler draws from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from mome.pretrain.sampling.sample import SampleFamily
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


FIRM = """
CREATE TABLE store (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE employee (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, salary INTEGER NOT NULL,
    store_id INTEGER NOT NULL REFERENCES store (id), boss_id INTEGER REFERENCES employee (id)
);
CREATE TABLE sale (
    id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL REFERENCES store (id),
    sold_on DATE NOT NULL, channel TEXT NOT NULL, amount INTEGER NOT NULL
);
"""
STORES = ((1, "North", "Lyon"), (2, "South", "Rome"), (3, "East", "Rome"))
EMPLOYEES = (
    (1, "Ann Lee", "manager", 50, 1, None),
    (2, "Bob Ray", "clerk", 30, 1, 1),
    (3, "Cleo May", "clerk", 40, 1, 1),
    (4, "Dan Roe", "manager", 45, 2, 1),
    (5, "Eva Sol", "clerk", 47, 2, 4),
    (6, "Finn Ash", "clerk", 25, 2, 4),
)
SALES = (
    (1, 1, "2023-01-05", "web", 10),
    (2, 1, "2023-01-20", "shop", 20),
    (3, 1, "2023-02-03", "web", 30),
    (4, 2, "2024-02-04", "shop", 40),
    (5, 2, "2024-03-09", "shop", 60),
)


@pytest.fixture(scope="session")
def firm_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the SQLite file of a firm: stores with employees, their bosses, and sales."""
    path = tmp_path_factory.mktemp("firm") / "firm.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRM)
        connection.executemany("INSERT INTO store VALUES (?, ?, ?)", STORES)
        connection.executemany("INSERT INTO employee VALUES (?, ?, ?, ?, ?, ?)", EMPLOYEES)
        connection.executemany("INSERT INTO sale VALUES (?, ?, ?, ?, ?)", SALES)
        connection.commit()
    return path


DRAWN, ENOUGH = 4000, 12
"""The most drafts drawn to find a form, and the number of its questions that are looked at."""


@pytest.fixture
def asked(firm_path: Path) -> Callable[[SampleFamily, str, Sequence[str]], list[tuple]]:
    """Return a search for the drafts with one form, which gives the rows that the form finds.

    Its arguments: the family that draws them; the form, without the quotation marks of names;
    and words of which nearly all of the questions must say one.
    """
    scene = Scene(introspect(resolve_url(firm_path)), firm_path, seed=5)

    def found(family: SampleFamily, form: str, words: Sequence[str]) -> list[tuple]:
        drafts = []
        for _ in range(DRAWN):
            draft = family(scene)
            if draft is not None and draft.form.replace('"', "") == form:
                drafts.append(draft)
            if len(drafts) == ENOUGH:
                break
        assert drafts, f"{form} was not drawn"
        said = [any(word in one.question.lower() for word in words) for one in drafts]
        # One of the words may be hit by a typing error.
        assert sum(said) >= len(said) - 2, [one.question for one in drafts]
        return sorted(scene.rows(drafts[0].form))

    return found
