from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mome.artifacts.feedback import (
    REJECTED,
    VERIFIED,
    NotStored,
    Said,
    accept_again,
    form,
    leave_out,
    left_out,
    reject,
    replaced_by,
    restore,
    said_about,
    verify,
)
from mome.catalog import Catalog, Table
from mome.errors import Refused
from training_data import normalise, read_verified

QUESTION, SQL = "How many customers are there?", "SELECT COUNT(*) FROM customer"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a memory."""
    (tmp_path / "memory").mkdir()
    return tmp_path / "memory"


@pytest.fixture(scope="session")
def catalog(make_catalog: Callable[..., Catalog], make_table: Callable[..., Table]) -> Catalog:
    return make_catalog(make_table("customer", "customer_id integer!, name text"))


def lines(path: Path) -> list[dict]:
    return (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )


def test_a_verified_pair_is_a_line_that_the_next_tune_reads(folder: Path, catalog: Catalog) -> None:
    assert verify(
        folder, catalog, f"  {QUESTION}\n", "SELECT count(*)\nFROM customer -- all", "corrected"
    )
    assert lines(folder / VERIFIED) == [{"question": QUESTION, "sql": SQL, "source": "corrected"}]
    pairs, problems = read_verified(folder / VERIFIED)
    assert [(pair.question, pair.sql) for pair in pairs] == [(QUESTION, SQL)]
    assert problems == []


def test_a_pair_is_stored_once_and_another_sql_comes_after_it(
    folder: Path, catalog: Catalog
) -> None:
    other = "SELECT COUNT(customer_id) FROM customer"
    stored = [verify(folder, catalog, QUESTION, sql, "thumbs_up") for sql in (SQL, SQL, other, SQL)]
    assert stored == [True, False, True, True]
    assert [line["sql"] for line in lines(folder / VERIFIED)] == [SQL, other, SQL]


def test_a_thumb_down_takes_a_verified_pair_back_and_a_thumb_up_the_rejection(
    folder: Path, catalog: Catalog
) -> None:
    verify(folder, catalog, "Another?", SQL, "thumbs_up")
    verify(folder, catalog, QUESTION, SQL, "thumbs_up")
    assert reject(folder, QUESTION, SQL)
    assert [line["question"] for line in lines(folder / VERIFIED)] == ["Another?"]
    assert lines(folder / REJECTED) == [{"question": QUESTION, "sql": SQL, "source": "thumbs_down"}]
    verify(folder, catalog, QUESTION, SQL, "thumbs_up")
    assert lines(folder / REJECTED) == []


def test_what_is_left_out_is_no_verified_pair_any_more_until_it_is_verified_anew(
    folder: Path, catalog: Catalog
) -> None:
    verify(
        folder, catalog, QUESTION.upper(), "SELECT COUNT(customer_id) FROM customer", "corrected"
    )
    for question in (QUESTION, "Another?"):
        verify(folder, catalog, question, SQL, "learned")
    for _ in range(2):
        leave_out(folder, "f1", "verified", (QUESTION, "Count them"))
    leave_out(folder, "f2", "count_rows", (QUESTION,))
    assert [line["question"] for line in lines(folder / VERIFIED)] == ["Another?"]
    assert left_out(folder) == {"f1", "f2"}
    assert verify(folder, catalog, QUESTION, SQL, "learned")
    assert left_out(folder) == {"f2"}


@pytest.mark.parametrize(
    "sql",
    ["DROP TABLE customer", "SELECT * FROM nowhere", "SELECT nothing FROM customer", "", "no sql"],
)
def test_what_the_guard_refuses_is_not_stored(folder: Path, catalog: Catalog, sql: str) -> None:
    with pytest.raises(Refused):
        verify(folder, catalog, QUESTION, sql, "corrected")
    assert not (folder / VERIFIED).exists()


@pytest.mark.parametrize("question", ["", " \n", "x" * 1001])
def test_what_is_no_question_is_not_stored(folder: Path, catalog: Catalog, question: str) -> None:
    with pytest.raises(NotStored, match="1,000 characters"):
        verify(folder, catalog, question, SQL, "thumbs_up")


def test_a_line_that_was_cut_off_spoils_no_other(folder: Path, catalog: Catalog) -> None:
    (folder / VERIFIED).write_text('{"question": "half')
    verify(folder, catalog, QUESTION, SQL, "thumbs_up")
    reject(folder, "Another?", SQL)
    pairs, problems = read_verified(folder / VERIFIED)
    assert [pair.question for pair in pairs] == [QUESTION]
    assert [problem.line for problem in problems] == [1]


def test_a_memory_that_cannot_be_written_says_so(folder: Path, catalog: Catalog) -> None:
    with pytest.raises(NotStored, match="not stored"):
        verify(folder / "gone", catalog, QUESTION, SQL, "thumbs_up")
    (folder / VERIFIED).mkdir()
    with pytest.raises(NotStored, match="not stored"):
        verify(folder, catalog, QUESTION, SQL, "thumbs_up")


@pytest.mark.parametrize(
    "question", ["How many  Customers?", "\u201cＡ\u201d!", " 'Straße' ; ", "price > 5", "..."]
)
def test_questions_are_the_same_as_for_the_tune(question: str) -> None:
    assert form(question) == normalise(question)


def test_a_rejection_counts_in_other_spellings_and_can_be_taken_back(folder: Path) -> None:
    reject(folder, QUESTION, SQL)
    assert said_about(folder, f" {QUESTION.lower().rstrip('?')} ").wrong == (SQL,)
    assert said_about(folder, "Another?") == Said()
    accept_again(folder, QUESTION.upper(), SQL)
    assert said_about(folder, QUESTION).wrong == ()


def test_everything_about_a_question_can_be_undone(folder: Path, catalog: Catalog) -> None:
    other = "SELECT COUNT(customer_id) FROM customer"
    verify(folder, catalog, "Another?", SQL, "thumbs_up")
    verify(folder, catalog, QUESTION, SQL, "chosen")
    reject(folder, QUESTION, other)
    leave_out(folder, "f1", "verified", (QUESTION,))
    verify(folder, catalog, QUESTION, SQL, "chosen")
    before = said_about(folder, QUESTION)
    assert (before.sql, before.wrong) == (SQL, (other,))
    verify(folder, catalog, QUESTION.lower(), other, "corrected")
    leave_out(folder, "f1", "verified", (QUESTION,))
    reject(folder, QUESTION, SQL)
    assert said_about(folder, QUESTION) != before
    restore(folder, QUESTION, before)
    assert said_about(folder, QUESTION) == before
    assert said_about(folder, "Another?").sql == SQL


def test_many_at_once_lose_nothing(folder: Path, catalog: Catalog) -> None:
    def work(person: int) -> None:
        for number in range(5):
            verify(folder, catalog, f"person {person} asks {number}", SQL, "thumbs_up")
            reject(folder, f"person {person} asks {number}", SQL)
            verify(folder, catalog, f"person {person} asks {number}", SQL, "thumbs_up")

    people = [threading.Thread(target=work, args=(person,)) for person in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(lines(folder / VERIFIED)) == 30
    assert lines(folder / REJECTED) == []


def test_a_full_disk_is_said_and_changes_nothing(
    folder: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    reject(folder, QUESTION, SQL)
    before = said_about(folder, QUESTION)

    def fsync(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(NotStored, match="what was there is unchanged; the disk is full: free"):
        verify(folder, catalog, QUESTION, SQL, "thumbs_up")
    assert said_about(folder, QUESTION) == before
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["feedback.lock", "records.json", REJECTED]
    )


def test_a_pair_and_what_it_replaces_are_stored_together(folder: Path, catalog: Catalog) -> None:
    lost = {"id": "f1", "wordings": [QUESTION]}
    assert verify(folder, catalog, QUESTION, SQL, "learned", replaced=lost)
    assert replaced_by(folder, QUESTION.lower()) == lost
    assert said_about(folder, QUESTION).verified != ()
