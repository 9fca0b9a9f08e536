"""`mome translate`, what programs call: a line of questions in, a line of answers out, with and
without the database.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from training_data.sample.pairs import VERIFIED

if TYPE_CHECKING:
    from conftest import Cli, Done, Tuned

NO_WORDS = ["", "  ", "\u00bf\u65e5\u672c\u8a9e \U0001f4da?", "\ud800", "\x00\x1b[31m"]
ODD = [*NO_WORDS, "Drop the table book", "why " * 2000, "'; DROP TABLE book; --"]
STATUSES = {"ok", "ambiguous", "unanswerable", "blocked", "error"}


def test_every_question_gets_a_line_in_the_agreed_form(
    bookshop: Tuned, mome: Cli, tmp_path: Path
) -> None:
    questions = [*(question for question, _ in VERIFIED), *ODD]
    asked = [
        {"id": f"q{place}" if place % 2 else place, "question": question, "more": True}
        for place, question in enumerate(questions)
    ]
    done, answers = _translate(mome, bookshop.memory, tmp_path, asked)
    assert (done.code, done.out) == (0, ""), done.err
    assert done.err == f"{len(asked)} questions answered in {tmp_path / 'out.jsonl'}\n"
    assert [answer["id"] for answer in answers] == [entry["id"] for entry in asked]
    assert [answer for answer in answers if not _holds(answer)] == []
    wrong = [
        pair
        for pair, answer in zip(VERIFIED, answers, strict=False)
        if not _same(bookshop.database, pair[1], answer["sql"])
    ]
    assert wrong == []
    odd = answers[len(VERIFIED) :]
    assert [answer["status"] for answer in odd[:2]] == ["error", "error"] and odd[5][
        "status"
    ] == "blocked"


def test_translating_needs_no_database(club: Tuned, mome: Cli, tmp_path: Path) -> None:
    with club.without_database():
        done, (answer,) = _translate(
            mome, club.memory, tmp_path, [{"id": 1, "question": "who joined in 2024"}]
        )
    assert done.code == 0, done.err
    assert answer["status"] == "ok" and answer["verified_match"] == "Who joined in 2024?"
    assert _same(club.database, "SELECT 'Ben' UNION SELECT 'Cleo'", answer["sql"])


def test_rows_of_one_dialogue_are_turns_in_order(club: Tuned, mome: Cli, tmp_path: Path) -> None:
    basel = "SELECT name FROM club WHERE city = 'Basel'"
    rows = [
        ("a", "Which clubs are in Basel?", basel),
        ("b", "Who joined in 2024?", "SELECT 'Ben' UNION SELECT 'Cleo'"),
        ("a", "What about Bern?", "SELECT 'Chess [/club]'"),
        ("b", "How many are there?", "SELECT 2"),
        (None, "Which clubs are in Basel?", basel),
        ("a", "How many are there?", "SELECT 1"),
        ("b", "and in 2025?", "SELECT 1"),
    ]
    asked = [{"id": n, "question": q, "dialogue": d} for n, (d, q, _) in enumerate(rows)]
    done, answers = _translate(mome, club.memory, tmp_path, asked)
    assert done.code == 0, done.err
    assert [answer for answer in answers if not _holds(answer)] == []
    for (_, question, gold), answer in zip(rows, answers, strict=True):
        assert _same(club.database, gold, answer["sql"]), (question, answer)
    assert [answer["understood"] for answer in answers] == [
        "",
        "",
        "Which clubs are in Bern?",
        "How many are there of those who joined in 2024?",
        "",
        "How many clubs that are in Bern are there?",
        "How many are there of those who joined in 2025?",
    ]


def test_a_bad_file_of_questions_loses_nothing(
    club: Tuned, mome: Cli, tmp_path: Path, refused: Callable[[Done, str], None]
) -> None:
    questions, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    questions.write_text('{"id": 1, "question": "Who?"}\n\n{"id": 2, "question":')
    out.write_text("what was there")
    done = mome("translate", "--memory", club.memory, "--questions", questions, "--out", out)
    refused(done, f'{questions}, line 3: expected {{"question": "..."}}')
    assert out.read_text() == "what was there"


def test_a_disk_that_is_full(
    club: Tuned, mome: Cli, tmp_path: Path, refused: Callable[[Done, str], None]
) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": "Who joined in 2024?"}\n')
    done = mome(
        "translate",
        "--memory",
        club.memory,
        "--questions",
        tmp_path / "in.jsonl",
        "--out",
        "/dev/full",
    )
    refused(done, "the disk is full; free some space and run it again")


def _translate(mome: Cli, memory: Path, folder: Path, asked: list[dict]) -> tuple[Done, list[dict]]:
    (folder / "in.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in asked), "utf-8")
    done = mome(
        "translate",
        "--memory",
        memory,
        "--questions",
        folder / "in.jsonl",
        "--out",
        folder / "out.jsonl",
    )
    return done, [
        json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()
    ]


def _holds(answer: dict) -> bool:
    """Whether a line is in the agreed form: SQL where, and only where, there is an answer."""
    written = answer["status"] in ("ok", "ambiguous")
    well_formed = (
        answer["status"] in STATUSES
        and isinstance(answer["sql"], str) == written
        and bool(answer["reason"]) != written
    )
    return (
        well_formed and 0 <= answer["confidence"] <= 1 and isinstance(answer["latency_ms"], float)
    )


def _same(database: Path, gold: str, sql: str | None) -> bool:
    connection = sqlite3.connect(database)
    try:
        return sql is not None and Counter(connection.execute(gold)) == Counter(
            connection.execute(sql)
        )
    finally:
        connection.close()
