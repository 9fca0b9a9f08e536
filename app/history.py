"""The questions that were asked of a memory, kept beside it so that a reload of the page does not
lose them. `actions` adds to it, `side_view` shows and clears it.

```
DIR/history.jsonl    {"question", "sql", "version"}, oldest first, each question once: its last
                     answer and the model version that gave it, without them if it has none
```
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mome.artifacts.feedback import form
from mome.artifacts.records import changing, read_lines
from mome.errors import BrokenMemory

FILE = "history.jsonl"
KEPT = 100
"""Questions per memory; more of them are a log, which nobody reads in a sidebar."""


@dataclass(frozen=True)
class Past:
    """An earlier answer to a question."""

    sql: str
    version: str
    """The translation's `model_version`."""


def add(memory: Path, question: str) -> bool:
    """Add a question as the newest one. Returns False if the history cannot be read or written."""
    try:
        with changing(memory) as changes:
            lines = changes.lines(FILE)
            same = [line for line in lines if form(_question(line)) == form(question)]
            known = [line for line in lines if line not in same and _question(line)]
            # Its last answer stays, to be compared with the next one.
            entry = {**(_entry(same[-1]) if same else {}), "question": question}
            changes.write(FILE, [*known, json.dumps(entry, ensure_ascii=False)][-KEPT:])
    except (OSError, BrokenMemory):
        return False
    return True


def answered(memory: Path, question: str, now: Past) -> Past | None:
    """Store the answer to a question of the history, and return the one before it; None if there
    was none, or if the history cannot be read or written.
    """
    before = None
    try:
        with changing(memory) as changes:
            lines = changes.lines(FILE)
            for number, line in enumerate(lines):
                if form(_question(line)) == form(question):
                    before = _past(_entry(line))
                    entry = {"question": _question(line), "sql": now.sql, "version": now.version}
                    lines[number] = json.dumps(entry, ensure_ascii=False)
            changes.write(FILE, lines)
    except (OSError, BrokenMemory):
        return None
    return before


def clear(memory: Path) -> bool:
    """Delete the questions. Returns False if the folder cannot be written."""
    try:
        with changing(memory) as changes:
            changes.write(FILE, [])
    except (OSError, BrokenMemory):
        return False
    return True


def questions(memory: Path) -> list[str]:
    """Return the questions, oldest first; none if they cannot be read. Raises BrokenMemory if the
    file is damaged.
    """
    try:
        (lines,) = read_lines(memory, FILE)
    except OSError:
        return []
    return list(filter(None, map(_question, lines)))


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _question(line: str) -> str:
    question = _entry(line).get("question")
    return question if isinstance(question, str) else ""


def _past(entry: dict[str, Any]) -> Past | None:
    sql, version = entry.get("sql"), entry.get("version")
    return Past(sql, version) if isinstance(sql, str) and isinstance(version, str) else None
