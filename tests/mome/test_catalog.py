"""catalog.json as the inference half reads it: complete, or one clear error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.errors import CatalogError

COLUMN = {
    "name": "Country",
    "type": "VARCHAR(20)",
    "family": "text",
    "nullable": False,
    "comment": "of birth",
    "enum": None,
    "values": ["FR", "US"],
    "values_complete": True,
    "distinct": 2,
    "min": None,
    "max": None,
    "excluded": False,
}
CONTENT = {
    "format": 1,
    "dialect": "postgres",
    "engine": "postgresql",
    "url": "postgresql://host/db",
    "fingerprint": "abc",
    "problems": [],
    "tables": [
        {
            "schema": "art",
            "name": "Singer",
            "kind": "table",
            "comment": None,
            "rows": 3,
            "primary_key": ["id"],
            "unique": [["a", "b"]],
            "columns": [COLUMN, COLUMN | {"name": "id", "values": None, "values_complete": False}],
            "foreign_keys": [
                {"columns": ["id"], "ref_table": "people", "ref_columns": ["pid"], "inferred": True}
            ],
        }
    ],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "catalog.json"
    file.write_text(json.dumps(CONTENT), "utf-8")
    return file


def test_every_field_is_read(path: Path) -> None:
    catalog = Catalog.load(path)
    table = catalog.tables[0]
    assert (catalog.dialect, catalog.engine, catalog.url, catalog.fingerprint) == (
        "postgres",
        "postgresql",
        "postgresql://host/db",
        "abc",
    )
    assert (table.key, table.kind, table.rows, table.primary_key, table.unique) == (
        "art.Singer",
        "table",
        3,
        ("id",),
        (("a", "b"),),
    )
    assert table.foreign_keys == (ForeignKey(("id",), "people", ("pid",), True),)
    assert table.columns[0] == Column(
        "Country", "VARCHAR(20)", "text", False, "of birth", ("FR", "US"), True
    )
    assert table.columns[1].values is None


def test_names_are_found_in_any_case(path: Path) -> None:
    catalog = Catalog.load(path)
    table = catalog.table("ART.singer")
    assert table is catalog.tables[0] and table.column("COUNTRY") is table.columns[0]
    assert catalog.table("singer") is None and table.column("nothing") is None


def test_a_table_of_the_default_schema_has_no_prefix(make_concerts) -> None:
    assert make_concerts().table("Singer").key == "singer"


def without(key: str) -> str:
    return json.dumps({name: value for name, value in CONTENT.items() if name != key})


@pytest.mark.parametrize(
    "text",
    [
        "",
        json.dumps(CONTENT)[:200],
        json.dumps(CONTENT | {"format": 2}),
        without("fingerprint"),
        without("tables"),
        json.dumps([CONTENT]),
        json.dumps(CONTENT | {"tables": {"a": 1}}),
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_what_is_no_catalog_gives_one_clear_line(path: Path, text: str) -> None:
    path.write_text(text, "latin-1")
    with pytest.raises(CatalogError) as caught:
        Catalog.load(path)
    assert (
        "mome tune" in str(caught.value)
        and str(path) in str(caught.value)
        and "\n" not in str(caught.value)
    )


def test_a_missing_file_gives_the_same_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="FileNotFoundError"):
        Catalog.load(tmp_path / "none.json")


def test_names_that_differ_by_case_are_told_apart() -> None:
    columns = (Column("id", "int", "integer"), Column("ID", "int", "integer"))
    tables = tuple(
        Table(None, name, "table", None, 1, columns) for name in ("orders", "Orders", "lines")
    )
    catalog = Catalog("postgres", "postgresql", "", "", tables)
    assert [catalog.table(name) for name in ("orders", "Orders", "LINES")] == list(tables)
    assert catalog.table("ORDERS") is None
    assert [tables[0].column(name) for name in ("id", "ID", "Id")] == [*columns, None]
