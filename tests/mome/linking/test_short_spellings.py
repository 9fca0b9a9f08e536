"""Words of a question that the database writes in short."""

from __future__ import annotations

import pytest

from mome.catalog import Catalog, Column, Table
from mome.linking.respelling import Respelling
from mome.linking.short_spellings import is_code_of
from mome.linking.slice import Linker


def codes(name: str, *values: str) -> Column:
    return Column(name, "TEXT", "text", values=values, values_complete=True)


def number(name: str) -> Column:
    return Column(name, "INTEGER", "integer")


APPT = Table(
    None, "appt", "table", None, None,
    (
        number("apptId"),
        number("refDocId"),
        number("regNo"),
        number("unitCnt"),
        codes("statCd", "CMP", "CAN", "NOS", "WO", "OP"),
        codes("apptTyp", "EMRG", "FUP"),
        codes("countryCd", "CAN", "USA"),
    ),
)  # fmt: skip
ART = Table(None, "art", "table", None, None, (number("artId"), codes("title", "Sun", "Moon")))
LINKER = Linker(Catalog("sqlite", "sqlite", "clinic.sqlite", "", (APPT, ART)))


def respelled(question: str) -> str:
    return Respelling(LINKER.catalog).respell(LINKER.match(question)).question


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("Cancelled appointments by month", "CAN appt by month"),
        ("How many no-shows were there?", "How many NOS were there?"),
        ("written-off appointments", "WO appt"),
        ("the latest completed emergency", "the latest CMP EMRG"),
        ("open appointments", "OP appt"),
    ],
)
def test_a_word_gets_the_spelling_of_the_database(question: str, short: str) -> None:
    assert respelled(question) == short


@pytest.mark.parametrize(
    "question",
    [
        "How many artists are there?",  # `art` is a word of its own
        "for each referring person",  # `ref` is, and `reg` shortens it less
        "How many complaints are there?",  # CMP is no beginning of it, and cnt is a count
        "appts that Canada sent",  # no code of a country
        "people who work here",
    ],
)
def test_other_words_stay(question: str) -> None:
    assert respelled(question) == question


PLANT = Catalog(
    "sqlite",
    "sqlite",
    "plant.sqlite",
    "",
    (
        Table(None, "mat", "table", None, None, (codes("mat_dsc", "Saw"), number("std_cst"))),
        Table(None, "emp", "table", None, None, (codes("dept_nm", "Sales"), number("pay_d"))),
        Table(None, "po_hdr", "table", None, None, (number("po_dt"), number("ctry_cd"))),
        Table(None, "gr", "table", None, None, (number("qty_rcv"), number("qty_per"))),
        Table(None, "whs", "table", None, None, (number("lst_prc"), number("lead_d"))),
    ),
)


def of_plant(question: str) -> str:
    return Respelling(PLANT).respell(Linker(PLANT).match(question)).question


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("description of all materials", "dsc of all mat"),  # and not `dept`
        ("quantity received per warehouse", "qty rcv per whs"),
        ("costs and country codes", "cst and ctry cd"),
        ("purchase orders by date", "po by dt"),
        ("goods receipts by payment", "gr by pay"),
    ],
)
def test_names_in_abbreviations_are_found(question: str, short: str) -> None:
    assert of_plant(question) == short


@pytest.mark.parametrize(
    "question",
    [
        "the cheapest of the longest",  # no cst and no lst
        "the contact person",  # no qty_per
        "matless ones",  # made of the word, not shortened by it
        "orders that were started",  # std is `standard`
    ],
)
def test_what_is_no_abbreviation_stays(question: str) -> None:
    assert of_plant(question) == question


def test_initials_stay_where_names_are_spelled() -> None:
    table = Table(None, "po", "table", None, None, (number("order_date"),))
    catalog = Catalog("sqlite", "sqlite", "t.sqlite", "", (table,))
    question = "purchase orders"
    assert Respelling(catalog).respell(Linker(catalog).match(question)).question == question


def test_a_word_that_fits_two_codes_of_a_column_stays() -> None:
    table = Table(None, "t", "table", None, None, (codes("status", "CMP", "COM"),))
    linker = Linker(Catalog("sqlite", "sqlite", "t.sqlite", "", (table,)))
    found = Respelling(linker.catalog).respell(linker.match("completed ones"))
    assert (found.question, found.words) == ("completed ones", ())


@pytest.mark.parametrize(
    ("code", "word", "is_one"),
    [
        ("CAN", "cancelled", True),
        ("CMP", "completed", True),
        ("CMP", "computers", False),
        ("BKD", "booked", True),
        ("WO", "written-off", True),
        ("PD", "paid", True),
        ("PD", "paved", False),
        ("FUP", "follow-up", False),
    ],
)
def test_codes_shorten_words(code: str, word: str, is_one: bool) -> None:
    assert is_code_of(code, word) == is_one
