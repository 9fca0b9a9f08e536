"""What people said, as lines in files beside a memory's versions: read with checksums, and several
files are changed together or not at all.

`feedback` keeps verdicts here, and the page its history.

```
DIR/records.json     {"turn": n, "files": {name: [SHA-256]}}; two while a file is being replaced, ""
                     for a file that is not there
DIR/feedback.lock    held while one of the files is written
```

Covered: a file that is changed, cut off or lost by accident, a full disk, a process that is killed,
and several writers. Not covered: files of a memory without records.json, from before its first
verdict, and a person who also writes records.json.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from mome.artifacts.private import FILE, sync_folder, tighten, tighten_all
from mome.errors import BrokenMemory

RECORDS, LOCK = "records.json", "feedback.lock"
NAMES = (
    "feedback.jsonl",
    "rejected.jsonl",
    "replaced.jsonl",
    "forgotten.jsonl",
    "history.jsonl",
)
"""All files of lines."""


def read_lines(memory: Path, *names: str) -> list[list[str]]:
    """Return the lines of each file, none for a missing one. Raises OSError, and BrokenMemory if
    one has changed since it was written.
    """
    while True:
        known = _records(memory)
        found = [_content(memory / name) for name in names]
        # A writer has come in between, and what was read may be older than its checksums.
        if _records(memory) == known:
            break
    if known is not None and any(len(sums) > 1 for sums in known.sums.values()):
        # A writer is at work or was killed: wait for it, or finish what it began.
        with changing(memory):
            pass
        return read_lines(memory, *names)
    for name, content in zip(names, found, strict=True):
        _verify(memory, name, content, known)
    return [_split(content) for content in found]


@contextmanager
def changing(memory: Path) -> Iterator[Changes]:
    """Keep other writers out within the context; at its end all changes are written, or none.
    Raises OSError and BrokenMemory.
    """
    # FileLock would make a folder that is missing.
    memory.stat()
    # The page and the command line may write at the same time.
    with FileLock(memory / LOCK, mode=FILE):
        tighten_memory(memory)
        _finish(memory)
        changes = Changes(memory)
        yield changes
        changes.commit()


def tighten_memory(memory: Path) -> None:
    """Take the rights of others on a memory away. Raises OSError."""
    parts = (*NAMES, RECORDS, LOCK, "lock", "versions", "unfinished")
    # A person may have made a memory of a folder that holds other things too, such as /tmp, which
    # others must still be able to use.
    others = {path.name for path in memory.iterdir() if not path.name.startswith(".")}
    if others <= {*parts, "current"}:
        tighten(memory)
    for name in parts:
        tighten_all(memory / name)


class Changes:
    """The files of lines, as they are and as they shall be."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._new: dict[str, list[str]] = {}

    def lines(self, name: str) -> list[str]:
        """Return the lines of a file, changes included."""
        return self._new[name] if name in self._new else read_lines(self._memory, name)[0]

    def write(self, name: str, lines: list[str]) -> None:
        """Replace the lines of a file when the context ends."""
        self._new[name] = lines

    def commit(self) -> None:
        """Write what has changed. Raises OSError, and then nothing has changed."""
        new = {name: _joined(self._new[name]) for name in NAMES if name in self._new}
        known = _records(self._memory) or _Known(0, {})
        sums = {name: known.sums.get(name) or [self._hash(name)] for name in NAMES}
        hashes = {name: [_hash(content)] for name, content in new.items()}
        changed = {name: hashes[name] for name in new if hashes[name] != sums[name][-1:]}
        if not changed:
            return
        both = {name: sums[name] + changed[name] for name in changed}
        # While files are replaced, each may be the old one or the new one.
        steps = [(RECORDS, _Known(known.turn + 1, sums | both).content())]
        steps += [(name, new[name]) for name in changed]
        steps.append((RECORDS, _Known(known.turn + 2, sums | changed).content()))
        _replace_all(self._memory, steps)

    def _hash(self, name: str) -> str:
        return _hash(_content(self._memory / name))


