"""Columns that a grouped query takes from any one row: which ones, and what becomes of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mome.answering.candidates import Checked, Checker
from mome.answering.grouping import add_up, ungrouped
from mome.answering.sql_draft import SqlDraft
from mome.backbones.base import Candidate
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.execution import Executor, open_executor
from mome.linking.values import ValueIndex

SCRIPT = """
CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT, floor INTEGER, price REAL);
CREATE TABLE bookings (id INTEGER PRIMARY KEY, room_id INTEGER, slots INTEGER, begun DATE,
  guest TEXT);
INSERT INTO rooms VALUES (1, 'Blue', 1, 10), (2, 'Red', 1, 20);
INSERT INTO bookings VALUES (1, 1, 2, '2024-01-05', 'Ann'), (2, 1, 3, '2024-02-05', 'Ann'),
  (3, 2, 4, '2024-02-06', 'Bob');
"""
KINDS = {"floor": "integer", "slots": "integer", "price": "number", "begun": "date"}
TEXTS = {"name", "guest"}


def column(name: str) -> Column:
    return Column(name, "", "text" if name in TEXTS else KINDS.get(name, "integer"))


ROOMS = Table(
    None, "rooms", "table", None, None, tuple(map(column, "id name floor price".split())), ("id",)
)
BOOKINGS = Table(
    None,
    "bookings",
    "table",
    None,
    None,
    tuple(map(column, "id room_id slots begun guest".split())),
    ("id",),
    foreign_keys=(ForeignKey(("room_id",), "rooms", ("id",)),),
)
CATALOG = Catalog("sqlite", "sqlite", "rooms.sqlite", "", (ROOMS, BOOKINGS))
JOINED = "FROM bookings JOIN rooms ON bookings.room_id = rooms.id"


def names(sql: str) -> list[str]:
    tree = SqlDraft(sql, "sqlite").tree
    assert tree is not None
    return [one.name for one in ungrouped(tree, CATALOG)]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT guest, slots FROM bookings GROUP BY guest", ["bookings.slots"]),
        ("SELECT guest FROM bookings GROUP BY guest HAVING slots > 3", ["bookings.slots"]),
        ("SELECT guest FROM bookings GROUP BY guest ORDER BY begun", ["bookings.begun"]),
        ("SELECT name, COUNT(*) FROM rooms", ["rooms.name"]),
        ("SELECT b.guest, b.slots + 1 FROM bookings AS b GROUP BY guest", ["bookings.slots"]),
        ("SELECT STRFTIME('%Y', begun), guest FROM bookings GROUP BY 1", ["bookings.guest"]),
        (f"SELECT rooms.floor, name {JOINED} GROUP BY floor", ["rooms.name"]),
    ],
)
def test_what_the_groups_do_not_determine_is_found(sql: str, found: list[str]) -> None:
    assert names(sql) == found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT guest, slots FROM bookings",
        "SELECT guest, SUM(slots) FROM bookings GROUP BY guest ORDER BY COUNT(*)",
        "SELECT guest AS who, COUNT(*) AS slots FROM bookings GROUP BY who ORDER BY slots",
        # The key of a room determines its row, and so does the foreign key that equals it.
        "SELECT name, COUNT(*) FROM rooms GROUP BY id",
        f"SELECT rooms.name, COUNT(*) {JOINED} GROUP BY rooms.id",
        f"SELECT rooms.name, COUNT(*) {JOINED} GROUP BY bookings.room_id",
        "SELECT name, COUNT(*) FROM bookings AS b, rooms AS r WHERE b.room_id = r.id GROUP BY r.id",
        "SELECT STRFTIME('%Y', begun), COUNT(*) FROM bookings GROUP BY STRFTIME('%Y', begun)",
        "SELECT UPPER(guest), COUNT(*) FROM bookings AS b GROUP BY b.guest",
        # SQLite takes the name from the row of the maximum.
        "SELECT name, MAX(price) FROM rooms",
        "SELECT guest, COUNT(*) FROM bookings WHERE guest = 'Ann'",
        "SELECT guest, SUM(slots) OVER () FROM bookings",
        "SELECT guest, (SELECT COUNT(*) FROM rooms) FROM bookings",
        "SELECT floor, n FROM (SELECT floor, COUNT(*) AS n FROM rooms GROUP BY floor) GROUP BY n",
    ],
)
def test_what_has_one_value_in_each_group_is_not(sql: str) -> None:
    assert names(sql) == []


def test_every_mention_of_a_quantity_is_added_up() -> None:
    draft = SqlDraft(
        "SELECT guest, slots FROM bookings GROUP BY guest HAVING slots > 3 ORDER BY slots",
        "sqlite",
    )
    assert draft.tree is not None
    found = ungrouped(draft.tree, CATALOG)
    assert all(one.is_quantity for one in found)
    assert add_up(draft, found).sql == (
        "SELECT guest, SUM(slots) FROM bookings GROUP BY guest HAVING SUM(slots) > 3 "
        "ORDER BY SUM(slots)"
    )


def test_a_star_of_a_table_stays() -> None:
    draft = SqlDraft("SELECT b.*, b.slots FROM bookings AS b GROUP BY b.guest", "sqlite")
    assert draft.tree is not None
    assert add_up(draft, ungrouped(draft.tree, CATALOG)).sql == (
        "SELECT b.*, SUM(b.slots) FROM bookings AS b GROUP BY b.guest"
    )


@pytest.mark.parametrize("name", ["id", "room_id", "begun"])
def test_keys_and_dates_are_no_quantities(name: str) -> None:
    tree = SqlDraft(f"SELECT guest, {name} FROM bookings GROUP BY guest", "sqlite").tree
    assert tree is not None
    assert [one.is_quantity for one in ungrouped(tree, CATALOG)] == [False]


def test_floors_and_prices_are_no_quantities() -> None:
    tree = SqlDraft("SELECT name, floor, price FROM rooms GROUP BY name", "sqlite").tree
    assert tree is not None
    assert [one.is_quantity for one in ungrouped(tree, CATALOG)] == [False, False]


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[Executor]:
    path = tmp_path / "rooms.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCRIPT)
    connection.close()
    with open_executor(path) as opened:
        yield opened


def checked(sql: str, executor: Executor | None, question: str = "slots per guest") -> Checked:
    checker = Checker(CATALOG, ValueIndex([]), (), executor)
    return checker.check([Candidate(sql, -0.1, 0.5)], question)[0][0]


def test_a_quantity_of_several_rows_is_added_up_with_a_note(executor: Executor) -> None:
    best = checked("SELECT guest, slots FROM bookings GROUP BY guest", executor)
    assert best.query.sql == "SELECT guest, SUM(slots) FROM bookings GROUP BY guest"
    assert best.notes == ("bookings.slots was added up within each group",)
    assert not best.is_doubtful


def test_another_column_of_several_rows_is_doubtful(executor: Executor) -> None:
    sql = "SELECT guest, begun, COUNT(*) FROM bookings GROUP BY guest"
    best = checked(sql, executor, "number of bookings per guest, and when they begun")
    assert best.notes == ("it takes bookings.begun from any one row of several",)
    assert best.is_doubtful


def test_one_value_in_each_group_is_shown_as_it_is(executor: Executor) -> None:
    sql = "SELECT room_id, guest FROM bookings GROUP BY room_id"
    best = checked(sql, executor)
    assert (best.query.sql, best.notes, best.is_doubtful) == (sql, (), False)


def test_without_a_database_nothing_is_changed() -> None:
    sql = "SELECT guest, slots FROM bookings GROUP BY guest"
    assert checked(sql, None).query.sql == sql
