"""Two databases for the tests of this package.

They are the sample bookshop, and a small one of concerts with names that are awkward to write.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schemas import FullCatalog, introspect, resolve_url
from training_data.sample.bookshop import create_sample

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "training_data"


@pytest.fixture(scope="session")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of the sample database."""
    return create_sample(tmp_path_factory.mktemp("bookshop") / "bookshop.sqlite")


@pytest.fixture(scope="session")
def bookshop_catalog(bookshop: Path) -> FullCatalog:
    """Return the catalog of the sample database."""
    return introspect(resolve_url(bookshop))


@pytest.fixture(scope="session")
def concerts() -> Callable[[str], FullCatalog]:
    """Return a function from a dialect to the catalog of concerts.sql in that dialect.

    The names have mixed case and reserved words, and some keys are composite.
    """
    catalog = FullCatalog.read(FIXTURES / "concerts.json")
    return lambda dialect: dataclasses.replace(catalog, dialect=dialect)


@pytest.fixture
def bookshop_check(bookshop: Path) -> Iterator[Callable[[str], str | None]]:
    """Return a check that runs SQL on the sample database: None, or the error of SQLite."""
    with closing(sqlite3.connect(f"file:{bookshop}?mode=ro", uri=True)) as connection:

        def check(sql: str) -> str | None:
            try:
                connection.execute(sql).fetchmany(10)
            except (sqlite3.Error, sqlite3.Warning) as error:
                return str(error)
            return None

        yield check
