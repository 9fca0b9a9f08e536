"""Identifiers are split into the same words whatever their style and script."""

from __future__ import annotations

import unicodedata

import pytest

from schemas.names import find_name, split_identifier


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("order_line", ["order", "line"]),
        ("orderLine", ["order", "line"]),
        ("OrderLine", ["order", "line"]),
        ("order-line", ["order", "line"]),
        ("Order Line", ["order", "line"]),
        ("ORDER_LINE", ["order", "line"]),
        ("ORDERLINE", ["orderline"]),
        ("HTTPServer", ["http", "server"]),
        ("custID", ["cust", "id"]),
        ("isbn10", ["isbn", "10"]),
        ("Address2Line", ["address", "2", "line"]),
        ("2024Sales", ["2024", "sales"]),
        ("A", ["a"]),
        ("FaktÜber", ["fakt", "über"]),
        ("MaßID", ["maß", "id"]),
        ("商品_名", ["商品", "名"]),
        ("__", []),
        ("", []),
    ],
)
def test_words(name: str, words: list[str]) -> None:
    assert split_identifier(name) == words


def test_both_unicode_forms_give_the_same_words() -> None:
    decomposed = unicodedata.normalize("NFD", "größe_Ändern")
    assert split_identifier(decomposed) == ["größe", "ändern"]


def test_a_name_is_found_in_its_own_case_first_and_never_guessed() -> None:
    assert find_name("Orders", ["orders", "Orders"]) == "Orders"
    assert find_name("ORDERS", ["orders", "Orders"]) is None
    assert find_name("ORDERS", ["orders", "lines"]) == "orders"
    assert find_name("none", ["orders"]) is None
