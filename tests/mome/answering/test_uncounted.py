"""Tables whose rows a question counts, and queries that do not read them."""

from __future__ import annotations

import pytest

from mome.answering.uncounted import uncounted
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.sql_tree import parsed


def table(name: str, columns: str, *keys: ForeignKey) -> Table:
    fields = tuple(Column(column, "INTEGER", "integer") for column in columns.split())
    return Table(None, name, "table", None, None, fields, ("id",), foreign_keys=keys)


CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "papers.sqlite",
    "",
    (
        table("authors", "id name"),
        table("papers", "id author kind", ForeignKey(("author",), "authors", ("id",))),
        table("likes", "id paper reader", ForeignKey(("paper",), "papers", ("id",))),
    ),
)
AUTHORS = "SELECT name, COUNT(*) FROM authors GROUP BY name"


def missing(question: str, sql: str) -> list[str]:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    return [
        part.removeprefix("nothing in this query says ")
        for part in uncounted(question, tree, CATALOG)
    ]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("authors and the number of papers of each", "'number of papers'"),
        ("How many papers does each author have?", "'how many papers'"),
        ("the author with the most papers", "'most papers'"),
        ("authors with more than one paper", "'more than one paper'"),
        ("authors with at least 3 papers", "'at least 3 papers'"),
    ],
)
def test_rows_of_a_table_that_is_not_read_are_not_counted(question: str, words: str) -> None:
    assert missing(question, AUTHORS) == [words]


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("How many authors are there?", AUTHORS),
        ("the number of papers of each author", "SELECT COUNT(*) FROM papers GROUP BY author"),
        # A paper has one author, so that authors are counted over papers.
        ("How many authors wrote fiction?", "SELECT COUNT(*) FROM papers WHERE kind = 1"),
        ("the most papers", "SELECT name FROM authors"),
        ("the number of likes of papers", "SELECT COUNT(*) FROM likes"),
        ("papers of each author", AUTHORS),
    ],
)
def test_what_is_read_or_stands_for_it_is_counted(question: str, sql: str) -> None:
    assert missing(question, sql) == []
