from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from app.feedback import REJECTED, VERIFIED, NotStored, reject, verify
from app.memories import Memory
from mome.catalog import Catalog
from mome.errors import Refused
from training_data import read_verified

QUESTION, SQL = "How many customers are there?", "SELECT COUNT(*) FROM customer"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_a_verified_pair_is_a_line_that_the_next_tune_reads(shop: Memory, catalog: Catalog) -> None:
    assert verify(shop.path, catalog, f"  {QUESTION}\n", "SELECT count(*)\nFROM customer -- all", "corrected")
    assert lines(shop.path / VERIFIED) == [{"question": QUESTION, "sql": SQL, "source": "corrected"}]
    pairs, problems = read_verified(shop.path / VERIFIED)
    assert [(pair.question, pair.sql) for pair in pairs] == [(QUESTION, SQL)]
    assert problems == []


def test_a_pair_is_stored_once_and_another_sql_comes_after_it(shop: Memory, catalog: Catalog) -> None:
    other = "SELECT COUNT(customer_id) FROM customer"
    stored = [verify(shop.path, catalog, QUESTION, sql, "thumbs_up") for sql in (SQL, SQL, other, SQL)]
    assert stored == [True, False, True, True]
    assert [line["sql"] for line in lines(shop.path / VERIFIED)] == [SQL, other, SQL]


def test_a_thumb_down_takes_a_verified_pair_back_and_a_thumb_up_the_rejection(shop: Memory, catalog: Catalog) -> None:
    verify(shop.path, catalog, "Another?", SQL, "thumbs_up")
    verify(shop.path, catalog, QUESTION, SQL, "thumbs_up")
    assert reject(shop.path, QUESTION, SQL)
    assert [line["question"] for line in lines(shop.path / VERIFIED)] == ["Another?"]
    assert lines(shop.path / REJECTED) == [{"question": QUESTION, "sql": SQL, "source": "thumbs_down"}]
    verify(shop.path, catalog, QUESTION, SQL, "thumbs_up")
    assert lines(shop.path / REJECTED) == []


@pytest.mark.parametrize("sql", ["DROP TABLE customer", "SELECT * FROM nowhere", "SELECT nothing FROM customer", "", "no sql"])
def test_what_the_guard_refuses_is_not_stored(shop: Memory, catalog: Catalog, sql: str) -> None:
    with pytest.raises(Refused):
        verify(shop.path, catalog, QUESTION, sql, "corrected")
    assert not (shop.path / VERIFIED).exists()


@pytest.mark.parametrize("question", ["", " \n", "x" * 1001])
def test_what_is_no_question_is_not_stored(shop: Memory, catalog: Catalog, question: str) -> None:
    with pytest.raises(NotStored, match="1,000 characters"):
        verify(shop.path, catalog, question, SQL, "thumbs_up")


def test_a_line_that_was_cut_off_spoils_no_other(shop: Memory, catalog: Catalog) -> None:
    (shop.path / VERIFIED).write_text('{"question": "half')
    verify(shop.path, catalog, QUESTION, SQL, "thumbs_up")
    reject(shop.path, "Another?", SQL)
    pairs, problems = read_verified(shop.path / VERIFIED)
    assert [pair.question for pair in pairs] == [QUESTION]
    assert [problem.line for problem in problems] == [1]


def test_a_memory_that_cannot_be_written_says_so(shop: Memory, catalog: Catalog) -> None:
    with pytest.raises(NotStored, match="not stored"):
        verify(shop.path / "gone", catalog, QUESTION, SQL, "thumbs_up")
    (shop.path / VERIFIED).mkdir()
    with pytest.raises(NotStored, match="not stored"):
        verify(shop.path, catalog, QUESTION, SQL, "thumbs_up")


def test_many_at_once_lose_nothing(shop: Memory, catalog: Catalog) -> None:
    def work(person: int) -> None:
        for number in range(5):
            verify(shop.path, catalog, f"person {person} asks {number}", SQL, "thumbs_up")
            reject(shop.path, f"person {person} asks {number}", SQL)
            verify(shop.path, catalog, f"person {person} asks {number}", SQL, "thumbs_up")

    people = [threading.Thread(target=work, args=(person,)) for person in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(lines(shop.path / VERIFIED)) == 30
    assert lines(shop.path / REJECTED) == []
