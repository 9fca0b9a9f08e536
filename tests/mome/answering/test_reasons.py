"""Why a question gets no answer."""

from __future__ import annotations

import pytest

from mome.answering.reasons import meaningless_words
from mome.linking.slice import Linker


@pytest.mark.parametrize(
    ("question", "words"),
    [
        # Periods, numbers, shares, units of time and negations are said by constructs.
        ("Share of singers per month between 1 July and 31 December 2024", []),
        ("What percentage of the singers never sang so far?", ["sang"]),
        ("The parachutes of each singer", ["parachutes"]),
    ],
)
def test_only_words_without_a_meaning_are_named(
    question: str, words: list[str], linker: Linker
) -> None:
    assert meaningless_words(linker.match(question)) == words
