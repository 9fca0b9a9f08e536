"""The turns that were asked of a memory, kept beside it: a reload, a restart of the server and
another browser find them again. `actions` adds to it, `side_view` shows and clears it.

```
DIR/history.jsonl    oldest first, each question once with its last answer: {"question", "sql",
                     "version", "asked", "after", "origin", "pinned", "answer"}; what is not known
                     is left out
```
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.answers import Origin
from app.stored_answer import from_record, to_record
from mome.answering.translation import Translation
from mome.artifacts.feedback import form
from mome.artifacts.records import changing, read_lines
from mome.conversation.turn import Turn
from mome.errors import BrokenMemory

FILE = "history.jsonl"
KEPT = 100
"""Questions per memory that are not pinned; more of them are a log, which nobody reads in a
sidebar.
"""
MOST_PINNED = 50
LONGEST_THREAD = 8
"""Turns before a follow-up that are read again with it: the conversation looks at the last two."""
_TEXTS = ("question", "sql", "version", "asked", "after")
_ORIGINS: tuple[Origin, ...] = ("model", "reading", "person", "step")


@dataclass(frozen=True)
class Kept:
    """A turn as it is stored."""

    question: str
    """In words that stand alone."""
    sql: str = ""
    """The SQL that ran last; empty if there was no answer."""
    version: str = ""
    """The translation's `model_version`."""
    asked: str = ""
    """The person's own words where they were a follow-up."""
    after: str = ""
    """The question of the turn that it followed; empty for a new subject."""
    origin: Origin = "model"
    pinned: bool = False
    answer: Translation | None = None
    """None in histories from before, and where there was no answer."""


def keep(memory: Path, turn: Kept) -> Kept | None:
    """Store a turn as the newest one, and return the last turn of the same question; None if there
    was none, or if the history cannot be read or written. A pin stays.
    """
    found: list[Kept] = []

    def changed(known: list[Kept]) -> list[Kept]:
        same = [other for other in known if _is_same(other, turn.question)]
        found.extend(same[-1:])
        others = [other for other in known if other not in same]
        return [*others, _joined(turn, same[-1] if same else None)]

    _change(memory, changed)
    return found[-1] if found else None


def update(memory: Path, turn: Kept) -> bool:
    """Store other SQL of a turn in its place. Returns False if that is not possible."""
    return _change(
        memory,
        lambda known: [
            _joined(turn, other) if _is_same(other, turn.question) else other for other in known
        ],
    )


def pin(memory: Path, question: str, pinned: bool) -> bool:
    """Pin a turn, so that no later one displaces it. Returns False if that is not possible."""
    return _change(
        memory,
        lambda known: [
            replace(other, pinned=pinned) if _is_same(other, question) else other for other in known
        ],
    )


def clear(memory: Path) -> bool:
    """Delete all turns that are not pinned; a damaged file is emptied, which mends it. Returns
    False if the folder cannot be written.
    """
    if _change(memory, lambda known: [turn for turn in known if turn.pinned]):
        return True
    try:
        turns(memory)
    except BrokenMemory:
        return _emptied(memory)
    return False


def _emptied(memory: Path) -> bool:
    try:
        with changing(memory) as changes:
            changes.write(FILE, [])
    except (OSError, BrokenMemory):
        return False
    return True


def turns(memory: Path) -> list[Kept]:
    """Return the turns, oldest first; none if they cannot be read. Raises BrokenMemory if the file
    is damaged.
    """
    try:
        (lines,) = read_lines(memory, FILE)
    except OSError:
        return []
    return _read(lines)


def find(memory: Path, question: str) -> Kept | None:
    """Return the turn of a question; None if it is not kept, or cannot be read."""
    try:
        known = turns(memory)
    except BrokenMemory:
        return None
    return next((turn for turn in known if _is_same(turn, question)), None)


def thread(memory: Path, turn: Kept) -> tuple[Turn, ...]:
    """Return the turns before a kept one, oldest first, as far as they are kept."""
    try:
        known = {form(other.question): other for other in turns(memory)}
    except BrokenMemory:
        return ()
    found: list[Turn] = []
    passed = {form(turn.question)}
    before = known.get(form(turn.after))
    while before is not None and before.answer is not None and len(found) < LONGEST_THREAD:
        answer = replace(before.answer, sql=before.sql, understood=before.question)
        found.append(Turn(before.asked or before.question, answer))
        passed.add(form(before.question))
        before = known.get(form(before.after))
        # A question that was asked again may follow what once followed it.
        if before is not None and form(before.question) in passed:
            break
    return tuple(reversed(found))


def _is_same(turn: Kept, question: str) -> bool:
    return form(turn.question) == form(question)


def _joined(turn: Kept, before: Kept | None) -> Kept:
    """Return a turn with what is known of its question from before."""
    if before is None:
        return turn
    # The last answer stays, to be compared with the next one.
    if not turn.sql:
        turn = replace(turn, sql=before.sql, version=before.version)
    return replace(turn, pinned=before.pinned)


def _change(memory: Path, changed: Callable[[list[Kept]], list[Kept]]) -> bool:
    try:
        with changing(memory) as changes:
            known = _bounded(changed(_read(changes.lines(FILE))))
            changes.write(FILE, [json.dumps(_record(turn), ensure_ascii=False) for turn in known])
    except (OSError, BrokenMemory):
        return False
    return True


def _bounded(known: Sequence[Kept]) -> list[Kept]:
    pinned = [turn.question for turn in known if turn.pinned][-MOST_PINNED:]
    others = [turn.question for turn in known if not turn.pinned][-KEPT:]
    kept = {*pinned, *others}
    return [turn for turn in known if turn.question in kept]


def _record(turn: Kept) -> dict[str, Any]:
    record = {name: getattr(turn, name) for name in (*_TEXTS, "pinned") if getattr(turn, name)}
    if turn.origin != "model":
        record["origin"] = turn.origin
    if turn.answer is not None:
        record["answer"] = to_record(turn.answer)
    return record


def _read(lines: Sequence[str]) -> list[Kept]:
    return [turn for line in lines if (turn := _kept(line)) is not None]


def _kept(line: str) -> Kept | None:
    """Return the turn of a line; None if it holds no question."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or not entry.get("question"):
        return None
    said = {name: entry.get(name, "") for name in _TEXTS}
    if not all(isinstance(text, str) for text in said.values()):
        return None
    origin: Origin = next((one for one in _ORIGINS if one == entry.get("origin")), "model")
    is_pinned = entry.get("pinned") is True
    answer = from_record(entry.get("answer"))
    return Kept(**said, origin=origin, pinned=is_pinned, answer=answer)
