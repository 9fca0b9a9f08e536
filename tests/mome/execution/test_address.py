"""From what a person or a catalog says to the database that is meant, and where its password comes
from.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from mome.errors import Unreachable
from mome.execution.address import DatabaseAddress, read_address


@dataclass(frozen=True)
class Source:
    url: str
    files: tuple[Path, ...] = ()


@pytest.mark.parametrize(
    ("url", "backend"),
    [
        ("postgresql://u@h/d", "postgresql"),
        ("postgres://u@h/d", "postgresql"),
        ("postgresql+psycopg2://u@h/d", "postgresql"),
        ("mysql://u@h/d", "mysql"),
        ("mysql+pymysql://u@h/d", "mysql"),
        ("mariadb+mariadbconnector://u@h/d", "mysql"),
    ],
)
def test_servers(url: str, backend: str) -> None:
    assert read_address(url).backend == backend
    assert read_address(Source(url)).backend == backend


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_file_urls(scheme: str) -> None:
    assert read_address(f"{scheme}:////data/shop.db") == DatabaseAddress(
        scheme, path=Path("/data/shop.db"), text=f"{scheme}:////data/shop.db"
    )
    assert read_address(f"{scheme}:///shop.db") == DatabaseAddress(
        scheme, path=Path("shop.db"), text=f"{scheme}:///shop.db"
    )


def test_files_are_known_by_what_they_hold(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.anything")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    duckdb.connect(str(tmp_path / "b.anything")).close()
    (tmp_path / "c.csv").write_text("x\n1\n")
    (tmp_path / ".hidden.csv").write_text("x\n1\n")
    (tmp_path / "d.txt").write_text("x\n1\n")
    assert read_address(tmp_path / "a.anything").backend == "sqlite"
    assert read_address(str(tmp_path / "b.anything")).backend == "duckdb"
    assert read_address(tmp_path / "c.csv").files == (tmp_path / "c.csv",)
    assert read_address(tmp_path).files == (tmp_path / "c.csv",)
    assert read_address(Source(str(tmp_path), (tmp_path / "c.csv",))).files == (tmp_path / "c.csv",)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("oracle://u:hunter2@h/d", "oracle databases are not supported"),
        ("postgresql://u:hunter2@h:port/d", "no database URL"),
        ("://", "no database URL"),
        ("sqlite://", "name a file"),
        ("duckdb:///:memory:", "name a file"),
        ("/no/such/place", "there is no file or folder"),
        ("{folder}", "holds no .csv or .parquet file"),
        ("{folder}/text.txt", "neither a SQLite nor a DuckDB database"),
    ],
)
def test_what_is_no_database(tmp_path: Path, source: str, reason: str) -> None:
    (tmp_path / "text.txt").write_text("hello")
    with pytest.raises(Unreachable, match=reason) as caught:
        read_address(source.format(folder=tmp_path))
    assert "hunter2" not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "known", "password"),
    [
        ("postgresql://u@h/d", "postgresql://u:secret@h/d", "secret"),
        ("postgresql+psycopg://u@h/d", "postgres://u:secret@H:5432/d", "secret"),
        ("mysql+pymysql://u@h/d", "mariadb://u:secret@h:3306/d", "secret"),
        ("postgresql://u:own@h/d", "postgresql://u:secret@h/d", "own"),
        ("postgresql://u@h/d", "postgresql://u:secret@other/d", None),
        ("postgresql://u@h/d", "postgresql://u:secret@h/other", None),
        ("postgresql://u@h/d", "postgresql://other:secret@h/d", None),
        ("postgresql://u@h/d", "postgresql://u:secret@h:5433/d", None),
        ("postgresql://u@h/d", "mysql://u:secret@h/d", None),
        ("postgresql://u@h/d", "/data/shop.db", None),
        ("postgresql://u@h/d", "oracle://u:secret@h/d", None),
        ("postgresql://u@h/d", "", None),
    ],
)
def test_the_password_comes_from_db_url_for_the_same_database(
    monkeypatch: pytest.MonkeyPatch, url: str, known: str, password: str
) -> None:
    monkeypatch.setenv("DB_URL", known)
    address = read_address(url)
    assert address.url is not None and address.url.password == password


def test_a_password_is_never_shown() -> None:
    address = read_address("postgresql://u:hunter2@h:5433/d?sslpassword=hunter2")
    assert address.shown == "postgresql at h:5433, database d"
    assert "hunter2" not in repr(address)


@pytest.mark.parametrize("scheme", ["postgresql://h", "mysql://h", "sqlite://", "duckdb://"])
def test_an_unknown_option_is_named(scheme: str) -> None:
    with pytest.raises(Unreachable, match="has no option foo"):
        read_address(f"{scheme}/shop?foo=1")
