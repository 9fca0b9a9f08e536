"""Words that meet a name or its comment, also where they are spelled otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mome.catalog import Catalog, Table
from mome.linking.slice import Linker, Slice


def tables_of(slice_: Slice) -> list[str]:
    return [entry.table.key for entry in slice_.tables]


def columns_of(slice_: Slice, table: str) -> list[str]:
    return [
        c.column.name for entry in slice_.tables if entry.table.key == table for c in entry.columns
    ]


def test_two_words_meet_a_name_that_runs_them_together(make_table, make_catalog) -> None:
    others = [make_table(f"school{i}", "id integer!, high integer") for i in range(20)]
    linker = Linker(make_catalog(*others, make_table("highschooler", "id integer!, grade integer")))
    assert "highschooler" in tables_of(linker.slice("names of high schoolers"))


def test_short_forms_in_names_stand_for_words_of_the_question(
    make_table: Callable[..., Table], make_catalog: Callable[..., Catalog]
) -> None:
    others = [make_table(f"t{i}", "id integer!, a text") for i in range(20)]
    short = make_table("cust_addr", "id integer!, ctry text, fax text")
    slice_ = Linker(make_catalog(*others, short)).slice("In which countries do the customers live?")
    assert "cust_addr" in tables_of(slice_)
    (entry,) = (entry for entry in slice_.tables if entry.table.key == "cust_addr")
    assert entry.match == 1 and {c.column.name: c.match for c in entry.columns} == {
        "id": 0,
        "ctry": 2,
        "fax": 0,
    }


def test_comments_say_what_names_do_not(
    make_table: Callable[..., Table], make_catalog: Callable[..., Catalog]
) -> None:
    others = [make_table(f"t{i}", "id integer!, a text") for i in range(20)]
    cryptic = make_table("kna1", ", ".join(["id integer!", *(f"f{i} text" for i in range(30))]))
    told = tuple(
        replace(c, comment="Street of the postal address") if c.name == "f29" else c
        for c in cryptic.columns
    )
    described = replace(cryptic, comment="Customer master data", columns=told)
    for table, found in ((cryptic, False), (described, True)):
        slice_ = Linker(make_catalog(*others, table)).slice(
            "In which street do our customers live?"
        )
        assert ("kna1" in tables_of(slice_) and "f29" in columns_of(slice_, "kna1")) is found


GERMAN = "Künstler Räume Straßen Prüfungen Gebäude Böden Flüge Häuser Löhne Gäste".split()


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Künstler", "Künstler"),
        ("Künstler", "Kuenstler"),
        ("Künstler", "Kunstler"),
        ("Kuenstler", "Künstler"),
        ("Straßen", "Strassen"),
        ("café_menu", "cafe menu"),
        ("ЗаказыКлиентов", "заказы клиентов"),
        ("客户订单", "有多少客户订单"),
    ],
)
def test_letters_beyond_ascii_meet_their_table(
    make_table: Callable[..., Table],
    make_catalog: Callable[..., Catalog],
    stored: str,
    asked: str,
) -> None:
    others = [make_table(name, "id integer!") for name in GERMAN if name != stored]
    slice_ = Linker(make_catalog(*others, make_table(stored, "id integer!"))).slice(f"{asked}?")
    assert {entry.table.key: entry.match for entry in slice_.tables}[stored] == 2


def test_a_name_written_as_it_is_stored_is_in_the_slice_and_best(
    make_table: Callable[..., Table], make_catalog: Callable[..., Catalog]
) -> None:
    things = ("order", "invoice", "customer", "payment", "store", "vendor")
    kinds = ("item", "line", "note", "history")
    many = "id integer!, " + ", ".join(f"metric_{n:03d} number" for n in range(100))
    names = [f"{thing}_{kind}" for thing in things for kind in kinds]
    linker = Linker(make_catalog(*(make_table(name, many) for name in names)))
    for name in names:
        slice_ = linker.slice(f"What is the sum of metric_087 in {name}?")
        widest = max(slice_.tables, key=lambda entry: len(entry.columns))
        assert widest.table.key == name
        assert "metric_087" in columns_of(slice_, name)
    assert "store_note" in tables_of(linker.slice("store_note.metric_001, in vendor orders"))
