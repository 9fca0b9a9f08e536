"""What kind of values a column takes, and its stored values in comparable form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mome.backbones.bundled.column_kinds import ColumnKinds, folded_text
from mome.backbones.bundled.grammar_state import PERIOD
from mome.backbones.bundled.pointer_form import PointerForm
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.join_graph import JoinGraph
from mome.linking.slice import Slice


def form_of(*columns: Column) -> PointerForm:
    """Over a table whose keys are `id` and `season_year`, and which refers to itself."""
    boss = ForeignKey(("boss_id",), "club", ("id",))
    keys = {"primary_key": ("id", "season_year"), "foreign_keys": (boss,)}
    table = Table(None, "club", "table", None, 3, columns, **keys)
    catalog = Catalog("sqlite", "sqlite", "sqlite://", "", (table,))
    return PointerForm(catalog, Slice.whole(catalog), JoinGraph(catalog))


def kind_of(column: Column) -> str:
    form = form_of(column)
    return ColumnKinds(form).of(form.place(f"club.{column.name}"))


CITY = Column("city", "TEXT", "text", values=("Basel", "New York"), values_complete=True)
KINDS = {
    "a list that is complete": (CITY, "listed"),
    "a list that is not": (replace(CITY, values_complete=False), "text"),
    "texts of which none is known": (Column("name", "TEXT", "text"), "text"),
    "nothing but empty texts": (replace(CITY, values=("", None)), "text"),
    "a number among texts": (replace(CITY, values=("2008", "unknown")), "text"),
    "an integer": (Column("points", "INTEGER", "integer"), "number"),
    "a decimal": (Column("price", "REAL", "number", values=(1.5,)), "number"),
    "a text among numbers": (Column("points", "INTEGER", "integer", values=(1, "none")), ""),
    "an empty text among numbers": (
        Column("points", "INTEGER", "integer", values=(1, "")),
        "number",
    ),
    "a primary key": (Column("id", "INTEGER", "integer"), "key"),
    "a foreign key": (Column("boss_id", "INTEGER", "integer"), "key"),
    "a year that is a key": (Column("season_year", "INTEGER", "integer"), "number"),
    "a date": (Column("born", "DATE", "date"), "day"),
    "a date with a time": (Column("seen", "TIMESTAMP", "datetime"), "day"),
    "days as texts": (
        Column("born", "TEXT", "text", least="1999-01-02", greatest="2004-05-06"),
        "day",
    ),
    "seconds since 1970": (
        Column("seen_at", "INTEGER", "integer", least=1_600_000_000, greatest=1_700_000_000),
        "number",
    ),
    "a truth value": (Column("active", "BOOLEAN", "boolean"), "boolean"),
    "binary data": (Column("photo", "BLOB", "binary"), ""),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_kind_follows_from_type_keys_and_values(case: str) -> None:
    column, kind = KINDS[case]
    assert kind_of(column) == kind


def test_the_period_of_a_construct_has_a_kind_of_its_own() -> None:
    assert ColumnKinds(form_of(CITY)).of(PERIOD) == "period"


def test_values_are_listed_without_case_and_folded_without_plural() -> None:
    mixed = Column("kind", "TEXT", "text", values=("Sports Clubs", "Caf\u00e9-Bar", None, 3))
    form = form_of(CITY, mixed)
    kinds = ColumnKinds(form)
    place = form.place("club.kind")
    assert kinds.column(place) == mixed
    assert kinds.listed(place) == {"sports clubs", "caf\u00e9-bar", "3"}
    assert kinds.folded(place) == {folded_text("sport club"), folded_text("CAF\u00c9 BAR"), "3"}
    assert kinds.listed(form.place("club.city")) == {"basel", "new york"}


def test_without_values_nothing_is_listed() -> None:
    form = form_of(Column("name", "TEXT", "text"))
    kinds = ColumnKinds(form)
    assert kinds.listed(form.place("club.name")) == kinds.folded(form.place("club.name")) == set()


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Sports Clubs", "sport club", True),
        ("New-York", "new  york", True),
        ("Basel", "Bern", False),
        ("club 1", "club 2", False),
    ],
)
def test_texts_are_folded_as_stored_values_are_compared(
    one: str, other: str, is_same: bool
) -> None:
    assert (folded_text(one) == folded_text(other)) == is_same
