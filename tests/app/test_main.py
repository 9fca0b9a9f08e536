"""The page in every state, without a browser: real database, guard and feedback; translations are
given in the place of a model. Here: before a question, and questions without an answer.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import launch
from app.desk import Desk
from app.main import EXAMPLES, examples
from app.markup import plain
from app.memories import ListedMemory
from mome.answering.translation import Translation
from mome.artifacts.feedback import LONGEST_QUESTION
from mome.errors import BackboneError
from page import CHANNELS, COUNT, PATIENCE_S, MakeDesk, ask, click, heading, open_room, words


def start(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["main.py", *map(str, folders)])
    page = AppTest.from_file(
        Path(launch.__file__).with_name("main.py"), default_timeout=PATIENCE_S
    ).run()
    assert not page.exception
    return page


def test_without_a_memory_the_page_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOME_HOME", str(tmp_path))
    page = start(monkeypatch)
    assert page.title[0].value == "No memory yet"
    assert page.code[0].value.startswith("mome tune --db-url ")
    assert not page.text_input


def test_a_folder_without_a_memory_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = start(monkeypatch, tmp_path / "gone")
    assert str(tmp_path / "gone") in page.warning[0].value.replace("\\", "")


def test_a_memory_that_cannot_be_loaded_says_why(
    shop: ListedMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = start(monkeypatch, shop.path)
    assert "This memory cannot be used." in page.error[0].value
    assert "mome tune" in page.error[0].value


def test_before_a_question_there_are_examples_to_click(desk_of: MakeDesk) -> None:
    page = open_room(desk_of(COUNT, CHANNELS))
    assert page.title[0].value == "Ask bookshop"
    click(page, plain(CHANNELS.question))
    assert heading(page) == CHANNELS.question


def test_examples_are_the_first_ones_and_some_from_all_over() -> None:
    known = [str(number) for number in range(100)]
    assert examples(known) == ["0", "1", "2", "3", "4", "28", "52", "76"]
    for number in range(EXAMPLES + 1):
        assert examples(known[:number]) == known[:number]
    assert len(examples(known)) == EXAMPLES
    assert examples([]) == []


def test_a_question_over_the_limit_is_kept_and_told(desk_of: MakeDesk) -> None:
    long = "How many books? " * 80
    page = ask(open_room(desk_of(COUNT)), long)
    assert f"{len(long) - 1:,} characters, and {LONGEST_QUESTION:,}" in words(page)
    assert page.text_input(key="question").value == long
    assert not page.header


def test_a_question_that_the_database_cannot_answer_offers_others(desk_of: MakeDesk) -> None:
    weather = Translation(
        "Weather?",
        "unanswerable",
        None,
        "sqlite",
        0.8,
        reason="nothing here answers it",
        nearest=(COUNT.question,),
    )
    page = ask(open_room(desk_of(weather, COUNT)), "Weather?")
    assert "Not in this database." in page.info[0].value
    assert not page.toggle, "no SQL answers it"
    click(page, plain(COUNT.question))
    assert page.metric[0].value == "180"


def test_a_question_without_a_likely_answer_is_not_said_to_be_out_of_the_database(
    desk_of: MakeDesk,
) -> None:
    unknown = Translation("Oldest?", "unanswerable", None, "sqlite", 0.0, reason="no reading fits")
    page = ask(open_room(desk_of(unknown)), "Oldest?")
    assert page.info[0].value.startswith("**I don't know.** No reading fits")
    assert [toggle.label for toggle in page.toggle] == ["Write the SQL yourself"]


def test_a_question_that_was_blocked_says_why(desk_of: MakeDesk) -> None:
    blocked = Translation(
        "Drop it", "blocked", None, "sqlite", 0.0, reason="only reading is possible here"
    )
    page = ask(open_room(desk_of(blocked)), "Drop it")
    assert "Only reading is possible here." in words(page)


def test_a_translator_that_fails_says_why(desk_of: MakeDesk) -> None:
    def failing(question: str, on_stage: object = None) -> Translation:
        raise BackboneError("the base model is gone; tune again")

    desk = desk_of()
    page = ask(
        open_room(Desk(desk.path, desk.name, desk.catalog, (), failing, desk.executor)), "How many?"
    )
    assert "The base model is gone; tune again." in words(page)
