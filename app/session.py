"""The state of one browser session: its questions with answers and the last click. The only module
that names state keys.

A click stores a task in a callback before the page is drawn. `main` executes it at the place where
answers are made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from app.answers import Entry, Outcome
from app.downloads import Downloads
from app.lessons import Lesson
from mome.artifacts.feedback import Said, form

KEPT = 50
"""Maximum number of answers with rows per session; the oldest are dropped."""
# Answers whose files are kept; a file may be large, and few answers are downloaded again.
KEPT_FILES = 4
Tone = Literal["success", "warning", "error"]


@dataclass(frozen=True)
class Ask:
    """Task: translate and run a question."""

    question: str
    follows: bool = False
    """Whether it may follow the answer that is shown."""
    instead_of: int | None = None
    """The entry whose words it changes: it is asked after the same turns. None for none."""


@dataclass(frozen=True)
class Open:
    """Task: show the answer to a question that was asked before, or ask it."""

    question: str


@dataclass(frozen=True)
class Pin:
    """Task: pin an answer in the history, or no longer."""

    number: int
    pinned: bool


@dataclass(frozen=True)
class RunSql:
    """Task: run other SQL for a question."""

    number: int
    sql: str
    keep: bool = False
    """Whether the person says that this SQL is right: it is stored if it runs."""
    timeout_s: float | None = None
    """Seconds that it is given; None for the usual limit."""


@dataclass(frozen=True)
class Judge:
    """Task: store a verdict on an answer."""

    number: int
    good: bool


@dataclass(frozen=True)
class TakeBack:
    """Task: undo what was said about an answer."""

    number: int


@dataclass(frozen=True)
class AcceptAgain:
    """Task: let a rejected query answer its question again."""

    number: int
    sql: str


@dataclass(frozen=True)
class TakeStep:
    """Task: run SQL that a click made from that of an answer, as an answer of its own."""

    number: int
    question: str
    """What is added to the question."""
    sql: str


@dataclass(frozen=True)
class LookBehind:
    """Task: show the rows behind one row of an answer, below it."""

    number: int
    about: str
    """What the row is about."""
    sql: str


@dataclass(frozen=True)
class Behind:
    """The rows behind a figure."""

    about: str
    outcome: Outcome


Task = TakeStep | LookBehind | Ask | Open | Pin | RunSql | Judge | TakeBack | AcceptAgain


@dataclass(frozen=True)
class Note:
    """The message below an answer's SQL."""

    tone: Tone
    line: str
    before: Said | None = None
    """What had been said about the question before; None if there is nothing to undo."""
    lesson: Lesson | None = None
    """The pair on its way into the memory, or out of it."""


def request(task: Task) -> None:
    """Schedule a task for the next run of the page, in the callback of a click."""
    clicked()
    schedule(task)


def schedule(task: Task) -> None:
    """Schedule a task that no click asked for."""
    st.session_state["task"] = task


def clicked() -> None:
    """Store that a click began the next run of the page: see `was_clicked`."""
    st.session_state["clicked"] = True


def was_clicked() -> bool:
    """Return whether a click of ours began this run, and forget it."""
    return st.session_state.pop("clicked", False)


def requested() -> Task | None:
    """Return the scheduled task. It stays scheduled until `done`: any other click ends a run of the
    page, and the next run then begins the task anew.
    """
    return st.session_state.get("task")


def done() -> None:
    """Clear the scheduled task."""
    st.session_state.pop("task", None)


def entries(memory: str) -> list[Entry]:
    """Return the answers of one memory, oldest first."""
    return [entry for entry in _all() if entry.memory == memory]


def asked(memory: str, question: str) -> Entry | None:
    """Return the newest answer of this session to a question."""
    same = [entry for entry in entries(memory) if form(entry.question) == form(question)]
    return same[-1] if same else None


def next_number() -> int:
    """Return an unused entry number."""
    st.session_state["numbers"] = st.session_state.get("numbers", 0) + 1
    return st.session_state["numbers"]


def put(entry: Entry) -> None:
    """Add an entry or replace the one with its number, and select it."""
    kept = list(_all())
    numbers = [other.number for other in kept]
    if entry.number in numbers:
        kept[numbers.index(entry.number)] = entry
    else:
        kept.append(entry)
    st.session_state["entries"] = kept[-KEPT:]
    show(entry.memory, entry.number)


def show(memory: str, number: int | None) -> None:
    """Select an answer, or none for the page of a new question."""
    st.session_state.setdefault("shown", {})[memory] = number


def shown(memory: str) -> Entry | None:
    """Return the selected answer."""
    number = st.session_state.get("shown", {}).get(memory)
    return find(number)


def find(number: int | None) -> Entry | None:
    """Return the entry with this number, if it is still kept."""
    return next((entry for entry in _all() if entry.number == number), None)


def address() -> dict[str, str]:
    """Return the address that the page wrote or opened last; empty before the first."""
    return st.session_state.get("address", {})


def set_address(parts: dict[str, str]) -> None:
    """Store the address that the browser shows now."""
    st.session_state["address"] = parts


def choose_memory(path: str) -> None:
    """Choose a memory, before the choice is drawn."""
    st.session_state["memory"] = path


def forget(memory: str) -> None:
    """Drop the answers of one memory."""
    st.session_state["entries"] = [entry for entry in _all() if entry.memory != memory]
    show(memory, None)


def files(entry: Entry, make: Callable[[], Downloads]) -> Downloads:
    """Return the files of an answer's rows, the same ones at every run of the page."""
    kept: dict[tuple[int, int], Downloads] = st.session_state.setdefault("files", {})
    key = (entry.number, entry.turn)
    if key not in kept:
        while len(kept) >= KEPT_FILES:
            del kept[next(iter(kept))]
        kept[key] = make()
    return kept[key]


def look_behind(number: int, turn: int, behind: Behind) -> None:
    """Set the rows that are shown below an answer."""
    st.session_state["behind"] = (number, turn, behind)


def behind(entry: Entry) -> Behind | None:
    """Return the rows that are shown below an answer; None if none are, or if they belong to SQL
    that ran before.
    """
    number, turn, found = st.session_state.get("behind", (0, 0, None))
    return found if (number, turn) == (entry.number, entry.turn) else None


def note(number: int, note: Note) -> None:
    """Set the message below an answer's SQL."""
    st.session_state.setdefault("notes", {})[number] = note


def unsay(number: int) -> None:
    """Clear the message, because the SQL changed."""
    st.session_state.get("notes", {}).pop(number, None)


def noted(number: int) -> Note | None:
    """Return the message."""
    return st.session_state.get("notes", {}).get(number)


def _all() -> list[Entry]:
    return st.session_state.get("entries", [])
