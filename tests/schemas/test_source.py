"""What a user may write for a database, and the Source that it resolves to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import (
    BadUrl,
    EmptyDatabase,
    NoSuchDatabase,
    NotADatabase,
    UnsupportedDatabase,
    public_url,
    resolve_url,
)


@pytest.mark.parametrize(
    ("written", "engine", "opened"),
    [
        (
            "postgresql://ann:pw@host:5433/shop",
            "postgresql",
            "postgresql+psycopg://ann:pw@host:5433/shop",
        ),
        ("postgres://ann:pw@host/shop", "postgresql", "postgresql+psycopg://ann:pw@host/shop"),
        (
            "postgresql+psycopg2://host/shop?sslmode=require",
            "postgresql",
            "postgresql+psycopg://host/shop?sslmode=require",
        ),
        ("postgresql:///shop", "postgresql", "postgresql+psycopg:///shop"),
        ("mysql://ann:p%40w@host/shop", "mysql", "mysql+pymysql://ann:p%40w@host/shop"),
        ("mariadb+mariadbconnector://ann@host/shop", "mysql", "mysql+pymysql://ann@host/shop"),
    ],
)
def test_server_urls_get_the_installed_driver(written: str, engine: str, opened: str) -> None:
    source = resolve_url(written)
    assert (source.engine, source.url, source.files) == (engine, opened, ())


def test_a_file_is_known_by_its_content_not_its_name(
    make_sqlite: Callable, make_duckdb: Callable
) -> None:
    sqlite = make_sqlite("CREATE TABLE t(a)", "first.db")
    duck = make_duckdb("CREATE TABLE t(a INT)", "second.db")
    assert resolve_url(str(sqlite)).engine == resolve_url(f"sqlite:///{sqlite}").engine == "sqlite"
    assert resolve_url(str(duck)).engine == resolve_url(f"duckdb:///{duck}").engine == "duckdb"
    assert resolve_url(f"sqlite:///file:{sqlite}?mode=ro&uri=true").path == sqlite


def test_a_source_can_be_resolved_again_from_its_public_url(
    make_sqlite: Callable, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    for written in (make_sqlite("CREATE TABLE t(a)"), tmp_path, tmp_path / "a.csv"):
        source = resolve_url(written)
        assert resolve_url(source.public) == source


def test_a_folder_gives_its_tables_sorted_and_without_hidden_or_other_files(tmp_path: Path) -> None:
    for name in ("b.csv", "a.PARQUET", ".hidden.csv", "notes.txt"):
        (tmp_path / name).write_text("x\n1\n")
    assert [path.name for path in resolve_url(tmp_path).files] == ["a.PARQUET", "b.csv"]


@pytest.mark.parametrize(
    ("written", "error", "message"),
    [
        ("", BadUrl, "no database is given"),
        ("nowhere.sqlite", NoSuchDatabase, "no file or folder nowhere.sqlite"),
        ("postgresql://ann:p@ss@host/shop", BadUrl, "%40"),
        ("postgresql://host:port/shop", BadUrl, "not a database URL"),
        ("oracle://ann:pw@host/shop", UnsupportedDatabase, "oracle"),
        ("sqlite://", EmptyDatabase, "name a file"),
        ("duckdb:///:memory:", EmptyDatabase, "name a file"),
        ("duckdb:///md:shop", UnsupportedDatabase, "MotherDuck"),
        ("sqlite:////nowhere/shop.db", NoSuchDatabase, "/nowhere/shop.db"),
    ],
)
def test_an_error_gives_its_reason_in_one_line(
    written: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as raised:
        resolve_url(written)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("notes.txt", b"some text that is long enough", NotADatabase),
        ("shop.sqlite", b"", EmptyDatabase),
        ("shop.sqlite", b"SQLite format 2\0...", NotADatabase),
        ("shop.parquet", b"id,name\n1,x\n", NotADatabase),
        ("shop.csv", b"", EmptyDatabase),
    ],
)
def test_files_that_are_no_databases(
    tmp_path: Path, name: str, content: bytes, error: type[Exception]
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=name):
        resolve_url(tmp_path / name)


def test_a_folder_without_tables_and_an_engine_that_does_not_fit_the_file(
    tmp_path: Path, make_sqlite: Callable
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyDatabase, match="no .csv or .parquet"):
        resolve_url(tmp_path / "empty")
    with pytest.raises(NotADatabase, match="not a duckdb database"):
        resolve_url(f"duckdb:///{make_sqlite('CREATE TABLE t(a)')}")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:hunter2@host/shop",
        "postgresql://host/shop?user=ann&password=hunter2",
        "mysql://ann:hunter2@host/shop?ssl_key_password=hunter2",
        "duckdb:///shop.db?motherduck_token=hunter2",
        "postgresql://ann:hunter2@host:port/shop",
    ],
)
def test_no_password_is_public(url: str) -> None:
    assert "hunter2" not in public_url(url)
    assert public_url(url).startswith(url.partition(":")[0])


def test_no_password_is_in_a_repr_or_a_message() -> None:
    assert "hunter2" not in repr(resolve_url("postgresql://ann:hunter2@host/shop"))
    for written in (
        "postgresql//ann:hunter2@host/shop",
        "postgresql://ann:hunter2@host:port/shop",
        "postgresql://ann:hunter2@x@host/shop",
    ):
        with pytest.raises((BadUrl, NoSuchDatabase)) as raised:
            resolve_url(written)
        assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("name", ["we?rd", "we#rd", "we%20rd", "we rd", "we*rd", "we[a]rd"])
@pytest.mark.parametrize("suffix", [".sqlite", ".csv"])
def test_a_path_with_characters_of_a_url_is_found_again(
    tmp_path: Path, name: str, suffix: str
) -> None:
    path = tmp_path / f"{name}{suffix}"
    path.write_bytes(b"SQLite format 3\0" if suffix == ".sqlite" else b"a\n1\n")
    source = resolve_url(path)
    again = resolve_url(source.public)
    assert (again, again.path or again.files[0]) == (source, path)
    assert source.is_at(again.public)


def test_a_duckdb_file_that_duckdb_cannot_open_is_reported(tmp_path: Path) -> None:
    (tmp_path / "we?rd.duckdb").write_bytes(b"\0" * 8 + b"DUCK" + b"\0" * 8)
    with pytest.raises(UnsupportedDatabase, match="rename"):
        resolve_url(tmp_path / "we?rd.duckdb")


SALES = "postgresql://reader@h1/sales"


@pytest.mark.parametrize(
    "url", ["postgres://other:pw@H1:5432/sales", "postgresql+psycopg://h1/sales"]
)
def test_who_logs_in_does_not_make_another_database(url: str) -> None:
    assert resolve_url(SALES).is_at(resolve_url(url).public)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://h2/sales",
        "postgresql://h1:5433/sales",
        "mysql://h1/sales",
        "postgresql://h1/sales?host=/tmp",
        "not a URL://",
    ],
)
def test_another_place_is_another_database(url: str) -> None:
    assert not resolve_url(SALES).is_at(url)


@pytest.mark.parametrize("scheme", ["postgresql://h", "mysql://h", "sqlite://", "duckdb://"])
def test_an_unknown_option_is_named(scheme: str) -> None:
    with pytest.raises(BadUrl, match="has no option foo"):
        resolve_url(f"{scheme}/shop?foo=1")
