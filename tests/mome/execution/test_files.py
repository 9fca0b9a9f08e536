"""csv and parquet files: the executor must see the tables, columns and types that introspection
saw.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

import schemas
from mome.errors import ExecutionError, Unreachable
from mome.execution import open_executor
from mome.guard.query import seal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plain.csv").write_text("id,name\n1,a\n2,b\n")
    (tmp_path / "late text.csv").write_text("id\n" + "1\n" * 30_000 + "x\n")
    (tmp_path / "semi.csv").write_text("id;price;day\n1;1,5;2024-02-29\n")
    (tmp_path / "wide.csv").write_bytes("id,name\n1,Bö\n".encode("utf-16"))
    (tmp_path / "ragged.csv").write_text("id,name\n1,a\n2,b,c\n3,d\n")
    (tmp_path / "latin.csv").write_bytes("name\ncafé\n".encode("latin-1"))
    (tmp_path / "it's.csv").write_text("id\n1\n")
    (tmp_path / "quotes.csv").write_text('id,"it\'s"\n1,2\n')
    (tmp_path / "twice.csv").write_text("id\n1\n")
    duckdb.connect().execute(f"COPY (SELECT 1 AS id) TO '{tmp_path}/Twice.parquet'")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    return tmp_path


def test_every_introspected_column_can_be_read_with_its_type(
    folder: Path, subtests: pytest.Subtests
) -> None:
    source = schemas.resolve_url(folder)
    catalog = schemas.introspect(source)
    assert len(catalog.tables) == 10
    with open_executor(source) as executor:
        for table in catalog.tables:
            with subtests.test(table.name):
                names = ", ".join(
                    f'"{column.name}", typeof("{column.name}")' for column in table.columns
                )
                rows = executor.run(
                    seal(f'SELECT {names} FROM "{table.name}"', "duckdb", set(), set(), "")
                ).rows
                assert list(rows[0][1::2]) == [column.type for column in table.columns]


def test_a_broken_file_hides_no_other(folder: Path) -> None:
    with open_executor(folder) as executor:
        assert executor.reachable()
        with pytest.raises(ExecutionError, match="broken"):
            executor.run(seal("SELECT * FROM broken", "duckdb", set(), set(), ""))
    with (
        open_executor(folder / "broken.parquet") as executor,
        pytest.raises(Unreachable, match="broken.parquet cannot be read"),
    ):
        executor.ping()


@pytest.mark.parametrize(
    "name", ["we?rd.csv", "we*rd.csv", "we[a]rd.csv", "we#rd%20.csv", "we?rd.parquet"]
)
def test_a_name_that_looks_like_a_pattern_is_one_file(tmp_path: Path, name: str) -> None:
    for other, word in ((re.sub(r"[?*]|\[a\]", "a", name), "other"), (name, "meant")):
        path = tmp_path / other
        if path.suffix == ".parquet":
            duckdb.connect().execute(f"COPY (SELECT '{word}' AS x) TO '{path}'")
        else:
            path.write_text(f"x,y\n{word},1\n")
    with open_executor(schemas.resolve_url(tmp_path / name)) as executor:
        assert executor.run(
            seal(f'SELECT x FROM "{Path(name).stem}"', "duckdb", set(), set(), "")
        ).rows == [("meant",)]
