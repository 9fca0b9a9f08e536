from __future__ import annotations

from pathlib import Path

from app import history
from app.history import Past


def test_questions_are_kept_once_and_the_newest_last(tmp_path: Path) -> None:
    for question in ("How many books?", "Sold out?", "how many books"):
        assert history.add(tmp_path, question)
    assert history.questions(tmp_path) == ["Sold out?", "how many books"]


def test_the_history_is_bounded(tmp_path: Path) -> None:
    for number in range(history.KEPT + 5):
        history.add(tmp_path, f"question {number}")
    kept = history.questions(tmp_path)
    assert (len(kept), kept[0], kept[-1]) == (history.KEPT, "question 5", "question 104")


def test_the_history_can_be_cleared(tmp_path: Path) -> None:
    assert history.clear(tmp_path)
    history.add(tmp_path, "How many books?")
    assert history.clear(tmp_path)
    assert history.questions(tmp_path) == []


def test_the_last_answer_stays_with_its_question(tmp_path: Path) -> None:
    one, two = Past("SELECT 1", "a"), Past("SELECT 2", "b")
    history.add(tmp_path, "How many books?")
    assert history.answered(tmp_path, "How many books?", one) is None
    history.add(tmp_path, "Sold out?")
    history.add(tmp_path, "how many books")
    assert history.questions(tmp_path) == ["Sold out?", "how many books"]
    assert history.answered(tmp_path, "how many books", two) == one
    assert history.answered(tmp_path, "How many books?", two) == two
    assert history.answered(tmp_path, "Never asked?", two) is None
    assert history.answered(tmp_path / "gone", "How many books?", one) is None


def test_a_broken_file_and_a_folder_that_is_gone_stop_nobody(tmp_path: Path) -> None:
    (tmp_path / history.FILE).write_text('{"question": 1}\n[]\nnothing\n{"question": "Why?"}\n')
    assert history.questions(tmp_path) == ["Why?"]
    assert not history.add(tmp_path / "gone", "How many books?")
    assert not history.clear(tmp_path / "gone")
    assert history.questions(tmp_path / "gone") == []
