"""What has no pointer form, and forms that make no query: one named error each, never a wrong
query.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mome.backbones.bundled.pointer_form import PointerForm
from mome.errors import NotExpressible

REFUSED = [
    "SELECT name FROM singer AS t(name, id)",
    "SELECT name FROM nowhere",
    "SELECT nothing FROM singer",
    "SELECT x.name FROM singer",
    "SELECT other.* FROM singer",
    "SELECT name FROM singer FOR UPDATE",
    "SELECT name FROM singer; SELECT name FROM song",
    "DELETE FROM singer",
    "DROP TABLE singer",
    "VALUES (1)",
    "",
    "SELECT FROM",
    "SELECT 'open",
    "SELECT name FROM singer WHERE " + "(" * 300 + "age" + ")" * 300 + " = 1",
]


@pytest.mark.parametrize("sql", REFUSED, ids=[sql[:60] for sql in REFUSED])
def test_what_has_no_pointer_form_is_refused(forms: dict[str, PointerForm], sql: str) -> None:
    with pytest.raises(NotExpressible) as caught:
        forms["postgres"].encode(sql)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("duckdb", "SELECT name FROM singer TABLESAMPLE 10%"),
        ("mysql", "SELECT GROUP_CONCAT(name ORDER BY age SEPARATOR '; ') FROM singer"),
        ("mysql", "SELECT GROUP_CONCAT(DISTINCT country SEPARATOR '; ') FROM singer"),
        ("postgres", "SELECT STRING_AGG(name, '; ' ORDER BY age) FROM singer"),
        ("duckdb", "SELECT STRING_AGG(DISTINCT country, '; ') FROM singer"),
        ("mysql", "SELECT CONCAT_WS(', ', name, country) FROM singer"),
    ],
)
def test_what_the_form_would_lose_is_refused(
    forms: dict[str, PointerForm], dialect: str, sql: str
) -> None:
    with pytest.raises(NotExpressible):
        forms[dialect].encode(sql)


def test_a_name_outside_of_the_slice_is_refused(make_linker) -> None:
    linker = make_linker()
    slice_ = linker.slice("singers")
    slice_ = replace(
        slice_, tables=tuple(entry for entry in slice_.tables if entry.table.key != "song")
    )
    form = PointerForm(linker.catalog, slice_, linker.graph)
    form.encode("SELECT name FROM singer")
    with pytest.raises(NotExpressible, match="title"):
        form.encode("SELECT title FROM song")


def pointers(form: PointerForm, text: str) -> str:
    """The form that `named` shows so."""
    places = {item.name: f"i{index}" for index, item in enumerate(form.slice.items)}
    return " ".join(places.get(word, word) for word in text.split())


ILL_FORMED = [
    "SELECT i9999",
    "SELECT i-1",
    "SELECT x1",
    "SELECT singer",
    "SELECT singer.name FROM singer.name",
    "SELECT singer.name , lonely.word",
    "SELECT singer.name FROM singer JOIN stadium ON song.id = stadium.id",
    "SELECT singer.name FROM singer JOIN singer ON singer.id = singer.id",
    "SELECT singer.name FROM singer AS x",
    "SELECT song.title FROM singer JOIN stadium ON singer.id = stadium.id",
    "SELECT singer.name FROM ( SELECT song.title )",
    "WITH x AS ( SELECT song.title ) SELECT singer.name",
    "SELECT singer.name UNION SELECT song.title ORDER BY singer.name",
    "SELECT COUNT(*)",
    "SELECT 1",
    "SELECT singer.name WHERE",
    "SELECT ( singer.name",
    "DROP TABLE singer",
    "SELECT singer.name ; SELECT song.title",
    "SELECT " + "( " * 300 + "singer.name" + " )" * 300,
    "",
]


@pytest.mark.parametrize("text", ILL_FORMED, ids=[text[:60] for text in ILL_FORMED])
def test_a_form_that_makes_no_query_is_refused(forms: dict[str, PointerForm], text: str) -> None:
    form = forms["sqlite"]
    with pytest.raises(NotExpressible):
        form.decode(pointers(form, text))


def test_a_word_of_the_question_is_no_table_and_no_column(linker) -> None:
    form = PointerForm(linker.catalog, linker.slice("singers of France"), linker.graph)
    for text in ("SELECT i0", "SELECT COUNT(*) FROM i0", "SELECT i0.* FROM i3"):
        with pytest.raises(NotExpressible):
            form.decode(text)


WORDS = [
    "SELECT",
    "i0",
    "i1",
    "i6",
    "i9",
    "FROM",
    "JOIN",
    "ON",
    "=",
    "(",
    ")",
    ",",
    "i0.*",
    "UNION",
    "1",
    "'x'",
]


@pytest.mark.parametrize("direction", ["encode", "decode"])
def test_any_text_at_all_gives_sql_or_the_named_error(
    forms: dict[str, PointerForm], direction: str
) -> None:
    @given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
    def check(text: str) -> None:
        try:
            assert getattr(forms["sqlite"], direction)(text)
        except NotExpressible:
            return

    check()


def test_sql_that_sqlglot_fails_to_write_is_refused(forms: dict[str, PointerForm]) -> None:
    """sqlglot raises an AttributeError for it in DuckDB's dialect."""
    form = forms["duckdb"]
    with pytest.raises(NotExpressible):
        form.decode(form.encode("SELECT STRFTIME('%Y', DATETIME(held)) FROM concert"))
