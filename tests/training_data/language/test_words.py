"""Words of names: split, written out, in singular and plural, in any script."""

from __future__ import annotations

import importlib

import pytest

from training_data.language import words
from training_data.language.words import (
    is_plain,
    listing,
    normalise,
    participle,
    plural,
    singular,
    split_name,
    table_noun,
    table_words,
    with_article,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order_line", "order line"),
        ("OrderLines", "order lines"),
        ("custCtry", "customer country"),
        ("HTTPServer", "http server"),
        ("custID", "customer id"),
        ("ISBN10", "isbn 10"),
        ("Seat Count", "seat count"),
        ("LName", "last name"),
        ("dob", "date of birth"),
        ("größe", "größe"),
        ("FaktÜber", "fakt über"),
        ("商品_名", "商品 名"),
        ("__", ""),
    ],
)
def test_split_name(name: str, expected: str) -> None:
    assert " ".join(split_name(name)) == expected


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("singer", "singers"),
        ("country", "countries"),
        ("day", "days"),
        ("address", "addresses"),
        ("status", "statuses"),
        ("analysis", "analyses"),
        ("course", "courses"),
        ("house", "houses"),
        ("clause", "clauses"),
        ("bonus", "bonuses"),
        ("match", "matches"),
        ("box", "boxes"),
        ("movie", "movies"),
        ("shelf", "shelves"),
        ("archive", "archives"),
        ("person", "people"),
        ("order line", "order lines"),
        ("staff", "staff"),
        ("monthly sales", "monthly sales"),
        ("city 2", "city 2"),
        ("商品", "商品"),
        ("größe", "größes"),
        ("campus", "campuses"),
        ("virus", "viruses"),
        ("alias", "aliases"),
        ("gas", "gases"),
        ("axis", "axes"),
        ("diagnosis", "diagnoses"),
        ("specimen", "specimens"),
        ("criterion", "criteria"),
        ("cache", "caches"),
        ("menu", "menus"),
        ("opera", "operas"),
        ("mine", "mines"),
        ("line no", "line nos"),
        ("promo", "promos"),
        ("inventory", "inventories"),
        ("headquarters", "headquarters"),
        ("goods", "goods"),
        ("data", "data"),
        ("ISBN", "ISBNs"),
        ("customer Data", "customer Data"),
    ],
)
def test_singular_and_plural(one: str, many: str) -> None:
    assert (plural(one), singular(many)) == (many, one)
    assert (plural(many), singular(one)) == (many, one)


def test_the_tables_hold_only_words_that_inflect_gets_wrong() -> None:
    """Words in -is and -us are exempt: the rules take them for singulars without asking inflect."""
    inflect = words._inflect()
    needless = [
        one
        for one, many in words._PLURALS.items()
        if (inflect.plural_noun(one), inflect.singular_noun(many)) == (many, one)
        and not inflect.singular_noun(one)
        and not many.endswith(("is", "us"))
    ]
    assert needless == []
    kept = [word for word in words._UNCOUNTABLE if inflect.plural_noun(word) == word]
    assert [word for word in kept if not inflect.singular_noun(word)] == []


def test_type_checks_are_switched_off_for_inflect_alone() -> None:
    typeguard = importlib.import_module("typeguard")

    words._inflect()
    assert typeguard.typechecked.__module__.startswith("typeguard")


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("tbl_Customers", "customer"),
        ("dim_product", "product"),
        ("Customers_Cards", "customer card"),
        ("enrolled_in", "enrolled in record"),
        ("Products_Booked", "products booked record"),
        ("bed", "bed"),
        ("t1", "t 1"),
        ("__", "__"),
    ],
)
def test_table_noun(name: str, noun: str) -> None:
    assert table_noun(name) == noun


def test_a_lone_affix_is_a_name() -> None:
    assert table_words("view") == ["view"]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("shipped_date", "shipped"),
        ("signed_up_on", "signed up"),
        ("born", "born"),
        ("order_date", ""),
        ("due", ""),
        ("date", ""),
    ],
)
def test_participle(name: str, event: str) -> None:
    assert participle(name) == event


def test_small_phrases() -> None:
    assert listing(["a"]) == "a"
    assert listing(["a", "b"]) == "a and b"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert with_article("order") == "an order"
    assert with_article("store") == "a store"
    assert with_article("user") == "a user"


def test_questions_are_the_same_whatever_their_case_spaces_and_marks() -> None:
    assert normalise("  How many\tSingers are there? ") == "how many singers are there"
    assert normalise("how many singers are there") == "how many singers are there"
    assert normalise("?!") == ""


def test_is_plain() -> None:
    assert is_plain("two\nlines\tand café 商品")
    assert not is_plain("bell\x07")
    assert not is_plain("half \ud800")
