"""Catalogs that are written in abbreviations."""

from __future__ import annotations

import pytest

from mome.linking.abbreviations import is_abbreviated, settled_shorts, skeleton


@pytest.mark.parametrize(
    ("names", "is_one"),
    [
        (["ord_dt", "custNm", "unit_prc"], True),
        (["order_date", "max_qty", "desc", "cust_stat"], False),
    ],
)
def test_three_settled_abbreviations_tell(names: list[str], is_one: bool) -> None:
    assert is_abbreviated(names) == is_one


def test_a_word_has_its_settled_abbreviations() -> None:
    assert settled_shorts("descriptions") == {"desc", "descr", "dsc"}
    assert settled_shorts("complaint") == set()


@pytest.mark.parametrize(
    ("word", "letters"), [("cost", "cst"), ("scrap", "scrp"), ("plann", "pln"), ("order", "ordr")]
)
def test_a_skeleton_has_no_vowels_but_the_first_letter(word: str, letters: str) -> None:
    assert skeleton(word) == letters
