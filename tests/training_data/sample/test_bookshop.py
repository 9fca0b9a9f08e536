"""The sample bookshop is the same on every run, and every verified pair has an answer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from training_data.sample.bookshop import create_sample, main, sample_glossary, sample_verified


@pytest.fixture(scope="module")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_sample(tmp_path_factory.mktemp("sample") / "bookshop.sqlite")


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def _entries(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_same_rows_on_every_run(bookshop: Path, tmp_path: Path) -> None:
    assert _dump(create_sample(tmp_path / "again.sqlite")) == _dump(bookshop)


def test_an_older_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "bookshop.sqlite"
    path.write_text("not a database")
    create_sample(path)
    assert path.read_bytes().startswith(b"SQLite format 3")
    assert list(tmp_path.iterdir()) == [path]


def test_it_is_a_believable_business(bookshop: Path) -> None:
    with closing(sqlite3.connect(bookshop)) as connection:
        kinds = dict(
            connection.execute(
                "SELECT type, COUNT(*) FROM sqlite_master WHERE type IN ('table', 'view') "
                "GROUP BY type"
            )
        )
        assert kinds == {"table": 11, "view": 1}
        years = connection.execute(
            "SELECT DISTINCT strftime('%Y', ordered_on) FROM orders ORDER BY 1"
        ).fetchall()
        assert years == [("2023",), ("2024",), ("2025",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        review_keys = connection.execute("PRAGMA foreign_key_list(review)").fetchall()
        assert "customer" not in {referred for _, _, referred, *_ in review_keys}
        strays = (
            "SELECT COUNT(*) FROM review "
            "WHERE customer_id NOT IN (SELECT customer_id FROM customer)"
        )
        assert connection.execute(strays).fetchone() == (0,)


def test_every_verified_pair_has_an_answer(bookshop: Path, tmp_path: Path) -> None:
    pairs = _entries(sample_verified(tmp_path / "verified.jsonl"))
    assert len(pairs) >= 25
    assert len({pair["question"].lower() for pair in pairs}) == len(pairs)
    with closing(sqlite3.connect(bookshop)) as connection:
        unanswered = [
            pair["question"] for pair in pairs if not connection.execute(pair["sql"]).fetchall()
        ]
    assert unanswered == []


def test_no_answer_hangs_on_the_order_of_rows_with_equal_keys(
    bookshop: Path, tmp_path: Path
) -> None:
    pairs = _entries(sample_verified(tmp_path / "verified.jsonl"))
    ranked = [pair["sql"] for pair in pairs if "LIMIT" in pair["sql"]]
    with closing(sqlite3.connect(bookshop)) as connection:
        rows = [connection.execute(sql).fetchall() for sql in ranked]
        connection.execute("PRAGMA reverse_unordered_selects = ON")
        assert [connection.execute(sql).fetchall() for sql in ranked] == rows


def test_every_term_says_something(tmp_path: Path) -> None:
    terms = _entries(sample_glossary(tmp_path / "glossary.jsonl"))
    assert all(term["term"] and (term.get("meaning") or term.get("expression")) for term in terms)


def test_the_command_writes_three_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(str(tmp_path / "new"))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "bookshop.sqlite",
        "glossary.jsonl",
        "verified.jsonl",
    ]
    assert len(capsys.readouterr().out.splitlines()) == 3
