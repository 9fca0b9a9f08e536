"""SQL without a pointer form: what it becomes, and that any of it comes back as it was."""

from __future__ import annotations

import pytest

from mome.backbones.bundled.form_tokens import as_plain, plain_tokens
from mome.backbones.bundled.plain_form import PLAIN, join_plain, tidy
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.tokens import CLOSE, RAW, OutputVocabulary
from mome.errors import NotExpressible
from mome.linking.slice import Linker, Slice

WRITTEN = [
    (
        "SELECT T1.name FROM singer AS T1 LEFT JOIN song AS T2 ON T1.id = T2.singer_id GROUP "
        "BY T1.name"
    ),
    "SELECT a.name, b.name FROM singer AS a JOIN singer AS b ON a.age = b.age AND a.id < b.id",
    "SELECT AVG(d.n) FROM (SELECT COUNT(*) AS n FROM song GROUP BY singer_id) AS d",
    (
        "WITH best AS (SELECT MAX(age) AS age FROM singer) SELECT name FROM singer CROSS JOIN best "
        "WHERE singer.age = best.age"
    ),
    "SELECT name, RANK() OVER (PARTITION BY age ORDER BY name DESC) FROM singer",
    (
        "SELECT name FROM singer WHERE age = -1 OR age - 2 > -age OR NOT EXISTS(SELECT 1 FROM song "
        "WHERE title LIKE '%it''s (a)%')"
    ),
    (
        "SELECT 1.5 * age AS \"more or less\" FROM singer WHERE name <> '' ORDER BY 1 NULLS "
        "LAST LIMIT 3"
    ),
    "SELECT STRFTIME('%Y', name) FROM singer AS s WHERE s.name IN ('France', 'x y')",
]


@pytest.fixture(scope="module")
def form(linker: Linker) -> PointerForm:
    """A slice of singers and songs."""
    return PointerForm(
        linker.catalog,
        linker.slice("names and ages of singers from France and titles of their songs"),
        linker.graph,
    )


@pytest.mark.parametrize("sql", WRITTEN)
def test_it_comes_back_as_it_was(sql: str, form: PointerForm, vocabulary: OutputVocabulary) -> None:
    assert tidy(sql, "sqlite") == sql
    ids = vocabulary.encode_plain(sql, form)
    assert ids[0] == RAW and vocabulary.decode(ids, form) == sql


def test_names_of_the_slice_are_pointers_and_aliases_are_spelled(form: PointerForm) -> None:
    kinds = plain_tokens(
        "SELECT T1.name FROM singer AS T1 LEFT JOIN song ON T1.id = song.singer_id", form
    )
    names = [form.slice.items[int(token[1:])].name for kind, token in kinds if kind == "pointer"]
    assert kinds[0] == PLAIN
    assert names == ["singer.name", "singer", "song", "singer.id", "song", "song.singer_id"]
    assert [token for kind, token in kinds if kind == "spelled"] == ["T1", "T1", "T1"]


def test_names_get_the_catalogs_case(linker: Linker) -> None:
    form = PointerForm(linker.catalog, Slice.whole(linker.catalog), linker.graph)
    assert as_plain("select t.NAME from Singer t left join SONG s on t.ID=s.Singer_Id", form) == (
        "SELECT t.name FROM singer AS t LEFT JOIN song AS s ON t.id = s.singer_id"
    )


def test_what_is_not_in_the_slice_is_spelled(
    form: PointerForm, vocabulary: OutputVocabulary
) -> None:
    sql = "SELECT z.nowhere FROM elsewhere AS z"
    ids = vocabulary.encode_plain(sql, form)
    assert ids.count(CLOSE) == 4 and vocabulary.decode(ids, form) == sql


@pytest.mark.parametrize("sql", ["SELECT  1", "SELECT [name] FROM singer", "SELECT name FROM ("])
def test_what_sqlglot_would_write_otherwise_has_no_plain_tokens(
    sql: str, form: PointerForm
) -> None:
    with pytest.raises(NotExpressible):
        plain_tokens(sql, form)


@pytest.mark.parametrize("sql", ["SELECT FROM WHERE (", "'"])
def test_what_does_not_parse_is_not_tidied(sql: str) -> None:
    with pytest.raises(NotExpressible):
        tidy(sql, "sqlite")


def test_a_pointer_at_nothing_is_not_expressible(form: PointerForm) -> None:
    with pytest.raises(NotExpressible):
        join_plain([PLAIN, ("word", "SELECT"), ("pointer", "i999")], form)
