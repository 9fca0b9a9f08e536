"""People's feedback, kept beside a memory's versions: verified pairs, rejected pairs and forgotten
facts.

The page, `mome learn` and `mome forget` write it. Every tune reads it, and so does the translator,
so that a verdict counts from the next question on.

```
DIR/feedback.jsonl    verified pairs: {"question", "sql", "source"}, where source is thumbs_up,
                      chosen (another reading of the model's), corrected or learned
DIR/rejected.jsonl    {"question", "sql", "source": "thumbs_down"}
DIR/replaced.jsonl    {"question", "sql", "fact"}: facts that lost a question to a learned pair
DIR/forgotten.jsonl   {"id", "kind", "question"}: facts that tunes leave out until the question is
                      verified again
DIR/feedback.lock     held while one of them is written
```
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from mome.catalog import Catalog
from mome.errors import MemoryError_
from mome.guard import guard

VERIFIED, REJECTED, FORGOTTEN = "feedback.jsonl", "rejected.jsonl", "forgotten.jsonl"
REPLACED, LOCK = "replaced.jsonl", "feedback.lock"
LONGEST_QUESTION = 1000
"""Characters of a question that can be asked and learned: the limit of the reader of verified
pairs, so that every question that was answered can be verified.
"""
Praise = Literal["thumbs_up", "chosen", "corrected", "learned"]


# The files that are about a question's answers, in the order of the fields of `Said`.
_FILES = (VERIFIED, REJECTED, FORGOTTEN)


class NotStored(MemoryError_):
    """The feedback could not be written or read, or is invalid."""


@dataclass(frozen=True)
class Said:
    """What people said about one question: the lines of each file that are about it."""

    verified: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()

    @property
    def sql(self) -> str | None:
        """The SQL that counts before the memory has learned it; None if there is none.

        A pair of `mome learn` is in the memory's current version or, after a rollback, is not to
        count: either way the memory answers.
        """
        last = _entry(self.verified[-1]) if self.verified else {}
        sql = last.get("sql")
        return sql if isinstance(sql, str) and last.get("source") != "learned" else None

    @property
    def wrong(self) -> tuple[str, ...]:
        """The SQL that people rejected for the question."""
        found = (_entry(line).get("sql") for line in self.rejected)
        return tuple(sql for sql in found if isinstance(sql, str))


def said_about(memory: Path, question: str) -> Said:
    """Return what people said about a question. Raises NotStored if it cannot be read."""
    try:
        return Said(*(_lines_about(memory / name, question) for name in _FILES))
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotStored(
            f"the feedback cannot be read: {reason}; check the rights on {memory}"
        ) from error


def restore(memory: Path, question: str, said: Said) -> None:
    """Undo what was said about a question since `said` was read. Raises NotStored."""
    before = (said.verified, said.rejected, said.forgotten)
    with _writing(memory):
        for name, lines in zip(_FILES, before, strict=True):
            path = memory / name
            if _lines_about(path, question) != lines:
                others = [line for line in _lines(path) if not _is_about(line, question)]
                _write(path, [*others, *lines])


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


def accept_again(memory: Path, question: str, sql: str) -> None:
    """Take a rejection back, so that the SQL may answer the question again. Raises NotStored."""
    with _writing(memory):
        _remove(memory / REJECTED, _is_pair(question, sql))


def note_replaced(memory: Path, question: str, sql: str, fact: dict[str, Any]) -> None:
    """Store the fact that lost a question to a learned pair, so that `forget` can bring it back.
    Raises NotStored.
    """
    with _writing(memory):
        _append(memory / REPLACED, {"question": question, "sql": sql, "fact": fact})


def replaced_by(memory: Path, question: str) -> dict[str, Any] | None:
    """Return the fact that the last learned pair for a question replaced; None if there is none."""
    lines = _lines_about(memory / REPLACED, question)
    fact = _entry(lines[-1]).get("fact") if lines else None
    return fact if isinstance(fact, dict) else None


def leave_out_for_replaced(memory: Path, fact_id: str, kind: str, question: str) -> None:
    """Exclude a learned fact from later tunes, in favour of the one that it had replaced. Verified
    pairs from before the learned one count again. Raises NotStored.
    """
    with _writing(memory):
        records = _lines(memory / REPLACED)
        last = max(n for n, line in enumerate(records) if _is_about(line, question))
        learned = _entry(records[last]).get("sql")
        _remove(memory / VERIFIED, _is_pair(question, str(learned)))
        _write(memory / REPLACED, records[:last] + records[last + 1 :])
        _append(memory / FORGOTTEN, {"question": question, "id": fact_id, "kind": kind})


def left_out(memory: Path) -> frozenset[str]:
    """Return ids of the facts that tunes leave out."""
    entries = [_entry(line) for line in _lines(memory / FORGOTTEN)]
    return frozenset(str(entry["id"]) for entry in entries if "id" in entry)


def one_line(question: str) -> str:
    """Return the question in the form in which it is stored. Raises NotStored if it is empty or too
    long.
    """
    words = " ".join(question.split())
    if not words:
        raise NotStored(f"the question is empty; it may have 1 to {LONGEST_QUESTION:,} characters")
    if len(words) > LONGEST_QUESTION:
        raise NotStored(
            f"the question has {len(words):,} characters, and {LONGEST_QUESTION:,} characters can "
            "be read; ask it in fewer words"
        )
    return words


def form(question: str) -> str:
    """Return the form in which two questions count as the same, as `training_data` has it: NFKC,
    one case, single spaces, no punctuation at the ends.
    """
    plain = " ".join(unicodedata.normalize("NFKC", question).casefold().split())
    return plain.strip(" .,;:!?\"'`")


def _is_pair(question: str, sql: str) -> Callable[[dict], bool]:
    return lambda entry: _asks(entry, {question}) and entry.get("sql") == sql


def _asks(entry: dict, wordings: Collection[str]) -> bool:
    """Return whether the entry is about one of the wordings."""
    return form(str(entry.get("question"))) in set(map(form, wordings))


def _is_about(line: str, question: str) -> bool:
    return _asks(_entry(line), {question})


def _lines_about(path: Path, question: str) -> tuple[str, ...]:
    return tuple(line for line in _lines(path) if _is_about(line, question))


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


def _append(path: Path, entry: dict[str, Any]) -> bool:
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
    if len(kept) < len(lines):
        _write(path, kept)


def _write(path: Path, lines: list[str]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text("".join(f"{line}\n" for line in lines), "utf-8")
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
