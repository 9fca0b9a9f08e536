"""A catalog of people with their bosses and their orders."""

from __future__ import annotations

from mome.catalog import Catalog, Column, ForeignKey, Table


def table(name: str, columns: str, *keys: ForeignKey) -> Table:
    fields = tuple(Column(column, "INTEGER", "integer") for column in columns.split())
    return Table(None, name, "table", None, None, fields, ("id",), foreign_keys=keys)


BOSS = ForeignKey(("boss",), "people", ("id",))
PERSON = ForeignKey(("person",), "people", ("id",))
CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "people.sqlite",
    "",
    (table("people", "id name boss team", BOSS), table("orders", "id person", PERSON)),
)
