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
DIR/records.json, feedback.lock: see `records`
```
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mome.artifacts.lock import DISK_IS_FULL, is_full
from mome.artifacts.records import Changes, changing, read_lines
from mome.catalog import Catalog
from mome.errors import MemoryError_
from mome.guard import guard

VERIFIED, REJECTED, FORGOTTEN = "feedback.jsonl", "rejected.jsonl", "forgotten.jsonl"
REPLACED = "replaced.jsonl"
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
    """Return what people said about a question. Raises NotStored if it cannot be read, and
    BrokenMemory if it is damaged.
    """
    files = _read(memory, *_FILES)
    return Said(*(tuple(line for line in lines if _is_about(line, question)) for lines in files))


def restore(memory: Path, question: str, said: Said) -> None:
    """Undo what was said about a question since `said` was read. Raises NotStored."""
    before = (said.verified, said.rejected, said.forgotten)
    with _writing(memory) as changes:
        for name, lines in zip(_FILES, before, strict=True):
            known = changes.lines(name)
            about = tuple(line for line in known if _is_about(line, question))
            if about != lines:
                others = [line for line in known if line not in about]
                changes.write(name, [*others, *lines])


def verify(
    memory: Path,
    catalog: Catalog,
    question: str,
    sql: str,
    source: Praise,
    *,
    replaced: dict[str, Any] | None = None,
) -> bool:
    """Store a pair that a person vouches for. Returns False if it was known. Raises Refused (by the
    guard) or NotStored.

    `replaced`: the fact that lost the question to the pair, so that `forget` can bring it back.
    """
    question = one_line(question)
    sql = guard(sql, catalog).sql

    def is_forgotten(entry: dict) -> bool:
        return entry.get("kind") == "verified" and _asks(entry, {question})

    with _writing(memory) as changes:
        # The last word counts: a pair is never both verified and rejected.
        _remove(changes, REJECTED, _is_pair(question, sql))
        _remove(changes, FORGOTTEN, is_forgotten)
        if replaced is not None:
            _append(changes, REPLACED, {"question": question, "sql": sql, "fact": replaced})
        return _append(changes, VERIFIED, {"question": question, "sql": sql, "source": source})


def reject(memory: Path, question: str, sql: str) -> bool:
    """Store a pair that a person found wrong, and withdraw it if it was verified. Returns False if
    it was known. Raises NotStored.
    """
    question = one_line(question)
    entry = {"question": question, "sql": sql, "source": "thumbs_down"}
    with _writing(memory) as changes:
        _remove(changes, VERIFIED, _is_pair(question, sql))
        return _append(changes, REJECTED, entry)


def leave_out(memory: Path, fact_id: str, kind: str, wordings: Collection[str]) -> None:
    """Exclude a fact from later tunes and withdraw verified pairs for its wordings. Raises
    NotStored.
    """
    entry = {"question": next(iter(wordings)), "id": fact_id, "kind": kind}
    with _writing(memory) as changes:
        _remove(changes, VERIFIED, lambda entry: _asks(entry, wordings))
        _append(changes, FORGOTTEN, entry)


def accept_again(memory: Path, question: str, sql: str) -> None:
    """Take a rejection back, so that the SQL may answer the question again. Raises NotStored."""
    with _writing(memory) as changes:
        _remove(changes, REJECTED, _is_pair(question, sql))


def note_replaced(memory: Path, question: str, sql: str, fact: dict[str, Any]) -> None:
    """Store the fact that lost a question to a learned pair, so that `forget` can bring it back.
    Raises NotStored.
    """
    with _writing(memory) as changes:
        _append(changes, REPLACED, {"question": question, "sql": sql, "fact": fact})


def replaced_by(memory: Path, question: str) -> dict[str, Any] | None:
    """Return the fact that the last learned pair for a question replaced; None if there is none."""
    (records,) = _read(memory, REPLACED)
    lines = [line for line in records if _is_about(line, question)]
    fact = _entry(lines[-1]).get("fact") if lines else None
    return fact if isinstance(fact, dict) else None


def leave_out_for_replaced(memory: Path, fact_id: str, kind: str, question: str) -> None:
    """Exclude a learned fact from later tunes, in favour of the one that it had replaced. Verified
    pairs from before the learned one count again. Raises NotStored.
    """
    with _writing(memory) as changes:
        records = changes.lines(REPLACED)
        last = max(n for n, line in enumerate(records) if _is_about(line, question))
        learned = _entry(records[last]).get("sql")
        _remove(changes, VERIFIED, _is_pair(question, str(learned)))
        changes.write(REPLACED, records[:last] + records[last + 1 :])
        _append(changes, FORGOTTEN, {"question": question, "id": fact_id, "kind": kind})


def verified_file(memory: Path) -> Path | None:
    """Return the file of verified pairs; None if there is none. Raises NotStored or
    BrokenMemory.
    """
    # Read for its checksum: a reader of pairs would skip or take what has changed.
    _read(memory, VERIFIED)
    path = memory / VERIFIED
    return path if path.exists() else None


def left_out(memory: Path) -> frozenset[str]:
    """Return ids of the facts that tunes leave out. Raises NotStored or BrokenMemory."""
    (lines,) = _read(memory, FORGOTTEN)
    entries = [_entry(line) for line in lines]
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


def _read(memory: Path, *names: str) -> list[list[str]]:
    """Return the lines of each file. Raises NotStored or BrokenMemory."""
    try:
        return read_lines(memory, *names)
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotStored(
            f"the feedback cannot be read: {reason}; check the rights on {memory}"
        ) from error


@contextmanager
def _writing(memory: Path) -> Iterator[Changes]:
    """Yield the files to change, and turn write errors into NotStored."""
    try:
        with changing(memory) as changes:
            yield changes
    except OSError as error:
        reason = f"{error.strerror or error}; check the rights on {memory}"
        raise NotStored(
            "the feedback was not stored, what was there is unchanged; "
            f"{DISK_IS_FULL if is_full(error) else reason}"
        ) from error


def _append(changes: Changes, name: str, entry: dict[str, Any]) -> bool:
    """Append an entry, unless the last entry for its question is the same apart from its source."""
    lines = changes.lines(name)
    entries = map(_entry, lines)
    asked = [known for known in entries if known.get("question") == entry["question"]]
    # An earlier entry does not count: a later one has corrected it.
    source = {"source": entry.get("source")}
    if asked and asked[-1] | source == entry | source:
        return False
    changes.write(name, [*lines, json.dumps(entry, ensure_ascii=False)])
    return True


def _remove(changes: Changes, name: str, unwanted: Callable[[dict], bool]) -> None:
    """Remove entries."""
    lines = changes.lines(name)
    kept = [line for line in lines if not unwanted(_entry(line))]
    if len(kept) < len(lines):
        changes.write(name, kept)


def _entry(line: str) -> dict:
    """Parse a line; returns an empty dict if it is no JSON object."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
