"""What people say of an answer, kept beside the memory: pairs for the next `mome tune`, and pairs that were wrong. Called by `main`.

```
DIR/feedback.jsonl   {"question", "sql", "source": "thumbs_up" | "corrected"}: verified pairs
DIR/rejected.jsonl   {"question", "sql", "source": "thumbs_down"}
DIR/feedback.lock    held while one of them is written
```
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from mome.catalog import Catalog
from mome.errors import MemoryError_
from mome.guard import guard

VERIFIED, REJECTED, LOCK = "feedback.jsonl", "rejected.jsonl", "feedback.lock"
LONGEST_QUESTION = 1000
"""What the reader of verified pairs takes at most."""
Praise = Literal["thumbs_up", "corrected"]


class NotStored(MemoryError_):
    """The feedback could not be written, or is none."""


def verify(memory: Path, catalog: Catalog, question: str, sql: str, source: Praise) -> bool:
    """Keep a pair that a person vouches for; False where it was known. Raises Refused (by the guard) or NotStored."""
    question = _one_line(question)
    sql = guard(sql, catalog).sql
    with _writing(memory):
        _remove(memory / REJECTED, question, sql)
        return _append(memory / VERIFIED, question, sql, source)


def reject(memory: Path, question: str, sql: str) -> bool:
    """Keep a pair that a person found wrong, and take it back where it was verified; False where it was known. Raises NotStored."""
    question = _one_line(question)
    with _writing(memory):
        _remove(memory / VERIFIED, question, sql)
        return _append(memory / REJECTED, question, sql, "thumbs_down")


def _one_line(question: str) -> str:
    words = " ".join(question.split())
    if not 0 < len(words) <= LONGEST_QUESTION:
        raise NotStored(f"a question has 1 to {LONGEST_QUESTION:,} characters; ask it in fewer words")
    return words


@contextmanager
def _writing(memory: Path) -> Iterator[None]:
    """Hold the lock, and turn what the disk refuses into one clear error."""
    try:
        with (memory / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotStored(f"the feedback was not stored: {reason}; check the rights on {memory} and the free space") from error


def _append(path: Path, question: str, sql: str, source: str) -> bool:
    """Add a line, unless the last word on this question is the same SQL."""
    asked = [entry for entry in map(_entry, _lines(path)) if entry.get("question") == question]
    if asked and asked[-1].get("sql") == sql:
        return False
    line = json.dumps({"question": question, "sql": sql, "source": source}, ensure_ascii=False) + "\n"
    with path.open("ab") as file:
        # A line that an interrupted program left unfinished must not swallow this one.
        file.write(("" if _ends_well(path) else "\n").encode() + line.encode("utf-8", "replace"))
        file.flush()
        os.fsync(file.fileno())
    return True


def _remove(path: Path, question: str, sql: str) -> None:
    """Take a pair out, whole file or not at all."""
    lines = _lines(path)
    kept = [line for line in lines if (_entry(line).get("question"), _entry(line).get("sql")) != (question, sql)]
    if len(kept) == len(lines):
        return
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text("".join(f"{line}\n" for line in kept), "utf-8")
    os.replace(partial, path)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8", "replace").split("\n") if line.strip()] if path.exists() else []


def _entry(line: str) -> dict:
    """What a line holds; empty where it holds nothing of ours."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _ends_well(path: Path) -> bool:
    if not path.stat().st_size:
        return True
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
