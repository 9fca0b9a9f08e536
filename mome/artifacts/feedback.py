"""People's feedback, kept beside a memory's versions: verified pairs, rejected pairs and forgotten
facts.

The page, `mome learn` and `mome forget` write it; every tune reads it.

```
DIR/feedback.jsonl    verified pairs: {"question", "sql", "source"}, where source is thumbs_up,
                      corrected or learned
DIR/rejected.jsonl    {"question", "sql", "source": "thumbs_down"}
DIR/forgotten.jsonl   {"id", "kind", "question"}: facts that tunes leave out until the question is
                      verified again
DIR/feedback.lock     held while one of them is written
```
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from filelock import FileLock

from mome.catalog import Catalog
from mome.errors import MemoryError_
from mome.guard import guard

VERIFIED, REJECTED, FORGOTTEN = "feedback.jsonl", "rejected.jsonl", "forgotten.jsonl"
LOCK = "feedback.lock"
LONGEST_QUESTION = 1000
"""Limit of the reader of verified pairs, in characters."""
Praise = Literal["thumbs_up", "corrected", "learned"]


class NotStored(MemoryError_):
    """The feedback could not be written or is invalid."""


def verify(memory: Path, catalog: Catalog, question: str, sql: str, source: Praise) -> bool:
    """Store a pair that a person vouches for. Returns False if it was known. Raises Refused (by the
    guard) or NotStored.
    """
    question = one_line(question)
    sql = guard(sql, catalog).sql

    def is_forgotten(entry: dict) -> bool:
        return entry.get("kind") == "verified" and _asks(entry, {question})

    with _writing(memory):
        # The last word counts: a pair is never both verified and rejected.
        _remove(memory / REJECTED, _is_pair(question, sql))
        _remove(memory / FORGOTTEN, is_forgotten)
        return _append(memory / VERIFIED, {"question": question, "sql": sql, "source": source})


def reject(memory: Path, question: str, sql: str) -> bool:
    """Store a pair that a person found wrong, and withdraw it if it was verified. Returns False if
    it was known. Raises NotStored.
    """
    question = one_line(question)
    with _writing(memory):
        _remove(memory / VERIFIED, _is_pair(question, sql))
        return _append(
            memory / REJECTED, {"question": question, "sql": sql, "source": "thumbs_down"}
        )


def leave_out(memory: Path, fact_id: str, kind: str, wordings: Collection[str]) -> None:
    """Exclude a fact from later tunes and withdraw verified pairs for its wordings. Raises
    NotStored.
    """
    with _writing(memory):
        _remove(memory / VERIFIED, lambda entry: _asks(entry, wordings))
        _append(memory / FORGOTTEN, {"question": next(iter(wordings)), "id": fact_id, "kind": kind})


def left_out(memory: Path) -> frozenset[str]:
    """Return ids of the facts that tunes leave out."""
    entries = [_entry(line) for line in _lines(memory / FORGOTTEN)]
    return frozenset(str(entry["id"]) for entry in entries if "id" in entry)


def one_line(question: str) -> str:
    """Return the question in the form in which it is stored. Raises NotStored if it is empty or too
    long.
    """
    words = " ".join(question.split())
    if not 0 < len(words) <= LONGEST_QUESTION:
        raise NotStored(
            f"a question has 1 to {LONGEST_QUESTION:,} characters; ask it in fewer words"
        )
    return words


def _is_pair(question: str, sql: str) -> Callable[[dict], bool]:
    return lambda entry: (entry.get("question"), entry.get("sql")) == (question, sql)


def _asks(entry: dict, wordings: Collection[str]) -> bool:
    """Return whether the entry is about one of the wordings, ignoring case."""
    return str(entry.get("question")).casefold() in {wording.casefold() for wording in wordings}


@contextmanager
def _writing(memory: Path) -> Iterator[None]:
    """Hold the lock and turn write errors into NotStored."""
    try:
        # FileLock would make a folder that is missing.
        memory.stat()
        # The page and the command line may write at the same time.
        with FileLock(memory / LOCK):
            yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotStored(
            f"the feedback was not stored: {reason}; check the rights on {memory} and the "
            "free space"
        ) from error


def _append(path: Path, entry: dict[str, str]) -> bool:
    """Append an entry, unless the last entry for its question is the same apart from its source."""
    entries = [_entry(line) for line in _lines(path)]
    asked = [known for known in entries if known.get("question") == entry["question"]]
    # An earlier entry does not count: a later one has corrected it.
    source = {"source": entry.get("source")}
    if asked and asked[-1] | source == entry | source:
        return False
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    with path.open("ab") as file:
        # A line that an interrupted program left unfinished must not swallow this one.
        start = "" if _ends_well(path) else "\n"
        file.write(start.encode() + line.encode("utf-8", "replace"))
        # What a person has said must survive a power cut, so it is forced to the disk.
        file.flush()
        os.fsync(file.fileno())
    return True


def _remove(path: Path, unwanted: Callable[[dict], bool]) -> None:
    """Remove entries; the file is replaced as a whole or not at all."""
    lines = _lines(path)
    kept = [line for line in lines if not unwanted(_entry(line))]
    if len(kept) == len(lines):
        return
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text("".join(f"{line}\n" for line in kept), "utf-8")
    os.replace(partial, path)


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    # Not `splitlines`, which also splits at U+2028, and JSON may hold that within a string.
    lines = path.read_text("utf-8", "replace").split("\n")
    return [line for line in lines if line.strip()]


def _entry(line: str) -> dict:
    """Parse a line; returns an empty dict if it is no JSON object."""
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
