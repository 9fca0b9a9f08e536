"""The sentence that says what a query does, for any query that may run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.explanation import explain, explain_sql
from mome.catalog import Catalog
from mome.forms.forms import Forms

SENTENCES = [
    ("sqlite", "SELECT name FROM singer", "Shows name from singer."),
    (
        "sqlite",
        "SELECT DISTINCT T1.name, COUNT(*) FROM singer AS T1 JOIN song AS T2 ON T1.id = "
        "T2.singer_id WHERE T2.genre = 'pop' "
        "GROUP BY T1.name HAVING COUNT(*) > 2 ORDER BY COUNT(*) DESC LIMIT 3",
        "Shows the different T1.name, COUNT(*) from singer joined with song, where T2.genre = "
        "'pop', for each T1.name, "
        "keeping those with COUNT(*) > 2, ordered by COUNT(*) DESC, at most 3 rows.",
    ),
    (
        "duckdb",
        "SELECT city FROM a EXCEPT SELECT city FROM b",
        "Shows city from a, but not: shows city from b.",
    ),
    (
        "sqlite",
        "SELECT a FROM x UNION SELECT a FROM y ORDER BY a",
        "Shows a from x, together with: shows a from y, ordered by a.",
    ),
    (
        "postgres",
        "(SELECT a FROM x) INTERSECT (SELECT a FROM y)",
        "Shows a from x, that are also among: shows a from y.",
    ),
    ("postgres", "SELECT a FROM x FETCH FIRST 5 ROWS ONLY", "Shows a from x, at most 5 rows."),
    ("postgres", "SELECT a FROM x FETCH FIRST ROW ONLY", "Shows a from x, at most 1 row."),
    (
        "duckdb",
        "SELECT a, SUM(b) FROM x GROUP BY ALL",
        "Shows a, SUM(b) from x, for each combination of the other columns.",
    ),
    (
        "postgres",
        "SELECT a FROM x GROUP BY ROLLUP(a, b)",
        "Shows a from x, for each ROLLUP (a, b).",
    ),
    ("mysql", "SELECT `a b` FROM x LIMIT 1", "Shows `a b` from x, at most 1 row."),
    ("sqlite", "SELECT n FROM (SELECT COUNT(*) AS n FROM x) AS counted", "Shows n from counted."),
    ("sqlite", "SELECT n FROM (SELECT COUNT(*) AS n FROM x)", "Shows n from a query."),
    ("sqlite", "SELECT 1", "Shows 1 from no table."),
    ("sqlite", "SELECT CAST(a AS NUMERIC) FROM x", "Shows CAST(a AS NUMERIC) from x."),
    ("mysql", "SELECT a FROM x WHERE a REGEXP '^b'", "Shows a from x, where a REGEXP '^b'."),
    ("sqlite", "WITH c AS (SELECT a FROM x) SELECT a FROM c", "Shows a from c."),
    ("sqlite", "VALUES (1)", ""),
    ("sqlite", "SELECT FROM WHERE (", ""),
    ("sqlite", "SELECT 'open", ""),
]


@pytest.mark.parametrize(("dialect", "sql", "sentence"), SENTENCES)
def test_a_query_in_words(dialect: str, sql: str, sentence: str) -> None:
    assert explain_sql(sql, dialect) == sentence


def test_a_query_with_a_form_is_told_in_plain_words(make_concerts: Callable[..., Catalog]) -> None:
    forms = Forms(make_concerts())
    sql = (
        "SELECT T1.name, COUNT(*) FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id "
        "WHERE T2.genre = 'pop' GROUP BY T1.name ORDER BY COUNT(*) DESC LIMIT 3"
    )
    assert explain(sql, forms) == (
        "Shows singer name, number of songs, where genre is 'pop', for each singer name, "
        "ordered by number of songs (highest first), at most 3 rows."
    )


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELECT JULIANDAY(held) FROM concert", "Shows JULIANDAY(held) from concert."),
        ("SELECT FROM WHERE (", ""),
    ],
)
def test_a_query_without_a_form_is_told_by_its_clauses(
    make_concerts: Callable[..., Catalog], sql: str, sentence: str
) -> None:
    assert explain(sql, Forms(make_concerts())) == sentence