@dataclass(frozen=True)
class _Known:
    """What records.json says."""

    turn: int
    """Counts its versions, so that a reader notices every writer."""
    sums: dict[str, list[str]]
    """SHA-256 of each file; two while it is being replaced, "" for a file that is not there."""

    def content(self) -> bytes:
        return json.dumps({"turn": self.turn, "files": self.sums}, indent=1).encode() + b"\n"


def _records(memory: Path) -> _Known | None:
    """Read records.json; None if there is none, as in memories from before. Raises BrokenMemory."""
    content = _content(memory / RECORDS)
    if content is None:
        return None
    try:
        entry = json.loads(content)
        sums = {str(name): list(map(str, known)) for name, known in entry["files"].items()}
        return _Known(int(entry["turn"]), sums)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _broken(memory, RECORDS, "cannot be read") from None


def _verify(memory: Path, name: str, content: bytes | None, known: _Known | None) -> None:
    sums = known.sums.get(name) if known else None
    if sums is None or _hash(content) in sums:
        return
    what = "is gone" if content is None else "has changed since it was written"
    raise _broken(memory, name, what)


def _broken(memory: Path, name: str, what: str) -> BrokenMemory:
    return BrokenMemory(
        f"the memory at {memory} is damaged ({name} {what}): restore that file from a backup, or "
        f"look it through and delete {memory / RECORDS} to go on with it as it is"
    )


def _replace_all(memory: Path, steps: Sequence[tuple[str, bytes]]) -> None:
    """Replace files in this order, after all of them have been written under other names."""
    drafts = [_draft(memory, name, number) for number, (name, _) in enumerate(steps)]
    try:
        for draft, (_, content) in zip(drafts, steps, strict=True):
            _write(draft, content)
    except BaseException:
        for draft in drafts:
            draft.unlink(missing_ok=True)
        raise
    # From here on only names change, which needs no room on the disk.
    for draft, (name, _) in zip(drafts, steps, strict=True):
        os.replace(draft, memory / name)
    sync_folder(memory)


def _finish(memory: Path) -> None:
    """Finish what a killed process has begun, or remove what it wrote in vain."""
    known = _records(memory)
    for name in (*NAMES, RECORDS):
        sums = known.sums.get(name, []) if known else []
        for draft in memory.glob(_draft(memory, name, "*").name):
            # With two checksums the file was about to be replaced by the second one.
            if len(sums) == 2 and _hash(_content(draft)) == sums[1]:
                os.replace(draft, memory / name)
            else:
                draft.unlink()
    if known and any(len(sums) > 1 for sums in known.sums.values()):
        _settle(memory, known)


def _settle(memory: Path, known: _Known) -> None:
    """Write the checksums of the files that are there, where two were allowed."""
    sums = dict(known.sums)
    for name in sums:
        found = _hash(_content(memory / name))
        # A file that is neither the old nor the new one is damaged, and is told by its readers.
        sums[name] = [found] if found in sums[name] else sums[name][-1:]
    _replace_all(memory, [(RECORDS, _Known(known.turn + 1, sums).content())])


def _draft(memory: Path, name: str, number: object) -> Path:
    return memory / f".{name}~{number}"


def _write(path: Path, content: bytes) -> None:
    # Made with its mode, so that no one else can open it in between.
    with open(path, "wb", opener=lambda path, flags: os.open(path, flags, FILE)) as file:
        file.write(content)
        # What a person has said must survive a power cut, so it is forced to the disk.
        file.flush()
        os.fsync(file.fileno())


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _hash(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _split(content: bytes | None) -> list[str]:
    # Not `splitlines`, which also splits at U+2028, and JSON may hold that within a string.
    lines = (content or b"").decode("utf-8", "replace").split("\n")
    return [line for line in lines if line.strip()]


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
