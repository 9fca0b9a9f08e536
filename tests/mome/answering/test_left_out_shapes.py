"""Shapes that a question demands: which queries lack them, and which say them in another way."""

from __future__ import annotations

import pytest

from mome.answering.left_out import left_out
from mome.sql_tree import parsed

NONE_SOLD = "SELECT a FROM t WHERE NOT EXISTS(SELECT 1 FROM s WHERE s.t = t.id AND NOT s.x = 1)"


def missing(question: str, sql: str) -> list[str]:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    return [part.removeprefix("nothing in this query says ") for part in left_out(question, tree)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("customers all of whose orders are paid", "'all of whose'"),
        ("albums on which every track is long", "'which every'"),
        ("customers whose orders are all paid", "'whose orders are all'"),
        ("artists that have only Metal tracks", "'have only'"),
        ("shops that only have books", "'only have'"),
        ("Ids of shops that sold books only.", "'sold books only'"),
        ("shops that sell exclusively books", "'exclusively'"),
    ],
)
def test_a_quantifier_needs_a_row_that_is_not_there(question: str, words: str) -> None:
    assert missing(question, "SELECT a FROM t JOIN s ON s.t = t.id WHERE s.x = 1") == [words]
    assert missing(question, "SELECT a FROM s WHERE NOT x IS NULL") == [words]
    assert missing(question, NONE_SOLD) == []
    assert missing(question, "SELECT a FROM s GROUP BY a HAVING MIN(x) = 1") == []


@pytest.mark.parametrize(
    "question",
    [
        "Show only the names",
        "people who have only one pet",
        "artists who have not only had long songs",
        "every book and its price",
    ],
)
def test_other_uses_of_these_words_are_no_quantifiers(question: str) -> None:
    assert missing(question, "SELECT a FROM t") == []


@pytest.mark.parametrize(
    ("question", "sql", "words"),
    [
        ("By how much does A exceed B?", "SELECT AVG(a), AVG(b) FROM t", ["'by how much'"]),
        ("By how much does A exceed B?", "SELECT AVG(a) - AVG(b) FROM t", []),
        ("the difference between a and b", "SELECT a FROM t", ["'difference between'"]),
        ("How many more cats than dogs?", "SELECT COUNT(*) FROM t", ["'how many more'"]),
        ("How many more cats are there?", "SELECT COUNT(*) FROM t", []),
        ("how many professors by how many", "SELECT COUNT(*) FROM t", []),
        ("people in the same city as Ann", "SELECT a FROM t", ["'same city as'"]),
        ("people in the same city as Ann", "SELECT a FROM t WHERE c = (SELECT c FROM t)", []),
        (
            "people in the same city as their boss",
            "SELECT t.a FROM t JOIN t AS b ON t.boss = b.id WHERE t.c = b.c",
            [],
        ),
        ("cars of the same colour", "SELECT a FROM t", []),
        (
            "people in a different city than their boss",
            "SELECT t.a FROM t JOIN t AS b ON t.boss = b.id",
            ["'different city than'"],
        ),
        (
            "people in a different city than their boss",
            "SELECT t.a FROM t JOIN t AS b ON t.boss = b.id WHERE t.c <> b.c",
            [],
        ),
        ("how many different products", "SELECT COUNT(DISTINCT a) FROM t", []),
        (
            "the two latest orders for each customer",
            "SELECT a FROM t ORDER BY b DESC LIMIT 2",
            ["'for each'"],
        ),
        (
            "the two latest orders for each customer",
            "SELECT a FROM (SELECT a, RANK() OVER (PARTITION BY c ORDER BY b) AS r FROM t) AS x "
            "WHERE r <= 2 LIMIT 100",
            [],
        ),
        ("orders for each customer", "SELECT a, b FROM t", []),
        (
            "the two largest orders of every customer",
            "SELECT a, b FROM t GROUP BY a, b ORDER BY b DESC LIMIT 2",
            ["'of every'"],
        ),
        (
            "customers of each kind, most first",
            "SELECT a, COUNT(*) FROM t GROUP BY a ORDER BY COUNT(*) DESC LIMIT 100",
            [],
        ),
        (
            "the highest ones, all of them",
            "SELECT a FROM t ORDER BY b DESC LIMIT 1",
            ["'all of them'"],
        ),
        (
            "the highest ones, all of them",
            "SELECT a FROM t WHERE b = (SELECT MAX(b) FROM t)",
            [],
        ),
        ("show all of them", "SELECT a FROM t ORDER BY b LIMIT 1", []),
        ("paid and open ones in two columns", "SELECT COUNT(*) FROM t", ["'in two columns'"]),
        ("paid and open ones in two columns", "SELECT COUNT(a), COUNT(b) FROM t", []),
        ("a and b side by side", "SELECT a FROM t", ["'side by side'"]),
        ("lighter than 3,500", "SELECT a FROM t WHERE w > 3500", ["'lighter than 3,500'"]),
        ("lighter than 3,500", "SELECT a FROM t WHERE w < 3500", []),
        ("at least 5 kg", "SELECT a FROM t WHERE w <= 5", ["'at least 5'"]),
        ("no less than 5 kg", "SELECT a FROM t WHERE w >= 5", []),
        ("no more than 5 kg", "SELECT a FROM t WHERE w <= 5", []),
        ("over 5 and under 5", "SELECT a FROM t WHERE w < 5", []),
        ("shows in the largest hall", "SELECT a FROM t", ["'largest'"]),
        ("shows in the largest hall", "SELECT a FROM t ORDER BY size DESC LIMIT 1", []),
        ("the highest degree", "SELECT high_degree FROM t", []),
        ("the youngest singer", "SELECT a FROM t", ["'youngest'"]),
        ("the latest logon", "SELECT latest_logon FROM t", []),
        (
            "first and last name of the last member(s) who came",
            "SELECT a FROM t",
            ["'last member(s) who'"],
        ),
        ("name of the last to come", "SELECT a FROM t ORDER BY day DESC LIMIT 1", []),
        ("the last name who came", "SELECT a FROM t", []),
        ("halls of at least 5 seats", "SELECT a FROM t WHERE w > 4", []),
    ],
)
def test_a_shape_that_a_query_lacks_is_said(question: str, sql: str, words: list[str]) -> None:
    assert missing(question, sql) == words


@pytest.mark.parametrize("rows", ["LIMIT 1", "FETCH FIRST 1 ROWS ONLY"])
def test_one_row_is_not_all_of_them(rows: str) -> None:
    tree = parsed(f"SELECT a FROM t ORDER BY b DESC {rows}", "postgres")
    assert tree is not None
    found = left_out("the highest ones, all of them", tree)
    assert found == ["nothing in this query says 'all of them'"]
