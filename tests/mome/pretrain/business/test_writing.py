"""Files of drawn databases have rows whose keys and days fit together."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mome.pretrain.business.drawing import DrawnColumn, DrawnDatabase, DrawnTable
from mome.pretrain.business.manners import Manners
from mome.pretrain.business.writing import FACTS, OTHERS, write_database

_MANNERS = Manners("snake", True, "", False, False, False, "letter", "upper", "TEXT", 2022)
_CLIENTS = DrawnTable("clients", "id", (DrawnColumn("name", "TEXT", "company"),), is_fact=False)
_BILLS = DrawnTable(
    "bills",
    "id",
    (
        DrawnColumn("client_id", "INTEGER", "key", refers="clients"),
        DrawnColumn("sent_on", "TEXT", "start"),
        DrawnColumn("due_on", "TEXT", "due", ("14", "30")),
        DrawnColumn("paid_on", "TEXT", "done", ("0.3",), may_be_null=True),
        DrawnColumn("is_final", "CHAR(1)", "flag", (), ("N", "Y")),
        DrawnColumn("state", "TEXT", "kind", ("open", "paid"), ("OPEN", "PAID")),
        DrawnColumn("amount", "INTEGER", "money", ("5", "900")),
    ),
    is_fact=True,
)
_DRAWN = DrawnDatabase((_CLIENTS, _BILLS), _MANNERS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of a drawn database."""
    write_database(_DRAWN, tmp_path / "firm.sqlite", 0)
    return tmp_path / "firm.sqlite"


def test_rows_refer_to_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (clients, names) = connection.execute(
            "SELECT COUNT(*), COUNT(DISTINCT name) FROM clients"
        ).fetchone()
        assert OTHERS[0] <= clients == names <= OTHERS[1]
        query = "SELECT COUNT(*), COUNT(c.id) FROM bills LEFT JOIN clients AS c ON client_id = c.id"
        bills, referring = connection.execute(query).fetchone()
        assert FACTS[0] <= bills == referring <= FACTS[1]


def test_some_rows_are_late_and_some_not_yet_done(path: Path) -> None:
    counted = "SELECT SUM(paid_on > due_on), SUM(paid_on <= due_on), SUM(paid_on IS NULL)"
    with closing(sqlite3.connect(path)) as connection:
        late, in_time, missing = connection.execute(f"{counted} FROM bills").fetchone()
        assert min(late, in_time, missing) > 10
        before = "SELECT COUNT(*) FROM bills WHERE paid_on < sent_on OR due_on <= sent_on"
        assert connection.execute(before).fetchone() == (0,)
        stored = connection.execute("SELECT DISTINCT is_final, state FROM bills").fetchall()
        assert set(stored) == {(flag, state) for flag in "NY" for state in ("OPEN", "PAID")}


def test_texts_are_declared_as_dates_for_sampling(tmp_path: Path) -> None:
    write_database(_DRAWN, tmp_path / "typed.sqlite", 0, typed=True)
    with closing(sqlite3.connect(tmp_path / "typed.sqlite")) as connection:
        columns = connection.execute("PRAGMA table_info(bills)").fetchall()
    types = {name: declared for _, name, declared, *_ in columns}
    assert (types["due_on"], types["state"]) == ("DATE", "TEXT")
