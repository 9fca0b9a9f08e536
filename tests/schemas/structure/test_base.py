"""Normalisation of the keys that the engines report."""

from __future__ import annotations

from schemas import Column, ForeignKey, Table
from schemas.structure.base import Structure, normalise_structure

PARENT = Table(
    None,
    "Parent",
    "table",
    (Column("Id", "INT", "integer"),),
    primary_key=("Id",),
    unique=(("Id",), ()),
)


def _structure(*keys: ForeignKey) -> Structure:
    """Return a structure of PARENT and of a child with these foreign keys."""
    columns = (Column("p", "INT", "integer"),)
    return Structure((Table("z", "child", "table", columns, foreign_keys=keys), PARENT))


def test_keys_are_spelled_as_their_target_and_kept_once() -> None:
    lower = ForeignKey(("p",), "parent", ("ID",))
    upper = ForeignKey(("p",), "Parent", ("Id",))
    parent, child = normalise_structure(_structure(lower, upper)).tables
    assert child.foreign_keys == (upper,)
    assert parent.unique == ()


def test_a_key_without_a_target_is_reported() -> None:
    no_table = ForeignKey(("p",), "nowhere", ("id",))
    no_column = ForeignKey(("p",), "Parent", ("missing",))
    structure = normalise_structure(_structure(no_table, no_column))
    assert structure.tables[1].foreign_keys == ()
    assert [problem.object for problem in structure.problems] == ["z.child", "z.child"]
