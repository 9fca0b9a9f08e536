"""One database spells its names and values in one manner."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from mome.pretrain.business.manners import Manners

_PLAIN = Manners("snake", True, "", False, False, False, "integer", "lower", "DATE", 2022)


@pytest.mark.parametrize(
    ("case", "table", "column"),
    [
        ("snake", "order_lines", "due_date"),
        ("camel", "orderLines", "dueDate"),
        ("pascal", "OrderLines", "DueDate"),
        ("title", "Order_Lines", "Due_Date"),
        ("upper", "ORDER_LINES", "DUE_DATE"),
    ],
)
def test_names_are_in_one_case(case: str, table: str, column: str) -> None:
    manners = replace(_PLAIN, case=case)
    assert manners.table("order_line") == table
    assert manners.column("order_line", "due_date") == column


def test_nouns_and_abbreviations() -> None:
    manners = replace(_PLAIN, columns_have_noun=True, abbreviates=True, key_has_noun=True)
    assert manners.column("bill", "amount") == "bill_amt"
    assert manners.column("bill", "is_paid") == "is_paid"
    assert (manners.key("bill"), manners.reference("client")) == ("bill_id", "client_id")


def test_kinds_are_words_codes_or_numbers() -> None:
    # Of ten columns one or two do not follow the manner of the database.
    spelled = {
        kind: {replace(_PLAIN, kind=kind).kinds(("on hold", "paid"), random.Random(n)) for n in r10}
        for kind, r10 in {k: range(10) for k in ("title", "upper", "letter", "number")}.items()
    }
    assert ("On Hold", "Paid") in spelled["title"]
    assert ("ON_HOLD", "PAID") in spelled["upper"]
    assert ("O", "P") in spelled["letter"]
    assert ("1", "2") in spelled["number"]


def test_flags_are_numbers_letters_or_words() -> None:
    assert _PLAIN.flags() == ("INTEGER", (0, 1))
    assert replace(_PLAIN, flag="letter").flags()[1] == ("N", "Y")
    assert replace(_PLAIN, flag="boolean").flags() == ("BOOLEAN", (0, 1))
