"""Which tables score best for a question."""

from __future__ import annotations

from mome.linking.slice import Linker, Slice


def tables_of(slice_: Slice) -> list[str]:
    return [entry.table.key for entry in slice_.tables]


def test_of_many_tables_with_one_name_the_one_among_its_like_is_chosen(
    make_table, make_catalog
) -> None:
    """Twelve schools have students; only one also has the pets that the question asks for."""
    schools = [make_table(f"student_{i}", "student_id integer!, name text") for i in range(12)]
    pet = make_table(
        "pet", "pet_id integer!, owner_id integer, breed text", {"owner_id": "student_9.student_id"}
    )
    linker = Linker(make_catalog(*schools, pet))
    assert {"student_9", "pet"} <= set(
        tables_of(linker.slice("Which students have a pet of which breed?"))
    )
