"""A catalog of items and of employees who have managers, and what a query for it says too much."""

from __future__ import annotations

from dataclasses import replace

from mome.answering.unasked import unasked
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.name_index import NameIndex
from mome.sql_tree import parsed


def table(name: str, texts: str, numbers: str, *keys: ForeignKey) -> Table:
    columns = [Column(text, "TEXT", "text") for text in texts.split()]
    columns += [Column(number, "INTEGER", "integer") for number in numbers.split()]
    return Table(None, name, "table", None, 9, tuple(columns), foreign_keys=keys)


ITEM = table("item", "name maker brand kind", "id price weight minutes")
STATUS = Column("status", "INTEGER", "integer", values=(1, 2, 3), values_complete=True)
STAGE = Column("stage", "TEXT", "text", comment="F finished, P planned", values=("F", "P"))
MANAGER = ForeignKey(("manager_id",), "employee", ("id",))
CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "shop.sqlite",
    "",
    (
        replace(ITEM, columns=(*ITEM.columns, STATUS, STAGE)),
        table("employee", "name role city", "id manager_id", MANAGER),
    ),
)


def extra(question: str, sql: str) -> str:
    """Return what the question says nothing of, joined by commas."""
    tree, names = parsed(sql, "sqlite"), NameIndex(CATALOG).known
    found = unasked(question, tree, CATALOG, names=names)
    head = "the question says nothing of "
    assert all(sentence.startswith(head) for sentence in found)
    return ", ".join(sentence.removeprefix(head) for sentence in found)
