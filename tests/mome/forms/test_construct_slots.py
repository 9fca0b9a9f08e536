"""Every construct of the form has slots, and is a word of the vocabulary."""

from __future__ import annotations

import pytest

from mome.backbones.bundled.form_tokens import WORDS
from mome.backbones.bundled.grammar_state import ARGUMENTS
from mome.forms.construct_slots import COUNTS_OF_ARGUMENTS, SLOTS, slot_of
from mome.forms.language import constructs


def test_all_constructs_can_be_written() -> None:
    assert constructs() <= set(WORDS)
    assert constructs() <= set(ARGUMENTS)


@pytest.mark.parametrize(
    ("name", "place", "slot"),
    [
        ("DURING", 0, "date"),
        ("DURING", 2, "period"),
        ("TOP", 0, "count"),
        ("TOP", 5, "operand"),
        ("SHARE", 0, "share"),
        ("COUNT", 0, ""),
    ],
)
def test_a_slot_is_found_by_its_place(name: str, place: int, slot: str) -> None:
    assert slot_of(name, place) == slot


def test_optional_and_repeated_slots_are_counted() -> None:
    assert COUNTS_OF_ARGUMENTS["DURING"] == (2, 3)
    assert COUNTS_OF_ARGUMENTS["TOP"] == (2, 6)
    assert COUNTS_OF_ARGUMENTS["PER"] == (2, 6)
    assert all(least <= most for least, most in COUNTS_OF_ARGUMENTS.values())
    assert SLOTS.keys() == COUNTS_OF_ARGUMENTS.keys()
