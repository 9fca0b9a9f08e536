"""A small shop on the four engines, with the catalogs that introspection reads of it."""

from __future__ import annotations

import datetime
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import sqlalchemy

from mome.catalog import Catalog
from schemas import collect_values, introspect, resolve_url, write_values

FIXTURES = Path(__file__).parents[2] / "fixtures" / "forms"
TYPES = {
    "sqlite": {"moment": "DATETIME", "number": "REAL"},
    "duckdb": {"moment": "TIMESTAMP", "number": "DECIMAL(10, 2)"},
    "postgres": {"moment": "TIMESTAMP", "number": "NUMERIC(10, 2)"},
    "mysql": {"moment": "DATETIME", "number": "DECIMAL(10, 2)"},
}
DAYS_AGO = (0, 10, 29, 31, 75, 100, 200, 400, -5)


def script(dialect: str) -> list[str]:
    """Statements that make the shop; its visits lie around today."""
    text = (FIXTURES / "shop.sql").read_text("utf-8")
    for name, type_ in TYPES[dialect].items():
        text = text.replace(f"{{{name}}}", type_)
    today = datetime.datetime.now(datetime.UTC).date()
    visits = [
        f"({number}, '{today - datetime.timedelta(days=days)}')"
        for number, days in enumerate(DAYS_AGO, 1)
    ]
    return [*text.strip().split("\n"), f"INSERT INTO visit VALUES {', '.join(visits)}"]


def read_catalog(url: str | Path) -> Catalog:
    """The catalog of a database, as `mome tune` writes it."""
    source = resolve_url(url)
    full = introspect(source)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        full.write(folder / "catalog.json")
        write_values(folder / "values.jsonl", collect_values(source, full))
        return Catalog.load(folder / "catalog.json")


def create(dialect: str, url: str, folder: Path) -> str:
    """Make the shop; return its URL."""
    statements = script(dialect)
    if dialect == "sqlite":
        with sqlite3.connect(folder / "shop.sqlite") as connection:
            connection.executescript(";".join(statements))
        return f"sqlite:///{folder / 'shop.sqlite'}"
    if dialect == "duckdb":
        with duckdb.connect(str(folder / "shop.duckdb")) as connection:
            connection.execute(";".join(statements))
        return f"duckdb:///{folder / 'shop.duckdb'}"
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    engine.dispose()
    return url


@pytest.fixture
def make_shop(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[str], tuple[str, Catalog]]:
    """`make_shop(dialect)`: the URL and the catalog of a new shop on that engine."""
    servers = {"postgres": "postgres_url", "mysql": "mariadb_url"}

    def make(dialect: str) -> tuple[str, Catalog]:
        name = servers.get(dialect)
        url = create(dialect, request.getfixturevalue(name) if name else "", tmp_path)
        return url, read_catalog(url)

    return make


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Catalog, sqlite3.Connection]]:
    """The shop's catalog and its rows in SQLite."""
    folder = tmp_path_factory.mktemp("shop")
    url = create("sqlite", "", folder)
    connection = sqlite3.connect(folder / "shop.sqlite")
    yield read_catalog(url), connection
    connection.close()
