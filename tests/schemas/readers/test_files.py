"""csv and parquet files as views."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from schemas import NotADatabase, introspect, resolve_url
from schemas.readers.files import open_files


def _parquet(path: Path, query: str) -> None:
    duckdb.connect().execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def test_a_folder_is_a_database(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("id,name\n1,Ann\n2,Bob\n")
    _parquet(
        tmp_path / "orders.parquet",
        "SELECT * FROM (VALUES (10, 1, DATE '2024-01-02'), (11, 2, DATE '2024-03-04')) "
        "t(id, customer_id, day)",
    )
    catalog = introspect(resolve_url(tmp_path))
    assert [(table.key, table.kind, table.rows) for table in catalog.tables] == [
        ("customers", "table", 2),
        ("orders", "table", 2),
    ]
    assert catalog.url == str(tmp_path)
    orders = catalog.table("orders")
    assert (orders.column("day").min, orders.column("day").max) == ("2024-01-02", "2024-03-04")
    (key,) = orders.foreign_keys
    assert (key.columns, key.ref_table, key.inferred) == (("customer_id",), "customers", True)


def test_types_come_from_all_rows_and_names_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / 'it\'s a "file".csv'
    numbers = "".join(f"{number},x\n" for number in range(30_000))
    path.write_text(f"code,it's\n{numbers}A12,y\n")
    catalog = introspect(resolve_url(path))
    (table,) = catalog.tables
    assert (table.name, table.rows) == ('it\'s a "file"', 30_001)
    assert [(column.name, column.family) for column in table.columns] == [
        ("code", "text"),
        ("it's", "text"),
    ]
    assert table.column("it's").values == ("x", "y")
    assert catalog.problems == ()


def test_latin_1_is_read(tmp_path: Path) -> None:
    (tmp_path / "cafés.csv").write_bytes("id,name\n1,café\n".encode("latin-1"))
    (table,) = introspect(resolve_url(tmp_path)).tables
    assert table.column("name").values == ("café",)


def test_a_broken_file_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("a,b\n1,2\n")
    (tmp_path / "bad.parquet").write_text("this is no parquet file")
    catalog = introspect(resolve_url(tmp_path))
    assert [table.key for table in catalog.tables] == ["good"]
    (problem,) = catalog.problems
    assert problem.object == "bad"
    assert "bad.parquet" in problem.reason


def test_a_lone_broken_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(NotADatabase, match="bad.parquet"):
        introspect(resolve_url(tmp_path / "bad.parquet"))


def test_views_read_the_files_and_cannot_change_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n")
    connection, problems = open_files([path])
    assert (connection.execute("SELECT x FROM a").fetchall(), problems) == ([(1,)], ())
    with pytest.raises(duckdb.Error):
        connection.execute("INSERT INTO a VALUES (2)")
    connection.close()


@pytest.mark.parametrize("name", ["we?rd.csv", "we*rd.csv", "we[a]rd.csv", "we?rd.parquet"])
def test_a_name_that_looks_like_a_pattern_is_one_file(tmp_path: Path, name: str) -> None:
    matching = re.sub(r"[?*]|\[a\]", "a", name)
    for file_name, word in ((matching, "other"), (name, "meant")):
        path = tmp_path / file_name
        if path.suffix == ".parquet":
            _parquet(path, f"SELECT '{word}' AS x")
        else:
            path.write_text(f"x,y\n{word},1\n")
    connection, problems = open_files([tmp_path / name])
    rows = connection.execute(f'SELECT x FROM "{Path(name).stem}"').fetchall()
    assert (rows, problems) == ([("meant",)], ())
    connection.close()
    (table,) = introspect(resolve_url(tmp_path / name)).tables
    assert table.column("x").values == ("meant",)
