"""Words that say names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.titles.naming import (
    dated_parts,
    measured_parts,
    own_parts,
    required_parts,
    says_measure,
    unprefixed,
)
from mome.answering.titles.said_words import TitleWords, are_explained, are_said, guesses
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


def test_what_nearly_all_columns_begin_with_need_not_be_said(
    make_catalog: Callable[..., Catalog], make_table: Callable[..., Table]
) -> None:
    columns = "sbTxId integer!, sbTxAmount number, sbTxStatus text, sbTxNote text, owner text"
    table = make_catalog(make_table("sbTransaction", columns)).tables[0]
    assert unprefixed("sbTxAmount", table) == ("amount",)
    assert unprefixed("owner", table) == ("owner",)
    assert required_parts(table.columns[1], table) == ("amount",)


@pytest.mark.parametrize(
    ("phrase", "column", "is_said"),
    [
        ("invoiced total", "tot_amt", True),
        ("total amount", "tot_amt", True),
        ("amount", "tot_amt", True),
        # Which amount, and which total?
        ("amount", "net_amt", False),
        ("total", "net_amt", False),
        ("net amount", "net_amt", True),
    ],
)
def test_a_total_amount_is_said_as_a_total(
    phrase: str,
    column: str,
    is_said: bool,
    make_catalog: Callable[..., Catalog],
    make_table: Callable[..., Table],
) -> None:
    columns = "inv_no text!, net_amt number, tot_amt number, paid_at date"
    catalog = make_catalog(make_table("inv_hdr", columns))
    table = catalog.tables[0]
    found = table.column(column)
    assert found is not None
    assert says_measure(found, table, TitleWords(catalog).words(phrase)) is is_said
