"""The billing database is the same on every run, and its keys hold."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

FEWEST, MOST = 60, 420
"""Rows of a table: a group has several, and a query takes milliseconds."""


@pytest.fixture
def billing(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("billing_database")


@pytest.fixture
def connection(billing: ModuleType, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a new billing database."""
    path = billing.create_billing(tmp_path / "new folder" / "billing.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def test_the_same_rows_come_on_every_run(
    billing: ModuleType, connection: sqlite3.Connection, tmp_path: Path
) -> None:
    path = tmp_path / "billing.sqlite"
    path.write_text("an older file")
    with closing(sqlite3.connect(billing.create_billing(path))) as other:
        assert list(other.iterdump()) == list(connection.iterdump())


def test_the_foreign_keys_hold(connection: sqlite3.Connection) -> None:
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_each_table_has_rows(connection: sqlite3.Connection) -> None:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert len(tables) == 14
    for (table,) in tables:
        (number,) = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
        assert FEWEST <= number <= MOST, table


def test_an_invoice_is_paid_by_its_successful_payment(connection: sqlite3.Connection) -> None:
    unpaid = """
        SELECT inv_no FROM inv_hdr
        LEFT JOIN sbTransaction ON sbTxInvNo = inv_no AND sbTxStatus = 'success'
          AND sbTxDateTime = paid_at AND sbTxAmount = tot_amt
        WHERE (paid_at IS NULL) <> (sbTxId IS NULL) OR (paid_at IS NULL) = (inv_stat = 'P')"""
    assert connection.execute(unpaid).fetchall() == []
