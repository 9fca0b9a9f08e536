"""catalog.json: equal databases give equal bytes, and the inference half of mome reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import mome.catalog
from schemas import (
    BrokenCatalog,
    FullCatalog,
    FullColumn,
    FullForeignKey,
    FullTable,
    Problem,
    introspect,
    resolve_url,
)

CATALOG = FullCatalog(
    dialect="postgres",
    engine="postgresql",
    url="postgresql+psycopg://ann@host/shop",
    tables=(
        FullTable(
            None,
            "orders",
            "table",
            (
                FullColumn("id", "integer", "integer", nullable=False, distinct=3, min=1, max=3),
                FullColumn(
                    "état",
                    "text",
                    "text",
                    comment="ça",
                    enum=("a", "b"),
                    values=("a",),
                    values_complete=True,
                    distinct=1,
                ),
                FullColumn("note", "text", "text", excluded=True),
            ),
            comment="all orders",
            rows=3,
            primary_key=("id",),
            unique=(("id", "état"),),
            foreign_keys=(FullForeignKey(("id",), "sales.x", ("id",), inferred=True),),
        ),
        FullTable("sales", "x", "view", (FullColumn("id", "integer", "integer"),)),
    ),
    problems=(Problem("secret", "permission denied"),),
)


def test_a_catalog_survives_its_file(tmp_path: Path) -> None:
    CATALOG.write(tmp_path / "catalog.json")
    assert FullCatalog.read(tmp_path / "catalog.json") == CATALOG
    assert [path.name for path in tmp_path.iterdir()] == ["catalog.json"]


def test_the_inference_half_reads_the_same(tmp_path: Path) -> None:
    CATALOG.write(tmp_path / "catalog.json")
    read = mome.catalog.Catalog.load(tmp_path / "catalog.json")
    assert read.fingerprint == CATALOG.fingerprint
    assert read.table("sales.x").kind == "view"
    assert read.table("orders").column("état").values == ("a",)


def test_two_introspections_give_the_same_bytes(make_sqlite: Callable, tmp_path: Path) -> None:
    path = make_sqlite(
        "CREATE TABLE b(x TEXT); CREATE TABLE a(y INT);"
        "INSERT INTO b VALUES ('q'), ('p'); INSERT INTO a VALUES (2), (1)"
    )
    for name in ("first.json", "second.json"):
        introspect(resolve_url(path)).write(tmp_path / name)
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


@pytest.mark.parametrize(
    "content",
    [None, "", '{"format": 1', "[]", '{"format": 1, "dialect": "sqlite"}', '{"format": 2}'],
)
def test_a_broken_catalog_says_what_to_do(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "catalog.json").write_text(content)
    with pytest.raises(BrokenCatalog, match="again"):
        FullCatalog.read(tmp_path / "catalog.json")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    CATALOG.write(tmp_path / "catalog.json")
    column = FullColumn("c", "x", "number", max=float("nan"))
    broken = replace(CATALOG, tables=(FullTable(None, "t", "table", (column,)),))
    with pytest.raises(ValueError, match="JSON"):
        broken.write(tmp_path / "catalog.json")
    written = json.loads((tmp_path / "catalog.json").read_text("utf-8"))
    assert written["fingerprint"] == CATALOG.fingerprint


def test_tables_and_columns_are_found_by_name() -> None:
    assert CATALOG.table("sales.x").column("id").type == "integer"
    assert CATALOG.table("x") is None
    assert [f"{table.key}.{column.name}" for table, column in CATALOG.columns()][-1] == "sales.x.id"
