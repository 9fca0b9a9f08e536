"""When one query may stand for another without a row to show for it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from mome.catalog import Catalog
from mome.tune.equivalence import blank, same_but_for_names

SAME = [
    ("SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE "
     "T2.genre = 'pop'",
     "SELECT singer.name FROM singer JOIN song ON singer.id = song.singer_id WHERE "
     "song.genre = 'pop'"),
    ("SELECT COUNT(*) AS n, s.Country FROM Singer s GROUP BY s.country", ("SELECT COUNT(*), "
                                                                         "country FROM singer "
                                                                         "GROUP BY country")),
    ("SELECT name FROM singer WHERE id IN (SELECT x.singer_id FROM song AS x)",
     "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song)"),
    ("SELECT a.* FROM singer AS a", "SELECT singer.* FROM singer"),
]  # fmt: skip
NOT_PLAINLY = [
    ("SELECT name FROM singer", "SELECT country FROM singer"),
    ("SELECT a.name, b.name FROM singer a JOIN stadium b ON a.id = b.id",
     "SELECT b.name, a.name FROM singer a JOIN stadium b ON a.id = b.id"),
    ("SELECT s.name FROM singer AS s LEFT JOIN song ON song.singer_id = s.id",
     "SELECT s.name FROM singer AS s JOIN song ON song.singer_id = s.id"),
    ("SELECT age AS name, name FROM singer ORDER BY name", ("SELECT age, name FROM singer "
                                                           "ORDER BY name")),
    ("SELECT a.name FROM singer AS a JOIN singer AS b ON a.id = b.age", ("SELECT b.name FROM "
                                                                        "singer AS a JOIN singer "
                                                                        "AS b ON a.id = b.age")),
    ("SELECT name FROM (SELECT name FROM singer) AS t", ("SELECT name FROM (SELECT name FROM "
                                                        "stadium) AS t")),
    ("SELECT name FROM nowhere", "SELECT name FROM nowhere"),
    ("SELECT nothing FROM singer", "SELECT nothing FROM singer"),
    ("SELECT 'open", "SELECT 'open"),
    ("SELECT GROUP_CONCAT(name, '; ') FROM singer", "SELECT GROUP_CONCAT(name, ', ') FROM singer"),
]  # fmt: skip


@pytest.fixture(scope="module")
def catalog(make_concerts: Callable[..., Catalog]) -> Catalog:
    return make_concerts()


@pytest.mark.parametrize(("sql", "other"), SAME)
def test_aliases_and_qualification_are_no_difference(
    catalog: Catalog, sql: str, other: str
) -> None:
    assert same_but_for_names(sql, other, catalog) and same_but_for_names(other, sql, catalog)


@pytest.mark.parametrize(("sql", "other"), NOT_PLAINLY)
def test_all_else_is_and_so_is_what_is_not_plain(catalog: Catalog, sql: str, other: str) -> None:
    assert not same_but_for_names(sql, other, catalog)


def test_what_says_nothing() -> None:
    assert blank([]) and blank([(None, 0), (0.0, Decimal(0))])
    assert not blank([(0, "")]) and not blank([(1,)])
