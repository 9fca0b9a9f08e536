from __future__ import annotations

import time
from pathlib import Path
from threading import Event

from app.lessons import Lesson, Lessons
from mome.artifacts.facts import MemoryFact
from mome.artifacts.feedback import Said, reject, said_about
from mome.errors import MemoryError_
from mome.reporting import Reporter
from mome.tune.learn import MemoryChange

QUESTION, SQL = "How many books?", "SELECT COUNT(*) FROM book"


class Slow:
    """Learns until it is let go."""

    def __init__(self, *, known: bool = False, error: Exception | None = None) -> None:
        self.known, self.error = known, error
        self.go, self.forgotten = Event(), []

    def learn(
        self, memory: Path, question: str, sql: str, reporter: Reporter, *, stored: bool
    ) -> MemoryChange:
        assert stored
        reporter.stage("Memorising")
        reporter.progress(3, 4, "")
        assert self.go.wait(30)
        if self.error is not None:
            raise self.error
        return MemoryChange(MemoryFact("f1", "verified", (question,), sql), known=self.known)

    def forget(self, memory: Path, name: str, reporter: Reporter) -> MemoryChange:
        self.forgotten.append(name)
        return MemoryChange(MemoryFact("f1", "verified", (QUESTION,), SQL))


def wait_for(lesson: Lesson) -> Lesson:
    deadline = time.monotonic() + 30
    while not lesson.finished and time.monotonic() < deadline:
        time.sleep(0.01)
    assert lesson.finished
    return lesson


def test_a_lesson_says_how_far_it_is(tmp_path: Path) -> None:
    tuner = Slow()
    lesson = Lessons(tuner).learn(tmp_path, QUESTION, SQL)
    deadline = time.monotonic() + 30
    while lesson.share == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (lesson.state, lesson.share, lesson.finished) == ("Memorising", 0.75, False)
    tuner.go.set()
    assert wait_for(lesson).failure == ""
    assert lesson.change is not None and lesson.change.fact.id == "f1"


def test_what_is_said_while_it_learns_stays_said(tmp_path: Path) -> None:
    tuner = Slow()
    lessons = Lessons(tuner)
    lesson = lessons.learn(tmp_path, QUESTION, SQL)
    reject(tmp_path, QUESTION, SQL)
    back = lessons.undo(lesson)
    tuner.go.set()
    assert wait_for(back).failure == "" and tuner.forgotten == ["f1"]
    assert said_about(tmp_path, QUESTION).wrong == (SQL,)


def test_what_the_memory_knew_before_is_not_forgotten(tmp_path: Path) -> None:
    tuner = Slow(known=True)
    tuner.go.set()
    lessons = Lessons(tuner)
    lesson = lessons.learn(tmp_path, QUESTION, SQL)
    wait_for(lessons.undo(lesson))
    assert lesson.finished and tuner.forgotten == []
    assert said_about(tmp_path, QUESTION) == Said()


def test_a_failure_is_told_without_a_library_s_words(tmp_path: Path) -> None:
    for error, told in (
        (MemoryError_("another tune is working"), "another tune is working"),
        (ZeroDivisionError("secret"), "learning stopped with ZeroDivisionError"),
    ):
        tuner = Slow(error=error)
        tuner.go.set()
        lessons = Lessons(tuner)
        lesson = wait_for(lessons.learn(tmp_path, QUESTION, SQL))
        assert lesson.failure == told
        assert wait_for(lessons.undo(lesson)).failure == "" and tuner.forgotten == []
