"""Candidates on a real database: those that run are kept, verified ones are left as they are, and
what cannot be asked stays unchecked.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlglot.parser import Parser

from mome.answering import candidates, live_checks
from mome.answering.candidates import Checker
from mome.backbones.base import Candidate
from mome.execution import Executor, open_executor
from mome.linking.slice import Linker

NAMES, OLD = "SELECT name FROM singer", "SELECT name FROM singer WHERE age > 90"
MISSPELT = "SELECT name FROM singer WHERE country = 'FRANCE'"


def said(sql: str | None, probability: float = 0.5) -> Candidate:
    return Candidate(sql, -0.1, probability)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The singers of the catalog, without their songs."""
    path = tmp_path / "concerts.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, country TEXT, age INTEGER, "
        "sex TEXT)"
    )
    connection.execute(
        "INSERT INTO singer VALUES (1, 'Joe Sharp', 'France', 40, 'M'), (2, 'Timbaland', 'United "
        "States', 30, 'M')"
    )
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def executor(database: Path) -> Iterator[Executor]:
    with open_executor(database) as opened:
        yield opened


def checker(
    linker: Linker, executor: Executor | None = None, verified: tuple[str, ...] = ()
) -> Checker:
    return Checker(linker.catalog, linker.values, verified, executor)


def queries(checker: Checker, *candidates: Candidate) -> list[str]:
    return [checked.query.sql for checked in checker.check(candidates)[0]]


def test_what_the_guard_or_the_database_refuses_is_left_out(
    linker: Linker, executor: Executor
) -> None:
    refused = [
        said("DROP TABLE singer"),
        said("SELECT nothing FROM singer"),
        said(None),
        said("SELECT title FROM song"),
    ]
    assert queries(checker(linker, executor), *refused, said(NAMES)) == [NAMES]
    assert queries(checker(linker), *refused, said(NAMES)) == ["SELECT title FROM song", NAMES]


def test_what_makes_no_sense_comes_last(linker: Linker, executor: Executor) -> None:
    twice, both = "SELECT name, name FROM singer", "SELECT name, country FROM singer"
    assert queries(checker(linker, executor), said(twice, 0.9), said(both, 0.02)) == [both, twice]
    assert queries(checker(linker, executor, (twice,)), said(twice, 0.9), said(both, 0.02)) == [
        twice,
        both,
    ]


def test_a_query_counts_once(linker: Linker) -> None:
    assert (
        len(checker(linker).check([said(MISSPELT), said(MISSPELT.replace("FRANCE", "France"))])[0])
        == 1
    )


def test_a_verified_query_keeps_its_literals_and_its_place(
    linker: Linker, executor: Executor
) -> None:
    verified = checker(linker, executor, (OLD, MISSPELT))
    assert queries(verified, said(OLD, 0.4), said(NAMES, 0.2)) == [OLD, NAMES]
    assert queries(verified, said(MISSPELT)) == [MISSPELT]
    assert queries(checker(linker, executor), said(OLD, 0.4), said(NAMES, 0.2)) == [NAMES, OLD]


def test_two_queries_differ_where_their_rows_do(linker: Linker, executor: Executor) -> None:
    found, _ = checker(linker, executor).check(
        [said(NAMES), said(f"{NAMES} ORDER BY age"), said("SELECT age FROM singer")]
    )
    by_rows = {checked.query.sql: checked for checked in found}
    names, ordered, ages = (
        by_rows[NAMES],
        by_rows[f"{NAMES} ORDER BY age"],
        by_rows["SELECT age FROM singer"],
    )
    check = checker(linker, executor)
    assert (check.differ(names, ordered), check.differ(names, ages)) == (False, True)
    assert checker(linker).differ(names, ordered)


def test_more_rows_than_are_compared_may_differ(
    linker: Linker, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "COMPARED_ROWS", 1)
    check = checker(linker, executor)
    assert check.differ(*check.check([said(NAMES), said(f"{NAMES} ORDER BY age")])[0])


@pytest.mark.parametrize(("seconds", "kept"), [(3600.0, ["SELECT title FROM song"]), (0.0, [])])
def test_a_database_that_was_gone_is_asked_again_after_a_while(
    linker: Linker,
    executor: Executor,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    kept: list[str],
) -> None:
    monkeypatch.setattr(live_checks, "RETRY_SECONDS", seconds)
    away = database.rename(database.with_suffix(".away"))
    check = checker(linker, executor)
    assert queries(check, said("SELECT title FROM song")) == ["SELECT title FROM song"]
    away.rename(database)
    assert queries(check, said("SELECT title FROM song")) == kept


def test_a_known_query_is_turned_for_the_question_of_the_other_end(
    linker: Linker, executor: Executor
) -> None:
    oldest = "SELECT name FROM singer ORDER BY age DESC LIMIT 1"

    def differs(sql: str) -> str:
        return "direction" if sql == oldest else ""

    known = checker(linker, executor, verified=(oldest,))
    (found,), _ = known.check([said(oldest)], "the youngest singer", differs)
    assert found.query.sql == ("SELECT name FROM singer WHERE NOT age IS NULL ORDER BY age LIMIT 1")
    assert not found.verified
    # Without a superlative that settles it, the known query is no answer.
    assert known.check([said(oldest)], "any singer", differs) == (
        [],
        "it answers a known question that differs in direction",
    )


def test_repairs_and_checks_share_what_they_parse(
    linker: Linker, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[tuple[str, str]] = Counter()
    parse = Parser.parse

    def counted(self: Parser, tokens: list, sql: str | None = None) -> list:
        read[type(self).__name__, sql or ""] += 1
        return parse(self, tokens, sql)

    monkeypatch.setattr(Parser, "parse", counted)
    sql = "SELECT name FROM singer WHERE country = 'France' AND age > 20"
    assert queries(checker(linker), said(sql)) == [sql]
    # The repairs share one tree and the plausibility checks another; the guard parses for itself.
    assert read == {("SQLiteGuardParser", sql): 2, ("SQLiteParser", sql): 1}
