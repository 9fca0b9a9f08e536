"""Words that say names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.titles.naming import (
    TitleWords,
    are_explained,
    are_said,
    dated_parts,
    guesses,
    measured_parts,
    own_parts,
    required_parts,
)
from mome.catalog import Catalog, Table


@pytest.fixture
def clinic(make_catalog: Callable[..., Catalog], make_table: Callable[..., Table]) -> Catalog:
    return make_catalog(
        make_table("appt", "apptId integer!, apptTyp text, bookedDt date, doc_name text"),
        make_table("payment", "payId integer!, payAmt number, total_value number"),
    )


@pytest.mark.parametrize(
    ("part", "phrase", "guessed"),
    [
        ("payment", "the payments", 0),
        ("booked", "booking", 0),
        ("pay", "paid", 0),
        ("typ", "types", 1),
        ("appt", "appointments", 1),
        ("amt", "amount", 1),
    ],
)
def test_a_word_says_a_part_up_to_its_ending_or_as_what_the_part_abbreviates(
    part: str, phrase: str, guessed: int, clinic: Catalog
) -> None:
    words = TitleWords(clinic).words(phrase)
    assert are_said([part], words)
    assert are_explained(words, [part])
    assert guesses([part], words) == guessed


def test_of_two_abbreviations_the_longer_one_is_said(clinic: Catalog) -> None:
    """The letters of `amt` come in this order in `appointments`."""
    assert not are_said(["amt"], TitleWords(clinic).words("appointments"))


def test_a_word_that_is_no_part_explains_nothing(clinic: Catalog) -> None:
    words = TitleWords(clinic).words("unpaid payments")
    assert not are_explained(words, ["payment", "pay"])


def test_the_parts_of_a_column_that_have_to_be_said(clinic: Catalog) -> None:
    appt, payment = clinic.tables
    kind, booked, amount, total = appt.columns[1], appt.columns[2], *payment.columns[1:]
    assert own_parts(kind, appt) == ("typ",)
    assert required_parts(appt.columns[3], appt) == ("doc",)
    assert measured_parts(amount, payment) == ("amt",)
    assert measured_parts(total, payment) == ("total", "value")
    assert dated_parts(booked) == ("booked",)
