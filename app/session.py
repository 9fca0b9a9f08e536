"""What one browser session remembers: its questions with their answers, and what was clicked last. The only place that names state keys.

A click stores a task in a callback, before the page is drawn; `main` takes it and does it at the one place where answers are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from app.answers import Entry

KEPT = 50
"""Answers with their rows that a session holds; the oldest go first."""
Tone = Literal["success", "warning", "error"]


@dataclass(frozen=True)
class Ask:
    """Translate and run a question."""

    question: str


@dataclass(frozen=True)
class Run:
    """Run other SQL for a question that was asked."""

    number: int
    sql: str
    keep: bool = False
    """True where the person says that this is the right SQL: when it runs, it is stored."""


@dataclass(frozen=True)
class Judge:
    """Store what a person thinks of an answer."""

    number: int
    good: bool


Task = Ask | Run | Judge


def request(task: Task) -> None:
    """Let the next run of the page do this."""
    st.session_state["task"] = task


def take() -> Task | None:
    """What is to be done now; once."""
    return st.session_state.pop("task", None)


def entries(memory: str) -> list[Entry]:
    """The answers of one memory, the oldest first."""
    return [entry for entry in _all() if entry.memory == memory]


def next_number() -> int:
    """A number that no entry of this session has."""
    st.session_state["numbers"] = st.session_state.get("numbers", 0) + 1
    return st.session_state["numbers"]


def put(entry: Entry) -> None:
    """Add an entry, or put it in the place of the one with its number; and show it."""
    others = _all()
    at = next(
        (index for index, other in enumerate(others) if other.number == entry.number), len(others)
    )
    st.session_state["entries"] = [*others[:at], entry, *others[at + 1 :]][-KEPT:]
    show(entry.memory, entry.number)


def show(memory: str, number: int | None) -> None:
    """Turn to an answer, or to none: the page of a new question."""
    st.session_state.setdefault("shown", {})[memory] = number


def shown(memory: str) -> Entry | None:
    """The answer on the page."""
    number = st.session_state.get("shown", {}).get(memory)
    return find(number)


def find(number: int | None) -> Entry | None:
    """The entry with this number, while it is kept."""
    return next((entry for entry in _all() if entry.number == number), None)


def note(number: int, tone: Tone, line: str) -> None:
    """Say something below an answer's SQL, until the next thing is said there."""
    st.session_state.setdefault("notes", {})[number] = (tone, line)


def unsay(number: int) -> None:
    """Nothing is said any more: the SQL is another."""
    st.session_state.get("notes", {}).pop(number, None)


def noted(number: int) -> tuple[Tone, str] | None:
    """What was said."""
    return st.session_state.get("notes", {}).get(number)


def _all() -> list[Entry]:
    return st.session_state.get("entries", [])
