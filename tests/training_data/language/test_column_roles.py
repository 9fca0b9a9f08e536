"""Roles of columns: keys and codes are no measures, prices are not added, names are found."""

from __future__ import annotations

import pytest

from schemas import FullColumn, FullForeignKey, FullTable
from training_data.language import column_roles as roles


def table(*columns: FullColumn, name: str = "shop", rows: int = 100, **more: object) -> FullTable:
    return FullTable(schema=None, name=name, kind="table", columns=columns, rows=rows, **more)


@pytest.mark.parametrize("name", ["shop_id", "shopId", "uuid", "parent_key", "dormid", "ref"])
def test_keys(name: str) -> None:
    column = FullColumn(name, "INTEGER", "integer")
    whole = table(column, foreign_keys=(FullForeignKey(("ref",), "other", ("id",)),))
    assert roles.is_key(whole, column) and not roles.is_measure(whole, column)


@pytest.mark.parametrize(
    "name", ["zip_code", "year", "birth_year", "latitude", "phone_number", "line_no", "version"]
)
def test_numbers_that_are_not_measured(name: str) -> None:
    column = FullColumn(name, "INTEGER", "integer")
    assert not roles.is_measure(table(column), column)


@pytest.mark.parametrize(
    ("name", "additive"),
    [("quantity", True), ("amount_paid", True), ("price", False), ("age", False), ("bid", True)],
)
def test_measures(name: str, additive: bool) -> None:
    column = FullColumn(name, "INTEGER", "integer")
    assert roles.is_measure(table(column), column)
    assert roles.is_additive(column) == additive


def test_flags_are_no_measures() -> None:
    column = FullColumn(
        "active", "INTEGER", "integer", values=(0, 1), values_complete=True, distinct=2
    )
    assert roles.is_flag(column)
    assert not roles.is_measure(table(column), column)
    assert roles.is_category(table(column), column)


def column_of(name: str, values: tuple, **more: object) -> FullColumn:
    """Return a column whose known values are all of its values, each of them distinct."""
    is_text = isinstance(values[0], str)
    family = "text" if is_text else "integer"
    facts = {"values": values, "values_complete": True, "distinct": len(values)}
    return FullColumn(name, family.upper(), family, **(facts | more))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (column_of("status", ("A", "B")), True),
        (FullColumn("status", "CHAR(1)", "text", enum=("A", "B")), True),
        (column_of("status", ("A", "B"), values_complete=False, distinct=None), False),
        (column_of("status", ("A",)), False),
        (column_of("first_name", ("A", "B")), False),
        (column_of("note", ("A", "B")), False),
        (column_of("level", tuple(range(13))), False),
        (column_of("builder", tuple("abcdefg"), distinct=90), False),
        (column_of("city", tuple("abcdefg"), distinct=90), True),
    ],
)
def test_categories(column: FullColumn, expected: bool) -> None:
    assert roles.is_category(table(column), column) == expected


def test_dates_and_years() -> None:
    day = FullColumn("sold_on", "DATE", "date", min="2022-03-01", max="2024-01-01 10:00:00")
    assert roles.is_date(day) and roles.years(day) == (2024, 2023, 2022)
    assert not roles.is_date(FullColumn("sold_on", "DATE", "date", min=1700000000, max=1700000001))
    assert roles.years(FullColumn("sold_on", "DATE", "date")) == ()
    assert (
        roles.years(FullColumn("sold_on", "DATE", "date", min="yesterday", max="2024-01-01")) == ()
    )
    assert roles.is_year(FullColumn("season_year", "INTEGER", "integer", min=1990, max=2020))
    assert not roles.is_year(FullColumn("years_open", "INTEGER", "integer", min=1, max=20))
    assert roles.is_audit(FullColumn("created_at", "TIMESTAMP", "datetime"))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["id", "name", "city"], ["name"]),
        (["city", "shop_name", "owner_name"], ["shop_name"]),
        (["last_name", "first_name"], ["first_name", "last_name"]),
        (["FName", "LName"], ["FName", "LName"]),
        (["description", "email", "phone"], []),
        (["owner_name"], ["owner_name"]),
        (["title", "name"], ["name"]),
    ],
)
def test_name_columns(names: list[str], expected: list[str]) -> None:
    whole = table(*(FullColumn(name, "TEXT", "text") for name in names))
    assert [column.name for column in roles.name_columns(whole)] == expected


def test_a_text_that_never_repeats_names_its_row_and_a_foreign_one_does_not() -> None:
    month = FullColumn("month", "TEXT", "text", distinct=100)
    assert roles.name_columns(table(month)) == (month,)
    foreign = FullForeignKey(("month",), "months", ("name",))
    assert roles.name_columns(table(month, foreign_keys=(foreign,))) == ()


def test_only_short_plain_values_are_asked_for() -> None:
    values = ("fine", "", " padded", "two\nlines", "x" * 61, True, 3, float("nan"), 2.5)
    assert roles.askable(FullColumn("c", "TEXT", "text", values=values)) == ("fine", True, 3, 2.5)
    assert roles.askable(FullColumn("c", "TEXT", "text", values=values, excluded=True)) == ()
    assert roles.askable(FullColumn("c", "TEXT", "text", enum=("a", "b"))) == ("a", "b")


@pytest.mark.parametrize(
    ("family", "name", "values"),
    [
        ("boolean", "is_active", ("false", "true")),
        ("text", "active", ("N", "Y")),
        ("text", "active", ("f", "t")),
        ("text", "active", ("", "No", "YES")),
        ("text", "active", ("0", "1")),
        ("integer", "active", (0, 1)),
    ],
)
def test_flags_kept_as_text_or_numbers_mean_what_they_say(
    family: str, name: str, values: tuple[object, ...]
) -> None:
    column = FullColumn(name, "TEXT", family, values=values, values_complete=True)
    assert roles.is_flag(column)
    no, yes = roles.askable(column)
    assert (roles.truth(no), roles.truth(yes)) == (False, True)


@pytest.mark.parametrize(
    ("family", "name", "values"),
    [
        ("text", "grade", ("F", "T", "U")),
        ("text", "code", ("N", "Y")),
        ("text", "size", ("t",)),
        ("boolean", "is_active", ("maybe", "true")),
    ],
)
def test_texts_that_are_no_flags(family: str, name: str, values: tuple[object, ...]) -> None:
    assert not roles.is_flag(FullColumn(name, "TEXT", family, values=values))


def test_spellings_of_one_value_are_one_value() -> None:
    countries = FullColumn(
        "country", "TEXT", "text", values=("FRANCE", "France", "Spain", "france"), distinct=4
    )
    assert roles.askable(countries) == ("France", "Spain")
    assert roles.same_values(countries, "France") == ("FRANCE", "France", "france")
    assert roles.same_values(countries, "Spain") == ("Spain",)
    assert not roles.is_consistent(countries)
    flags = FullColumn("active", "TEXT", "text", values=("N", "Y", "no", "yes"))
    assert roles.same_values(flags, "yes") == ("Y", "yes")
