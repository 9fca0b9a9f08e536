"""Size and SHA-256 of every file of a stored memory, so that truncation and corruption are found
where a file is read. A large file that is memory-mapped has checksums of its blocks too, which are
compared when a block is first needed.

Covered: files that are truncated, lost or corrupted by accident. Not covered: a person who also
rewrites checksums.json.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mome.errors import BrokenMemory

CHECKSUMS = "checksums.json"
Entries = dict[str, dict[str, Any]]
"""Size, SHA-256 and, of a large memory-mapped file, the SHA-256 of its blocks by file name."""
MAPPED = "experts-*.safetensors"
# SHA-256 takes seconds for each GiB, which is too much at every start.
READ_WHOLE = 64 * 2**20
"""Bytes up to which a memory-mapped file is hashed at every load, like all other files."""
BLOCK = 256 * 2**10
"""Bytes of a block: a question needs some dozens, and the checksums of a GiB take 0.3 MB."""


def write_checksums(
    folder: Path, known: Entries | None = None, *, names: Sequence[str] | None = None
) -> Path:
    """Write checksums.json for the files of `folder`, all or `names`. Entries in `known` are taken
    over without reading the files.
    """
    files = dict(known or {})
    paths = sorted(folder.iterdir()) if names is None else [folder / name for name in names]
    for path in paths:
        if path.name not in files:
            files[path.name] = _described(path)
    target = folder / CHECKSUMS
    target.write_text(json.dumps({"format": 1, "files": files}, indent=1) + "\n", encoding="utf-8")
    return target


def verify_files(folder: Path, *, required: tuple[str, ...], everything: bool = False) -> None:
    """Check the files of `folder` against its checksums.json, which must list all `required` files.
    Raises BrokenMemory.

    Of a file with checksums of its blocks only the size is compared, unless `everything` is asked
    for: `blocks_of` compares the rest.
    """
    files = read_checksums(folder)
    if missing := set(required) - set(files):
        raise broken(folder, f"{', '.join(sorted(missing))} is missing")
    for name, entry in files.items():
        _verify_file(folder / name, entry, everything)


def checked(path: Path) -> Path:
    """Return the path of a version's file once it is as its checksum says. Raises BrokenMemory."""
    entry = read_checksums(path.parent).get(path.name)
    if entry is None:
        raise broken(path.parent, f"{path.name} is missing")
    _verify_file(path, entry, everything=True)
    return path


def blocks_of(path: Path) -> Blocks | None:
    """Return the checksums of a file's blocks; None if `verify_files` reads it whole."""
    known = read_checksums(path.parent)[path.name].get("blocks")
    return None if known is None else Blocks(path, known)


class Blocks:
    """Compares blocks of a file with their checksums, each once."""

    def __init__(self, path: Path, known: Sequence[str]) -> None:
        self._path, self._known = path, known
        self._passed = bytearray(len(known))

    def __len__(self) -> int:
        return len(self._known)

    def check(self, numbers: Iterable[int]) -> None:
        """Read these blocks, unless they have been. Raises BrokenMemory if one has changed."""
        wanted = [number for number in numbers if not self._passed[number]]
        if not wanted:
            return
        try:
            with self._path.open("rb") as file:
                for number in wanted:
                    file.seek(number * BLOCK)
                    self._compare(number, file.read(BLOCK))
        except OSError:
            raise broken(self._path.parent, f"{self._path.name} cannot be read") from None

    def _compare(self, number: int, content: bytes) -> None:
        if hashlib.sha256(content).hexdigest() != self._known[number]:
            raise broken(self._path.parent, f"{self._path.name} has changed since it was written")
        self._passed[number] = True


def broken(folder: Path, what: str) -> BrokenMemory:
    """Return the error for a damaged memory at `folder`."""
    return BrokenMemory(
        f"the memory at {folder} is damaged ({what}): run `mome tune` again, or `mome rollback` "
        "to the version before"
    )


def read_checksums(folder: Path) -> Entries:
    """Read a version's checksums.json. Raises BrokenMemory."""
    try:
        files = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))["files"]
        found: Entries = {}
        for name, entry in files.items():
            found[str(name)] = {"size": entry["size"], "sha256": entry["sha256"]}
            if "blocks" in entry:
                found[str(name)]["blocks"] = list(map(str, entry["blocks"]))
        return found
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise broken(folder, f"{CHECKSUMS} cannot be read") from None


def _described(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    entry: dict[str, Any] = {"size": size, "sha256": _sha256(path)}
    if size > READ_WHOLE and path.match(MAPPED):
        with path.open("rb") as file:
            blocks = iter(lambda: file.read(BLOCK), b"")
            entry["blocks"] = [hashlib.sha256(block).hexdigest() for block in blocks]
    return entry


def _verify_file(path: Path, entry: dict[str, Any], everything: bool) -> None:
    try:
        # The size is compared first, because it finds a truncated file without reading it.
        size = path.stat().st_size
        if size != entry["size"]:
            raise broken(
                path.parent, f"{path.name} has {size} bytes and should have {entry['size']}"
            )
        whole = everything or "blocks" not in entry
        if whole and _sha256(path) != entry["sha256"]:
            raise broken(path.parent, f"{path.name} has changed since it was written")
    except OSError:
        raise broken(path.parent, f"{path.name} cannot be read") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
