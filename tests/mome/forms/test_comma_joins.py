"""Joins by comma become joins with a condition where WHERE says it; the rest of WHERE, and what
cannot be moved, stays.
"""

from __future__ import annotations

import pytest
import sqlglot

from mome.forms.comma_joins import join_commas

CASES = {
    "a condition": (
        "SELECT a.x FROM a, b WHERE a.i = b.i",
        "SELECT a.x FROM a JOIN b ON a.i = b.i",
    ),
    "a filter stays": (
        "SELECT a.x FROM a, b WHERE b.y = 'v' AND b.i = a.i AND a.z > 1",
        "SELECT a.x FROM a JOIN b ON b.i = a.i WHERE b.y = 'v' AND a.z > 1",
    ),
    "aliases": (
        "SELECT t1.x FROM a AS t1, a AS t2 WHERE T2.i = t1.j",
        "SELECT t1.x FROM a AS t1 JOIN a AS t2 ON T2.i = t1.j",
    ),
    "in the order of their conditions": (
        "SELECT a.x FROM a, c, b WHERE b.j = c.j AND a.i = b.i",
        "SELECT a.x FROM a JOIN b ON a.i = b.i JOIN c ON b.j = c.j",
    ),
    "cross join": (
        "SELECT a.x FROM a CROSS JOIN b WHERE a.i = b.i",
        "SELECT a.x FROM a JOIN b ON a.i = b.i",
    ),
}
AS_THEY_ARE = {
    "no condition": "SELECT a.x FROM a, b",
    "no condition between them": "SELECT a.x FROM a, b WHERE a.i = 1",
    "within an OR": "SELECT a.x FROM a, b WHERE a.i = b.i OR a.j = 1",
    "one of two has none": "SELECT a.x FROM a, b, c WHERE a.i = b.i",
    "columns without tables": "SELECT x FROM a, b WHERE i = j",
    "a star shows the order": "SELECT * FROM a, c, b WHERE b.j = c.j AND a.i = b.i",
    "a join beside it": "SELECT a.x FROM a JOIN c ON a.i = c.i, b WHERE a.i = b.i",
}


@pytest.mark.parametrize("title", CASES)
def test_it_is_a_join(title: str) -> None:
    given, wanted = CASES[title]
    tree = sqlglot.parse_one(given, dialect="sqlite")
    join_commas(tree)
    assert tree.sql(dialect="sqlite") == wanted


@pytest.mark.parametrize("title", AS_THEY_ARE)
def test_it_stays(title: str) -> None:
    tree = sqlglot.parse_one(AS_THEY_ARE[title], dialect="sqlite")
    before = tree.sql(dialect="sqlite")
    join_commas(tree)
    assert tree.sql(dialect="sqlite") == before
