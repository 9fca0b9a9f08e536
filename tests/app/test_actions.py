"""Verdicts on the page, what the memory learns of them, and queries that are run again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from app.desk import Desk
from app.lessons import Lessons
from app.memories import ListedMemory
from mome.answering.translation import Translation
from mome.artifacts.facts import MemoryFact
from mome.artifacts.feedback import REJECTED, VERIFIED, said_about
from mome.errors import BackboneError, Unreachable
from mome.execution import Executor, open_executor
from mome.reporting import Reporter
from mome.tune.learn import MemoryChange
from page import COUNT, SLOW, MakeDesk, answer, ask, click, edit, open_room, stored, titles, words


def test_thumbs_are_stored(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(desk), COUNT.question)
    page.feedback[0].set_value(1).run()
    assert stored(desk, VERIFIED) == [
        {"question": COUNT.question, "sql": COUNT.sql, "source": "thumbs_up"}
    ]
    page.feedback[0].set_value(0).run()
    assert stored(desk, VERIFIED) == []
    assert stored(desk, REJECTED) == [
        {"question": COUNT.question, "sql": COUNT.sql, "source": "thumbs_down"}
    ]
    assert not page.exception


def honest(desk: Desk, *translations: Translation) -> Desk:
    """The desk with a model that leaves out what people rejected, as the translator does."""

    def translate(question: str, on_stage: object = None) -> Translation:
        wrong = said_about(desk.path, question).wrong
        for translation in translations:
            if translation.question == question and translation.sql not in wrong:
                return translation
        return Translation(question, "unanswerable", None, "sqlite", 0.0, reason="marked as wrong")

    return replace(desk, translate=translate)


def test_a_thumb_down_takes_the_answer_away_at_once_until_it_is_undone(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    second = answer(COUNT.question, "SELECT COUNT(DISTINCT title) FROM book", confidence=0.3)
    page = ask(open_room(honest(desk, COUNT, second)), COUNT.question)
    page.feedback[0].set_value(0).run()
    assert "COUNT(DISTINCT title)" in page.code[0].value
    assert "not shown for this question any more" in page.success[0].value
    assert "FROM book" in page.code[1].value, "what was marked as wrong can be seen"
    page.feedback[0].set_value(0).run()
    assert "No other answer." in page.info[0].value
    click(page, "Undo")
    assert "COUNT(DISTINCT title)" in page.code[0].value
    click(page, "Not wrong after all")
    assert page.code[0].value.split() == 'SELECT COUNT(*) AS "number of books" FROM book'.split()
    assert stored(desk, REJECTED) == []


def test_what_was_marked_as_wrong_can_be_corrected_where_no_answer_is_left(
    desk_of: MakeDesk,
) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(honest(desk, COUNT)), COUNT.question)
    page.feedback[0].set_value(0).run()
    page.toggle[0].set_value(True).run()
    assert page.text_area[0].value.split() == COUNT.sql.split()
    edit(page, "SELECT COUNT(*) FROM author", "Run and store as right")
    assert page.metric[0].value == "60"
    assert [pair["source"] for pair in stored(desk, VERIFIED)] == ["corrected"]


def test_a_stored_pair_can_be_taken_back(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(desk), COUNT.question)
    page.feedback[0].set_value(0).run()
    before = (stored(desk, VERIFIED), stored(desk, REJECTED))
    edit(page, COUNT.sql, "Run and store as right")
    assert (len(stored(desk, VERIFIED)), stored(desk, REJECTED)) == (1, [])
    click(page, "Undo")
    assert (stored(desk, VERIFIED), stored(desk, REJECTED)) == before
    assert "Taken back." in page.success[0].value
    assert all(button.label != "Undo" for button in page.button)


class Tuner:
    """Learns in no time, and writes down what it was told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.heard = error, []

    def learn(
        self, memory: Path, question: str, sql: str, reporter: Reporter, *, stored: bool
    ) -> MemoryChange:
        reporter.stage("Memorising")
        reporter.progress(1, 2, "steps")
        self.heard.append(("learn", question, sql))
        if self.error is not None:
            raise self.error
        return MemoryChange(MemoryFact("f1", "verified", (question,), sql))

    def forget(self, memory: Path, name: str, reporter: Reporter) -> MemoryChange:
        self.heard.append(("forget", name))
        return MemoryChange(MemoryFact("f1", "verified", ("q",), "s"))


