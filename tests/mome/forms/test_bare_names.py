"""Columns that a form names without their table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.catalog import Catalog, Table
from mome.errors import NotExpressible
from mome.forms.bare_names import BareNames
from mome.forms.forms import Forms


@pytest.fixture
def catalog(make_table: Callable[..., Table], make_catalog: Callable[..., Catalog]) -> Catalog:
    return make_catalog(
        make_table("singer", "id integer!, name text, Full Name text, null text"),
        make_table(
            "song", "Id integer!, title text, singer_id integer", {"singer_id": "singer.id"}
        ),
    )


@pytest.fixture
def bare(catalog: Catalog) -> BareNames:
    return BareNames((table, table.columns) for table in catalog.tables)


@pytest.mark.parametrize(
    ("form", "whole"),
    [
        ("SELECT name", "SELECT singer.name"),
        ("SELECT title WHERE name = 'title'", "SELECT song.title WHERE singer.name = 'title'"),
        ("SELECT COUNT(*) WHERE name = 'x'", "SELECT COUNT(*) WHERE singer.name = 'x'"),
        ('SELECT "Full Name"', 'SELECT singer."Full Name"'),
        ('SELECT "null"', 'SELECT singer."null"'),
        ("SELECT singer.id, title", "SELECT singer.id, song.title"),
        ("SELECT song.singer_id.name", "SELECT song.singer_id.name"),
    ],
)
def test_the_table_is_added(catalog: Catalog, bare: BareNames, form: str, whole: str) -> None:
    assert bare.with_tables(form) == whole
    assert Forms(catalog).decode(whole)


def test_a_name_of_two_tables_is_no_bare_name(bare: BareNames) -> None:
    assert "id" not in bare
    assert "Id" not in bare
    assert "name" in bare


def test_what_is_no_form_is_told(bare: BareNames) -> None:
    with pytest.raises(NotExpressible):
        bare.with_tables("SELECT (")
