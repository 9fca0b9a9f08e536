"""What a question says in the place of a verified question's value must restrict its query."""

from __future__ import annotations

import pytest
import sqlglot

from mome.answering.unfilled import Unfilled, restricted
from mome.execution import Executor
from songs import FRENCH, PAIRS, Ask, said

UNKNOWN = "How many singers are from Atlantis?"
EVERYWHERE = "SELECT COUNT(*) FROM singer"


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        (EVERYWHERE, 0),
        ("SELECT name FROM singer LIMIT 5", 0),
        (PAIRS[FRENCH], 1),
        ("SELECT id FROM concert WHERE held >= '2014-01-01' AND held < '2015-01-01'", 1),
        ("SELECT id FROM concert WHERE STRFTIME('%Y', held) = '2014'", 1),
        ("SELECT name FROM singer WHERE age > 30 AND singer.country IN ('France', 'Spain')", 2),
        ("SELECT name FROM singer GROUP BY name HAVING AVG(age) > 30", 1),
        ("SELECT name FROM singer AS s WHERE EXISTS(SELECT 1 FROM song WHERE id = s.id)", 0),
        ("SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song WHERE genre = 'pop')", 1),
    ],
)
def test_the_columns_that_are_compared_with_literals_are_counted(sql: str, columns: int) -> None:
    assert restricted(sqlglot.parse_one(sql)) == columns


def test_a_query_that_compares_fewer_columns_is_not_meant() -> None:
    unfilled = Unfilled("Atlantis", "France", FRENCH, 1)
    assert unfilled.reason(sqlglot.parse_one("SELECT 1 FROM singer WHERE age = 3")) == ""
    assert unfilled.reason(sqlglot.parse_one(EVERYWHERE)) == (
        "it leaves out “Atlantis”, and “France” restricts rows in the verified question "
        f"“{FRENCH}”; define “Atlantis” in the glossary"
    )


def test_a_query_over_all_rows_is_no_answer(ask: Ask, executor: Executor) -> None:
    answer = ask(said(EVERYWHERE), question=UNKNOWN, executor=executor)
    assert (answer.status, answer.sql) == ("unanswerable", None)
    assert answer.reason is not None and "it leaves out “Atlantis”" in answer.reason


def test_a_query_with_another_condition_may_be_meant(ask: Ask, executor: Executor) -> None:
    older = "SELECT COUNT(*) FROM singer WHERE age > 30"
    assert ask(said(EVERYWHERE), said(older, 0.3), question=UNKNOWN, executor=executor).sql == older


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("How many singers are there?", "SELECT COUNT(*) FROM singer"),
        ("How many songs are there?", "SELECT COUNT(*) FROM song"),
    ],
)
def test_a_question_without_such_words_keeps_its_answer(
    ask: Ask, executor: Executor, question: str, sql: str
) -> None:
    assert ask(said(sql), question=question, executor=executor).sql == sql
