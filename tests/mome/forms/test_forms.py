"""Forms in both spellings of names, what is left out of them, and what has none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.catalog import Catalog, Table
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.forms.names import PointerNames
from mome.linking.slice import Slice

SAME = {
    "keys imply the join": (
        "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id "
        "WHERE T2.genre = 'pop'",
        "SELECT singer.name WHERE song.genre = 'pop'",
    ),
    "a table that no column names": (
        "SELECT COUNT(*) FROM song JOIN singer ON singer.id = song.singer_id WHERE singer.age > 20",
        "SELECT COUNT(*) FROM song WHERE singer.age > 20",
    ),
    "a join that no key implies": (
        "SELECT stadium.name FROM stadium JOIN singer ON stadium.name = singer.name",
        "SELECT stadium.name FROM stadium JOIN singer ON stadium.name = singer.name",
    ),
    "a subquery with tables of its own": (
        "SELECT name FROM singer WHERE id NOT IN (SELECT singer_id FROM song)",
        "SELECT singer.name WHERE NOT singer.id IN (SELECT song.singer_id)",
    ),
    "an inner query that asks the outer one": (
        "SELECT name FROM stadium AS s WHERE capacity > "
        "(SELECT COUNT(*) FROM concert AS c WHERE c.year < s.capacity)",
        "SELECT stadium.name WHERE stadium.capacity > "
        "(SELECT COUNT(*) FROM ONLY concert WHERE concert.year < stadium.capacity)",
    ),
    "aliases and positions": (
        "SELECT country, COUNT(*) AS n FROM singer GROUP BY 1 ORDER BY n DESC",
        "SELECT singer.country, COUNT(*) GROUP BY singer.country ORDER BY COUNT(*) DESC",
    ),
    "a WITH clause": (
        "WITH old AS (SELECT * FROM singer WHERE age > 50) SELECT COUNT(*) FROM old",
        "SELECT COUNT(*) WHERE singer.age > 50",
    ),
    "names with blanks": (
        'SELECT "First Name" FROM "Order Line" WHERE "order" = 1',
        'SELECT "Order Line"."First Name" WHERE "Order Line"."order" = 1',
    ),
    "real division": (
        "SELECT CAST(SUM(age) AS REAL) / COUNT(*) FROM singer",
        "SELECT SUM(singer.age) / COUNT(*)",
    ),
    "a join that counts rows several times": (
        "SELECT SUM(song.sales), COUNT(performance.concert_id) FROM singer "
        "JOIN song ON singer.id = song.singer_id "
        "JOIN performance ON singer.id = performance.singer_id",
        "SELECT SUM(song.sales), COUNT(performance.concert_id) FROM song "
        "JOIN singer ON song.singer_id = singer.id "
        "JOIN performance ON singer.id = performance.singer_id",
    ),
    "division of integers": (
        "SELECT SUM(age) / COUNT(*) FROM singer",
        "SELECT SUM(singer.age) DIV COUNT(*)",
    ),
}
WITHOUT_FORM = {
    "a recursive WITH clause": (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    ),
    "a function of one engine": "SELECT JULIANDAY(held) FROM concert",
    "JSON": "SELECT name ->> '$.a' FROM singer",
    "an unknown table": "SELECT x FROM nowhere",
    "an unknown column": "SELECT singer.nothing FROM singer",
    "two statements": "SELECT 1; SELECT 2",
    "no query": "DELETE FROM singer",
}
NO_FORMS = {
    "an unknown name": "SELECT singer.nothing",
    "tables that no key connects": "SELECT singer.name, lonely.word",
    "a period that is none": "SELECT concert.id WHERE DURING(concert.held, '2024-13')",
    "a series without a time": "SELECT singer.country, GROWTH(COUNT(*)) GROUP BY singer.country",
    "a key that leads nowhere": "SELECT song.title.name",
    "a function that forms lack": "SELECT LOAD_FILE(singer.name)",
    "two counts that LEFT JOIN would multiply": (
        "SELECT singer.name, COUNT(song.id), COUNT(performance.concert_id) FROM singer "
        "LEFT JOIN song LEFT JOIN performance WHERE song.sales > 3 GROUP BY singer.name"
    ),
    "a lock": "SELECT singer.name FOR UPDATE",
    "no text": "SELECT",
}


@pytest.mark.parametrize(("sql", "form"), SAME.values(), ids=SAME)
def test_sql_has_this_form(make_concerts: Callable[..., Catalog], sql: str, form: str) -> None:
    forms = Forms(make_concerts())
    assert forms.encode(sql) == form
    assert forms.encode(forms.decode(form)) == form


@pytest.mark.parametrize("sql", WITHOUT_FORM.values(), ids=WITHOUT_FORM)
def test_what_has_no_form_is_refused(make_concerts: Callable[..., Catalog], sql: str) -> None:
    with pytest.raises(NotExpressible):
        Forms(make_concerts()).encode(sql)


@pytest.mark.parametrize("form", NO_FORMS.values(), ids=NO_FORMS)
def test_what_is_no_form_is_refused(make_concerts: Callable[..., Catalog], form: str) -> None:
    with pytest.raises(NotExpressible):
        Forms(make_concerts()).decode(form)


def test_pointers_spell_the_same_form(
    make_catalog: Callable[..., Catalog], make_table: Callable[..., Table]
) -> None:
    catalog = make_catalog(
        make_table("team", "id integer!, name text"),
        make_table(
            "played",
            "id integer!, home_id integer, away_id integer",
            {"home_id": "team.id", "away_id": "team.id"},
        ),
    )
    by_name = Forms(catalog)
    by_pointer = Forms(catalog, PointerNames(Slice.whole(catalog)))
    form = "SELECT played.home_id.name, COUNT(*) WHERE played.away_id.name = 'Reds' GROUP BY 1"
    sql = by_name.decode(form.replace("GROUP BY 1", "GROUP BY played.home_id.name"))
    pointers = "SELECT i5.i2, COUNT(*) WHERE i6.i2 = 'Reds' GROUP BY i5.i2"
    assert by_pointer.encode(sql) == pointers
    assert by_pointer.decode(pointers) == sql


def test_a_table_of_another_schema_keeps_its_name(
    make_catalog: Callable[..., Catalog], make_table: Callable[..., Table]
) -> None:
    catalog = make_catalog(
        make_table("salary", "id integer!, amount number", schema="hr"), dialect="postgres"
    )
    forms = Forms(catalog)
    form = "SELECT SUM(hr.salary.amount) WHERE hr.salary.id > 3"
    assert forms.decode(form) == "SELECT SUM(amount) FROM hr.salary WHERE id > 3"
    assert forms.encode(forms.decode(form)) == form


def test_a_column_alone_belongs_to_the_only_table_that_has_it(
    make_concerts: Callable[..., Catalog],
) -> None:
    forms = Forms(make_concerts())
    assert forms.decode("SELECT genre") == "SELECT genre FROM song"
    with pytest.raises(NotExpressible):
        forms.decode("SELECT name")
