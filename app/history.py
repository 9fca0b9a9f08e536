"""The questions that were asked of a memory, kept beside it so that a reload of the page does not
lose them. `actions` adds to it, `side_view` shows and clears it.

```
DIR/history.jsonl    {"question"}, oldest first, each once
```
"""

from __future__ import annotations

import json
from pathlib import Path

from mome.artifacts.feedback import form
from mome.artifacts.records import changing, read_lines
from mome.errors import BrokenMemory

FILE = "history.jsonl"
KEPT = 100
"""Questions per memory; more of them are a log, which nobody reads in a sidebar."""


def add(memory: Path, question: str) -> bool:
    """Add a question as the newest one. Returns False if the history cannot be read or written."""
    try:
        with changing(memory) as changes:
            lines = changes.lines(FILE)
            known = [line for line in lines if form(_question(line)) != form(question)]
            line = json.dumps({"question": question}, ensure_ascii=False)
            changes.write(FILE, [*filter(_question, known), line][-KEPT:])
    except (OSError, BrokenMemory):
        return False
    return True


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


def _question(line: str) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        return ""
    question = entry.get("question") if isinstance(entry, dict) else None
    return question if isinstance(question, str) else ""
