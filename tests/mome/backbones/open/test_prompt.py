"""The text that an open model reads, sign by sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mome.backbones.open.prompt import (
    WHOLE_COLUMNS,
    pairs_text,
    question_text,
    schema_text,
    shown_tables,
)
from mome.catalog import Catalog, Table
from mome.forms.spelling import written_name
from mome.linking.slice import Linker, Slice

SCHEMA = """\
singer(id int, name, country, age int, sex ['F', 'M'])
song(id int, singer_id int, title, genre, sales number)
stadium(id int, name, city, capacity int)
concert(id int, stadium_id int, year int, held date)
performance(concert_id int, singer_id int)
"Order Line"(Id int, "First Name", "order" int, CamelCase, singer_id int)
lonely(word, size int)
keys: song.singer_id = singer.id, concert.stadium_id = stadium.id, \
performance.concert_id = concert.id, performance.singer_id = singer.id, \
"Order Line".singer_id = singer.id
"""


def test_a_small_catalog_is_shown_whole_whatever_the_question(linker: Linker) -> None:
    for question in ("How many singers are from France?", "pop songs", "xyz"):
        tables = shown_tables(linker.slice(question), linker.catalog)
        assert schema_text(tables) == SCHEMA


def test_the_question_comes_with_what_linking_found(linker: Linker) -> None:
    slice_ = linker.slice("How many concerts in\nMay 2024 had a singer from france?")
    assert question_text(slice_, shown_tables(slice_, linker.catalog)) == (
        "singer.country = 'France'\n"
        "stadium.city = 'France'\n"
        "periods: '2024-05'\n"
        "question: How many concerts in May 2024 had a singer from france?\n"
    )


def test_answered_questions_are_written_as_the_question_and_its_answer() -> None:
    pairs = [("How many\nsingers?", "SELECT COUNT(*) FROM singer"), ("songs", "SELECT song.*")]
    assert pairs_text(pairs) == (
        "question: How many singers?\nSELECT COUNT(*) FROM singer\nquestion: songs\nSELECT song.*\n"
    )
    assert pairs_text([]) == ""


def test_what_the_prompt_does_not_show_is_not_said_of_the_question(linker: Linker) -> None:
    slice_ = linker.slice("How many singers are from France?")
    tables = [entry for entry in slice_.tables if entry.table.name != "stadium"]
    assert question_text(slice_, tables) == (
        "singer.country = 'France'\nquestion: How many singers are from France?\n"
    )


def test_of_a_large_catalog_the_slice_is_shown(
    make_table: Callable[..., Table], make_catalog: Callable[..., Catalog]
) -> None:
    wide = make_table("wide", ", ".join(f"c{n} text" for n in range(WHOLE_COLUMNS)))
    small = make_table("small", "id integer!, wide_id integer", {"wide_id": "wide.c0"})
    catalog = make_catalog(wide, small)
    slice_ = Linker(catalog).slice("How many small ones?")
    assert shown_tables(slice_, catalog) == slice_.tables
    assert len(schema_text(slice_.tables)) < len(schema_text(Slice.whole(catalog).tables))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("it's", "singer.country = 'it''s'"),
        ("a\nb", "singer.country = 'a b'"),
        ("x" * 70, f"singer.country = '{'x' * 60}'"),
    ],
)
def test_a_stored_value_stays_in_its_quotes(linker: Linker, said: str, line: str) -> None:
    slice_ = linker.slice("Which singers are from France?")
    tables = []
    for entry in slice_.tables:
        columns = tuple(replace(one, values=(said,) if one.values else ()) for one in entry.columns)
        tables.append(replace(entry, columns=columns))
    slice_ = replace(slice_, tables=tuple(tables))
    assert line in question_text(slice_, slice_.tables).splitlines()


def test_names_are_written_as_in_forms(make_table: Callable[..., Table]) -> None:
    table = make_table("Order Line", "First Name text", schema="sales")
    assert written_name(table) == 'sales."Order Line"'
    assert written_name(table, "First Name") == 'sales."Order Line"."First Name"'
