"""Values beyond the index: asked of a real database, in few bounded and guarded queries."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mome.answering import value_lookup
from mome.answering.candidates import Checker
from mome.answering.live_checks import CheckingExecutor, Rows
from mome.answering.value_lookup import ValueLookup
from mome.catalog import Catalog
from mome.execution import Executor, open_executor
from mome.guard import GuardedQuery
from mome.linking.slice import Linker
from mome.linking.values import ValueMatch
from schemas import introspect, resolve_url

SCHEMA = """
CREATE TABLE "big customers" (id INTEGER PRIMARY KEY, "full name" TEXT, city TEXT);
INSERT INTO "big customers" VALUES (1, 'Ann Lee', 'Lyon'), (2, 'Zacharias Quell', 'Oslo'),
  (3, 'Conan O''Brien', 'Oslo'), (4, 'x'' OR 1=1 --', 'Oslo'), (5, 'Quell', 'Gent'),
  (6, 'how many customers', 'Gent');
"""
KNOWN = (
    ("big customers", "full name", ["Ann Lee"], False),
    ("big customers", "city", ["Lyon", "Oslo", "Gent"], True),
    ("gone", "name", ["Ann"], False),
)


class Counting:
    """An executor that keeps the queries that it runs."""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner
        self.queries: list[str] = []

    def run(self, query: GuardedQuery, **limits: float) -> Rows:
        self.queries.append(query.sql)
        return self._inner.run(query, **limits)

    def explain(self, query: GuardedQuery, **limits: float) -> None:
        self._inner.explain(query, **limits)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lookup") / "customers.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.close()
    return path


@pytest.fixture(scope="module")
def linker(database: Path) -> Linker:
    return Linker(Catalog.from_dict(introspect(resolve_url(database)).to_dict()), KNOWN)


@pytest.fixture
def executor(database: Path) -> Iterator[Counting]:
    with open_executor(resolve_url(database)) as opened:
        yield Counting(opened)


def found(linker: Linker, executor: CheckingExecutor | None, question: str) -> list[ValueMatch]:
    checker = Checker(linker.catalog, linker.values, (), executor)
    lookup = ValueLookup(linker.catalog, linker.values, checker.live.asked)
    return lookup.find(linker.match(question).unknown_phrases())


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("What is the city of Zacharias Quell?", "Zacharias Quell"),
        ("how many customers are named zacharias quell?", "Zacharias Quell"),
        ("the city of QUELL", "Quell"),
        ("Where does Conan O'Brien live?", "Conan O'Brien"),
    ],
)
def test_a_value_that_the_index_lacks_is_found(
    linker: Linker, executor: Counting, question: str, stored: str
) -> None:
    (match,) = found(linker, executor, question)
    assert (match.table, match.column, match.stored, match.score) == (
        "big customers",
        "full name",
        stored,
        1.0,
    )
    slice_ = linker.slice_of(linker.match(question).with_values([match]))
    assert stored in [item.text for item in slice_.items if item.kind == "value"]


def test_only_columns_known_in_part_are_asked_and_only_for_unknown_words(
    linker: Linker, executor: Counting
) -> None:
    for question in ("How many big customers are in Oslo?", "Ann Lee", "How many customers?", ""):
        assert found(linker, executor, question) == []
    assert executor.queries == []
    found(linker, executor, "Who is Zacharias?")
    (query,) = executor.queries
    assert query.startswith('SELECT DISTINCT "full name" FROM "big customers" WHERE')
    assert query.endswith("LIMIT 20")


def test_a_question_is_data_in_the_query(linker: Linker, executor: Counting) -> None:
    assert found(linker, executor, "customers named x' OR 1=1 -- or \\' UNION SELECT 1") == []
    assert all(query.count("SELECT") - query.count("'SELECT") <= 2 for query in executor.queries)


def test_without_a_database_nothing_is_found(linker: Linker) -> None:
    assert found(linker, None, "What is the city of Zacharias Quell?") == []


def test_a_database_that_takes_too_long_finds_nothing(
    linker: Linker, executor: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(value_lookup, "ALL_SECONDS", 0.0)
    assert found(linker, executor, "What is the city of Zacharias Quell?") == []
    assert executor.queries == []
