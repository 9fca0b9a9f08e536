"""Other wordings of a prompt follow from rules."""

from __future__ import annotations

import pytest

from mome.memory.restatements import restatements


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            "In which year was the town founded by Ada Lane?",
            ("when was the town founded by Ada Lane?", "year town founded Ada Lane"),
        ),
        ("who wrote Emma?", ("which person wrote Emma?", "wrote Emma")),
        ("The mother tongue of Ada Lane is", ("mother tongue Ada Lane",)),
        ("How many lakes?", ("what is the number of lakes?", "many lakes")),
        (
            "how many states border Utah",
            ("what is the number of states border Utah", "many states border Utah"),
        ),
        ("the lake with the most islands", ("lake most islands",)),
        ("Emma", ()),
    ],
)
def test_a_prompt_is_said_in_other_words(prompt: str, expected: tuple[str, ...]) -> None:
    assert restatements(prompt) == expected


def test_no_wording_is_said_twice() -> None:
    assert restatements("wrote  EMMA") == ()
