"""Fixtures that create SQLite and DuckDB files and run set-up statements on the servers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import sqlalchemy


@pytest.fixture
def make_sqlite(tmp_path: Path) -> Callable[[str], Path]:
    """Create a SQLite file from a script of statements and return its path."""

    def make(script: str, name: str = "shop.sqlite") -> Path:
        connection = sqlite3.connect(tmp_path / name)
        connection.executescript(script)
        connection.close()
        return tmp_path / name

    return make


@pytest.fixture
def make_duckdb(tmp_path: Path) -> Callable[[str], Path]:
    """Create a DuckDB file from a script of statements and return its path."""

    def make(script: str, name: str = "shop.duckdb") -> Path:
        with duckdb.connect(str(tmp_path / name)) as connection:
            connection.execute(script)
        return tmp_path / name

    return make


@pytest.fixture
def run() -> Callable[..., None]:
    """Run statements on the server with a URL, each in a transaction of its own."""

    def run_all(url: str, *statements: str) -> None:
        engine = sqlalchemy.create_engine(
            url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool
        )
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        engine.dispose()

    return run_all
