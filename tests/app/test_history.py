from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app import history
from app.history import Kept
from mome.errors import BrokenMemory
from page import CHANNELS


def questions(memory: Path) -> list[str]:
    return [turn.question for turn in history.turns(memory)]


def test_questions_are_kept_once_and_the_newest_last(tmp_path: Path) -> None:
    for question in ("How many books?", "Sold out?", "how many books"):
        history.keep(tmp_path, Kept(question))
    assert questions(tmp_path) == ["Sold out?", "how many books"]


def test_the_history_is_bounded_but_for_what_is_pinned(tmp_path: Path) -> None:
    history.keep(tmp_path, Kept("pinned"))
    assert history.pin(tmp_path, "pinned", True)
    for number in range(history.KEPT + 5):
        history.keep(tmp_path, Kept(f"question {number}"))
    kept = questions(tmp_path)
    assert (len(kept), kept[:2]) == (history.KEPT + 1, ["pinned", "question 5"])


def test_the_history_can_be_cleared_but_for_what_is_pinned(tmp_path: Path) -> None:
    assert history.clear(tmp_path)
    for question in ("How many books?", "Sold out?"):
        history.keep(tmp_path, Kept(question))
    history.pin(tmp_path, "sold out", True)
    assert history.clear(tmp_path)
    assert questions(tmp_path) == ["Sold out?"]
    history.pin(tmp_path, "Sold out?", False)
    assert history.clear(tmp_path) and questions(tmp_path) == []


def test_the_last_answer_is_returned_and_its_pin_stays(tmp_path: Path) -> None:
    one = Kept("How many books?", "SELECT 1", "a")
    assert history.keep(tmp_path, one) is None
    history.pin(tmp_path, one.question, True)
    without = Kept("how many books")
    assert history.keep(tmp_path, without) == replace(one, pinned=True)
    assert history.keep(tmp_path, replace(one, sql="SELECT 2")) == replace(
        without, sql="SELECT 1", version="a", pinned=True
    )
    assert history.update(tmp_path, replace(one, sql="SELECT 3", origin="person"))
    (kept,) = history.turns(tmp_path)
    assert (kept.sql, kept.origin, kept.pinned) == ("SELECT 3", "person", True)


def test_a_follow_up_is_found_with_the_turns_before_it(tmp_path: Path) -> None:
    history.keep(tmp_path, Kept("First?", "SELECT 1", answer=CHANNELS))
    history.keep(tmp_path, Kept("Second?", "SELECT 2", asked="2?", after="First?", answer=CHANNELS))
    third = Kept("Third?", "SELECT 3", asked="3?", after="Second?", answer=CHANNELS)
    history.keep(tmp_path, third)
    assert history.find(tmp_path, "third") == third
    before = history.thread(tmp_path, third)
    assert [(turn.asked, turn.understood, turn.answer.sql) for turn in before] == [
        ("First?", "First?", "SELECT 1"),
        ("2?", "Second?", "SELECT 2"),
    ]
    # Asked again after what once followed it, a turn is not looked for in a circle.
    history.keep(tmp_path, Kept("First?", "SELECT 1", after="Second?", answer=CHANNELS))
    assert [turn.understood for turn in history.thread(tmp_path, third)] == ["First?", "Second?"]


def test_a_broken_line_and_a_folder_that_is_gone_stop_nobody(tmp_path: Path) -> None:
    (tmp_path / history.FILE).write_text(
        '{"question": 1}\n[]\nnothing\n{"question": "Why?"}\n{"question": "No?", "sql": 2}\n'
    )
    assert questions(tmp_path) == ["Why?"]
    gone = tmp_path / "gone"
    assert history.keep(gone, Kept("How many books?")) is None
    assert not history.clear(gone) and not history.pin(gone, "Why?", True)
    assert history.turns(gone) == [] and history.find(gone, "Why?") is None


def test_a_damaged_file_is_told_and_can_be_cleared(tmp_path: Path) -> None:
    history.keep(tmp_path, Kept("Why?"))
    (tmp_path / history.FILE).write_text("changed by hand\n")
    with pytest.raises(BrokenMemory, match="history.jsonl"):
        history.turns(tmp_path)
    assert history.find(tmp_path, "Why?") is None
    assert history.clear(tmp_path) and history.turns(tmp_path) == []
