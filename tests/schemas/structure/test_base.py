"""Normalisation of the keys that the engines report."""

from __future__ import annotations

from schemas import FullColumn, FullForeignKey, FullTable
from schemas.structure.base import Structure, normalise_structure

PARENT = FullTable(
    None,
    "Parent",
    "table",
    (FullColumn("Id", "INT", "integer"),),
    primary_key=("Id",),
    unique=(("Id",), ()),
)


def _structure(*keys: FullForeignKey) -> Structure:
    """Return a structure of PARENT and of a child with these foreign keys."""
    columns = (FullColumn("p", "INT", "integer"),)
    return Structure((FullTable("z", "child", "table", columns, foreign_keys=keys), PARENT))


def test_keys_are_spelled_as_their_target_and_kept_once() -> None:
    lower = FullForeignKey(("p",), "parent", ("ID",))
    upper = FullForeignKey(("p",), "Parent", ("Id",))
    parent, child = normalise_structure(_structure(lower, upper)).tables
    assert child.foreign_keys == (upper,)
    assert parent.unique == ()


def test_a_key_without_a_target_is_reported() -> None:
    no_table = FullForeignKey(("p",), "nowhere", ("id",))
    no_column = FullForeignKey(("p",), "Parent", ("missing",))
    structure = normalise_structure(_structure(no_table, no_column))
    assert structure.tables[1].foreign_keys == ()
    assert [problem.object for problem in structure.problems] == ["z.child", "z.child"]


def test_targets_that_differ_by_case_are_told_apart() -> None:
    columns = (FullColumn("id", "INT", "integer"), FullColumn("ID", "INT", "integer"))
    tables = [FullTable(None, name, "table", columns) for name in ("orders", "Orders")]
    exact = FullForeignKey(("id",), "Orders", ("ID",))
    neither = FullForeignKey(("id",), "ORDERS", ("id",))
    child = FullTable(None, "child", "table", columns, foreign_keys=(exact, neither))
    structure = normalise_structure(Structure((*tables, child)))
    keys = {table.name: table.foreign_keys for table in structure.tables}
    assert keys["child"] == (exact,)
    assert [problem.object for problem in structure.problems] == ["child"]
