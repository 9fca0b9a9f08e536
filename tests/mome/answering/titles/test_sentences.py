"""The last sentence of a question."""

from __future__ import annotations

import pytest

from mome.answering.titles.sentences import asked_sentence
from mome.linking.slice import Linker


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Why do people leave? Clients who left per year", "Clients who left per year"),
        ("We review our jobs. It is urgent! How many per paper?", "How many per paper?"),
        ("Jobs by paper", None),
        # The first sentence says which of them.
        ("We look at 2024. Jobs by paper", None),
        ("We look at glossy paper. Jobs by client", None),
    ],
)
def test_only_a_sentence_that_restricts_nothing_is_left_out(
    question: str, expected: str | None, linker: Linker
) -> None:
    assert asked_sentence(linker.match(question)) == expected
