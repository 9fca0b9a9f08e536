"""The values that a slice shows at its columns: matched values, days and codes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mome.catalog import Column
from mome.linking.column_values import VALUES
from mome.linking.slice import Linker


def test_values_that_the_question_names_stand_at_their_columns(linker: Linker) -> None:
    slice_ = linker.slice("pop singers in france")
    values = {
        item.name: item.text for item in slice_.items if item.kind == "value" and len(item.text) > 2
    }
    assert values == {"singer.country": "France", "song.genre": "pop", "stadium.city": "France"}


def test_a_slice_shows_a_bounded_number_of_values(make_table, make_catalog) -> None:
    names = [f"city{i:02d}" for i in range(40)]
    linker = Linker(make_catalog(make_table("place", "name text")), [("place", "name", names)])
    slice_ = linker.slice(" ".join(names))
    assert sum(item.kind == "value" for item in slice_.items) == VALUES


def test_codes_are_shown_where_the_question_may_mean_them(linker: Linker) -> None:
    def codes(question: str) -> list[str]:
        return [
            item.text
            for item in linker.slice(question).items
            if item.kind == "value" and item.name == "singer.sex"
        ]

    assert (
        codes("female singers") == ["F"]
        and codes("sex of singers") == ["F", "M"]
        and codes("old singers") == []
    )


@pytest.mark.parametrize(
    "change",
    [
        {"values_complete": False},
        {"values": ("F", "Male")},
        {"values": tuple("ABCDEFG")},
        {"family": "integer"},
        {"values": None},
    ],
)
def test_long_or_incomplete_lists_are_no_codes(make_table, make_catalog, change: dict) -> None:
    column = replace(
        Column("sex", "TEXT", "text", values=("F", "M"), values_complete=True), **change
    )
    linker = Linker(make_catalog(replace(make_table("singer", "id integer"), columns=(column,))))
    assert not any(item.kind == "value" for item in linker.slice("female singers by sex").items)


def test_days_are_read_as_date_columns_hold_them(linker: Linker) -> None:
    slice_ = linker.slice("How many concerts were held on May 5th, 2023 or on 6.5.2023?")
    held = [
        item.text for item in slice_.items if item.kind == "value" and item.name == "concert.held"
    ]
    assert held == ["2023-05-05", "2023-05-06"]
    assert not any(item.kind == "value" for item in linker.slice("concerts held in 2023").items)


def test_match_says_how_much_of_a_name_the_question_says(linker: Linker) -> None:
    slice_ = linker.slice("order line: camel of singers")
    entries = {entry.table.key: entry for entry in slice_.tables}
    assert entries["Order Line"].match == entries["singer"].match == 2
    matches = {c.column.name: c.match for c in entries["Order Line"].columns}
    assert matches["CamelCase"] == 1 and matches["order"] == 2 and matches["First Name"] == 0
