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


def _child(*keys: ForeignKey) -> Structure:
    return Structure(
        (Table("z", "child", "table", (Column("p", "INT", "integer"),), foreign_keys=keys), PARENT)
    )


def test_keys_are_spelled_as_their_target_and_kept_once() -> None:
    parent, child = normalise_structure(
        _child(ForeignKey(("p",), "parent", ("ID",)), ForeignKey(("p",), "Parent", ("Id",)))
    ).tables
    assert child.foreign_keys == (ForeignKey(("p",), "Parent", ("Id",)),)
    assert parent.unique == ()


def test_a_key_without_a_target_is_reported() -> None:
    structure = normalise_structure(
        _child(ForeignKey(("p",), "nowhere", ("id",)), ForeignKey(("p",), "Parent", ("missing",)))
    )
    assert structure.tables[1].foreign_keys == ()
    assert [problem.object for problem in structure.problems] == ["z.child", "z.child"]
