"""From what a person or a catalog says to the database that is meant, and where its password comes from."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from mome.errors import Unreachable
from mome.execution.target import Target, read_target


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
    assert read_target(url).backend == backend
    assert read_target(Source(url)).backend == backend


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_file_urls(scheme: str) -> None:
    assert read_target(f"{scheme}:////data/shop.db") == Target(scheme, path=Path("/data/shop.db"))
    assert read_target(f"{scheme}:///shop.db") == Target(scheme, path=Path("shop.db"))


def test_files_are_known_by_what_they_hold(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.anything")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    duckdb.connect(str(tmp_path / "b.anything")).close()
    (tmp_path / "c.csv").write_text("x\n1\n")
    (tmp_path / ".hidden.csv").write_text("x\n1\n")
    (tmp_path / "d.txt").write_text("x\n1\n")
    assert read_target(tmp_path / "a.anything").backend == "sqlite"
    assert read_target(str(tmp_path / "b.anything")).backend == "duckdb"
    assert read_target(tmp_path / "c.csv").files == (tmp_path / "c.csv",)
    assert read_target(tmp_path).files == (tmp_path / "c.csv",)
    assert read_target(Source(str(tmp_path), (tmp_path / "c.csv",))).files == (tmp_path / "c.csv",)


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
        read_target(source.format(folder=tmp_path))
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
    target = read_target(url)
    assert target.url is not None and target.url.password == password


def test_a_password_is_never_shown() -> None:
    target = read_target("postgresql://u:hunter2@h:5433/d?sslpassword=hunter2")
    assert target.shown == "postgresql at h:5433, database d"
    assert "hunter2" not in repr(target)
