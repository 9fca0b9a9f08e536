"""The questions that were asked of a memory, kept beside it so that a reload of the page does not
lose them. `actions` adds to it, `side_view` shows and clears it.

```
DIR/history.jsonl    {"question"}, oldest first, each once
```
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from mome.artifacts.feedback import form

FILE, LOCK = "history.jsonl", "history.lock"
KEPT = 100
"""Questions per memory; more of them are a log, which nobody reads in a sidebar."""


def add(memory: Path, question: str) -> bool:
    """Add a question as the newest one. Returns False if the folder cannot be written."""
    try:
        with _writing(memory):
            known = [other for other in questions(memory) if form(other) != form(question)]
            _write(memory, [*known, question][-KEPT:])
    except OSError:
        return False
    return True


def clear(memory: Path) -> bool:
    """Delete the questions. Returns False if the folder cannot be written."""
    try:
        with _writing(memory):
            (memory / FILE).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def questions(memory: Path) -> list[str]:
    """Return the questions, oldest first; none if they cannot be read."""
    try:
        lines = (memory / FILE).read_text("utf-8", "replace").split("\n")
    except OSError:
        return []
    return [question for question in map(_question, lines) if question]


def _question(line: str) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        return ""
    question = entry.get("question") if isinstance(entry, dict) else None
    return question if isinstance(question, str) else ""


def _write(memory: Path, kept: list[str]) -> None:
    lines = [json.dumps({"question": question}, ensure_ascii=False) + "\n" for question in kept]
    partial = memory / f".{FILE}.partial"
    partial.write_text("".join(lines), "utf-8", "replace")
    os.replace(partial, memory / FILE)


@contextmanager
def _writing(memory: Path) -> Iterator[None]:
    # Two sessions may ask at the same time; each reads the file before it writes it.
    if not memory.is_dir():
        # FileLock would make the folder of a memory that is gone.
        raise FileNotFoundError(memory)
    with FileLock(memory / LOCK):
        yield