def settled(page: AppTest) -> AppTest:
    """The page once the memory is no longer at work."""
    for _ in range(100):
        if not any("at work" in str(element) for element in page.get("progress")):
            return page
        page.run()
    raise AssertionError("the memory is at work for ever")


def test_a_stored_pair_is_learned_in_the_background_and_unlearned(desk_of: MakeDesk) -> None:
    tuner = Tuner()
    desk = replace(desk_of(COUNT), lessons=Lessons(tuner))
    page = ask(open_room(desk), COUNT.question)
    page.feedback[0].set_value(1).run()
    settled(page)
    assert tuner.heard == [("learn", COUNT.question, COUNT.sql)]
    assert "The memory is up to date." in words(page)
    settled(click(page, "Undo"))
    assert tuner.heard[1:] == [("forget", "f1")]
    assert stored(desk, VERIFIED) == []


def test_a_pair_that_is_not_learned_answers_all_the_same(desk_of: MakeDesk) -> None:
    tuner = Tuner(BackboneError("the base model is gone; tune again"))
    desk = replace(desk_of(COUNT), lessons=Lessons(tuner))
    page = ask(open_room(desk), COUNT.question)
    page.feedback[0].set_value(1).run()
    settled(page)
    assert "The base model is gone" in words(page) or "the base model is gone" in words(page)
    assert said_about(desk.path, COUNT.question).sql == COUNT.sql


def test_a_slow_query_is_stopped_and_can_be_tried_again(
    desk_of: MakeDesk, bookshop: ListedMemory
) -> None:
    with open_executor(bookshop.path.with_suffix(".sqlite"), timeout_s=0.2) as hasty:
        page = ask(open_room(desk_of(answer("Slow?", SLOW), database=lambda: hasty)), "Slow?")
        assert "Stopped." in page.warning[0].value
        click(page, "Try again")
        assert "Stopped." in page.warning[0].value
        assert "0.2 s" in page.warning[0].value.replace("\\", "")


def test_a_slow_query_can_be_given_more_time(desk_of: MakeDesk, bookshop: ListedMemory) -> None:
    with open_executor(bookshop.path.with_suffix(".sqlite"), timeout_s=0.001) as hasty:
        slow = answer("Slow?", "SELECT COUNT(*) FROM order_line AS a, order_line AS b")
        page = ask(open_room(desk_of(slow, database=lambda: hasty)), "Slow?")
        labels = [button.label for button in page.button]
        assert "Allow 1 min" in labels and "Allow 5 min" in labels
        click(page, "Allow 1 min")
        assert page.metric and not page.warning


def test_a_database_that_is_gone_and_comes_back(desk_of: MakeDesk, executor: Executor) -> None:
    state = {"there": False}

    def database() -> Executor:
        if not state["there"]:
            raise Unreachable("the server does not answer; start it")
        return executor

    page = ask(open_room(desk_of(COUNT, database=database)), COUNT.question)
    assert "The database does not answer." in page.error[0].value
    state["there"] = True
    click(page, "Try again")
    assert page.metric[0].value == "180"


def test_an_answer_that_another_version_gave_with_other_sql_is_shown_with_it(
    desk_of: MakeDesk,
) -> None:
    label = "The memory has changed, and with it this answer. Before:"
    one = replace(COUNT, model_version="one")
    desk = desk_of(one)
    page = ask(open_room(desk), COUNT.question)
    ask(page, COUNT.question)
    assert label not in titles(page)
    rounded = answer(COUNT.question, "SELECT COUNT(DISTINCT title) FROM book", model_version="two")
    later = ask(open_room(replace(desk, translate=desk_of(rounded).translate)), COUNT.question)
    assert label in titles(later)
    assert [code.value.split() for code in later.code] == [
        'SELECT COUNT(DISTINCT title) AS "number of different title" FROM book'.split(),
        COUNT.sql.split(),
    ]
    # The same version answers otherwise after a person's verdict, who knows of it.
    other = replace(one, model_version="two")
    last = ask(open_room(replace(desk, translate=desk_of(other).translate)), COUNT.question)
    assert label not in titles(last)
