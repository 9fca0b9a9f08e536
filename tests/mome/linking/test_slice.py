"""The slice: what a question is about, bounded in size, with values and codes, the same
every time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mome.catalog import Catalog, Column, Table
from mome.linking.slice import COLUMNS, Item, Linker, Slice


def tables(slice_: Slice) -> list[str]:
    return [entry.table.key for entry in slice_.tables]


def columns(slice_: Slice, table: str) -> list[str]:
    return [
        c.column.name for entry in slice_.tables if entry.table.key == table for c in entry.columns
    ]


@pytest.fixture
def wide(make_table: Callable[..., Table], make_catalog: Callable[..., Catalog]) -> Catalog:
    """Forty tables of forty columns; table 7 speaks of invoices, and its last column of
    discounts.
    """
    made = [
        make_table(f"t{i}", "id integer!, " + ", ".join(f"c{i}x{j} text" for j in range(40)))
        for i in range(40)
    ]
    many = ", ".join(f"k{j} text" for j in range(40))
    invoice = make_table(
        "invoice", f"id integer!, t7_id integer, {many}, discount number", {"t7_id": "t7.id"}
    )
    return make_catalog(*made[:20], invoice, *made[20:])


def test_what_the_question_names_is_in_the_slice_of_a_large_catalog(wide: Catalog) -> None:
    slice_ = Linker(wide).slice("average discount of invoices")
    assert "invoice" in tables(slice_) and "discount" in columns(slice_, "invoice")
    assert slice_.score > 0


def test_a_slice_is_as_large_for_forty_tables_as_for_a_few(wide: Catalog) -> None:
    slice_ = Linker(wide).slice("average discount of invoices")
    assert len(slice_.tables) == len(COLUMNS)
    assert sorted((len(entry.columns) for entry in slice_.tables), reverse=True) == list(COLUMNS)


def test_tables_and_columns_keep_the_catalog_s_order(wide: Catalog, linker: Linker) -> None:
    order = [table.key for table in wide.tables]
    slice_ = Linker(wide).slice("average discount of invoices")
    assert tables(slice_) == sorted(tables(slice_), key=order.index)
    assert columns(linker.slice("age and name of singers"), "singer") == [
        "id",
        "name",
        "country",
        "age",
        "sex",
    ]


def test_a_question_that_names_nothing_has_score_zero(linker: Linker) -> None:
    assert linker.slice("zebra !").score == 0 < linker.slice("singers").score


def test_tables_between_the_best_ones_come_along(make_table, make_catalog) -> None:
    others = [make_table(f"other{i}", "id integer!") for i in range(20)]
    x1 = make_table(
        "x1", "head_id integer, x2_id integer", {"head_id": "head.id", "x2_id": "x2.id"}
    )
    ends = [
        make_table("head", "id integer!"),
        make_table("tail", "id integer!, x2_id integer", {"x2_id": "x2.id"}),
    ]
    linker = Linker(make_catalog(*others, x1, make_table("x2", "id integer!"), *ends))
    assert {"head", "x1", "x2", "tail"} <= set(tables(linker.slice("which head has which tail")))


def test_items_are_words_then_tables_with_their_columns_and_values(linker: Linker) -> None:
    slice_ = linker.slice("France singer")
    words = (Item("word", text="France"), Item("word", text="singer"))
    assert slice_.items[:4] == (*words, Item("table", "singer"), Item("column", "singer", "id"))
    place = slice_.items.index(Item("value", "singer", "country", "France"))
    assert slice_.items[place - 1] == Item("column", "singer", "country")
    assert [Item("table", "a").name, Item("column", "a", "b").name] == ["a", "a.b"]


def test_required_names_are_always_in_the_slice(wide: Catalog) -> None:
    names = [f"t{i}" for i in range(12)] + [f"t12.c12x{j}" for j in range(20, 40)]
    slice_ = Linker(wide).slice("invoices", require=names)
    assert {f"t{i}" for i in range(13)} <= set(tables(slice_))
    assert {f"c12x{j}" for j in range(20, 40)} <= set(columns(slice_, "t12"))


def test_required_names_may_hold_dots_and_schemas(make_table, make_catalog) -> None:
    catalog = make_catalog(
        make_table("a.b", "c.d integer"), make_table("x", "y integer", schema="s")
    )
    slice_ = Linker(catalog).slice("?", require=["a.b.c.d", "s.x.y"])
    assert columns(slice_, "a.b") == ["c.d"] and columns(slice_, "s.x") == ["y"]


def test_required_names_are_found_in_any_case_and_unknown_ones_add_nothing(wide: Catalog) -> None:
    plain = Linker(wide).slice("?")
    assert Linker(wide).slice("?", require=["gone", "t3.gone", "gone.c", ""]) == plain
    assert "c30x39" in columns(Linker(wide).slice("?", require=["T30.C30X39"]), "t30")


def test_a_glossary_term_is_read_with_its_meaning(make_concerts) -> None:
    linker = Linker(
        make_concerts(), synonyms=[("C++", "capacity"), ("fans", "capacity of a stadium")]
    )
    assert linker.slice("total C++ there").question == "total C++ there C++ refers to capacity;"
    assert linker.slice("fans.").question.endswith("fans refers to capacity of a stadium;")
    assert linker.slice("fanshop C+++").question == "fanshop C+++ C++ refers to capacity;"
    assert linker.slice("fanshop").question == "fanshop"


def test_the_same_question_gives_the_same_slice(make_linker: Callable[..., Linker]) -> None:
    question = "names of french pop singers in paris"
    assert make_linker().slice(question) == make_linker().slice(question)


def test_an_empty_catalog_gives_an_empty_slice(make_catalog) -> None:
    slice_ = Linker(make_catalog()).slice("how many?")
    assert (
        slice_.tables == ()
        and slice_.score == 0
        and all(item.kind == "word" for item in slice_.items)
    )


def test_named_are_words_of_names_stored_values_and_numbers(linker: Linker) -> None:
    assert linker.named("How many singers from the United States are older than 30?") == {
        "singer",
        "unit",
        "state",
        "30",
    }
    assert linker.named("Which surgeons work in Oslo?") == set()


def test_unexplained_are_words_in_no_name_and_of_no_stored_value(linker: Linker) -> None:
    assert linker.unexplained("How many singers from the United States are older than 30?") == {
        "older"
    }
    assert linker.unexplained("Which surgeons work in Oslo?") == {"surgeon", "work", "oslo"}
    assert linker.unexplained("") == set()


def test_a_row_that_repeats_a_question_changes_no_slice(make_linker, make_concerts) -> None:
    questions = ("How many singers are there?", "What is the average age of singers by country?")
    said = [
        ("song", "title", [*questions, "how many singers", "average age", "singers", "country"])
    ]
    honest, attacked = Linker(make_concerts()), Linker(make_concerts(), said)
    for question in questions:
        assert attacked.slice(question) == honest.slice(question)
    assert attacked.slice("Songs titled 'how many singers'").matches != ()


def test_a_part_of_a_column_s_name_may_be_a_value(make_table, make_catalog) -> None:
    plant = make_table("plant", "id integer!, operational_from integer, status text")
    linker = Linker(make_catalog(plant), [("plant", "status", ["Operational"])])
    assert [m.stored for m in linker.slice("How many operational plants?").matches] == [
        "Operational"
    ]
    assert linker.slice("operational from of plants").matches == ()


@pytest.fixture
def cryptic(make_table, make_catalog) -> Linker:
    """A table and a column that only their comments explain."""
    table = make_table("kna1", "id integer!, f29 text, street text")
    told = {"f29": "Street of the\npostal address", "street": "Street of the works"}
    columns_ = tuple(replace(c, comment=told.get(c.name)) for c in table.columns)
    return Linker(make_catalog(replace(table, comment="Customer master", columns=columns_)))


def test_a_comment_is_shown_where_the_question_says_it_and_not_the_name(cryptic: Linker) -> None:
    (entry,) = cryptic.slice("In which street do customers live?").tables
    assert entry.comment == "Customer master"
    assert {c.column.name: c.comment for c in entry.columns} == {
        "id": "",
        "f29": "Street of the postal address",
        "street": "",
    }
    (entry,) = cryptic.slice("How many kna1 have an f29?").tables
    assert entry.comment == "" and {c.comment for c in entry.columns} == {""}


@pytest.mark.parametrize(("nullable", "valued"), [(False, set()), (True, {"usa"})])
def test_a_value_that_all_rows_hold_tells_none_apart(nullable: bool, valued: set[str]) -> None:
    columns = (
        Column("state_name", "TEXT", "text"),
        Column("country", "TEXT", "text", nullable, values=("usa",), values_complete=True),
    )
    catalog = Catalog(
        "sqlite", "sqlite", "", "", (Table(None, "state", "table", None, 9, columns),)
    )
    linker = Linker(catalog, [("state", "country", ["usa"], True)])
    assert linker.valued("How many states are in the USA?") == valued
    assert linker.named("How many states are in the USA?") - {"state"} == valued
    assert linker.unexplained("How many states are in the USA?") == set()
