"""Size and SHA-256 of every file of a stored memory, so that truncation and corruption are found on
loading.

Covered: files that are truncated, lost or corrupted by accident. Not covered: a person who also
rewrites checksums.json.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from mome.errors import BrokenMemory

CHECKSUMS = "checksums.json"
Entries = dict[str, dict[str, object]]
"""Size and SHA-256 by file name."""
# SHA-256 takes seconds for each GiB, which is too much at every start.
READ_WHOLE = 64 * 2**20
"""Files up to 64 MiB are hashed at every load; of larger ones only the size is compared, unless
everything is verified.
"""


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
            files[path.name] = {"size": path.stat().st_size, "sha256": _sha256(path)}
    target = folder / CHECKSUMS
    target.write_text(json.dumps({"format": 1, "files": files}, indent=1) + "\n", encoding="utf-8")
    return target


def verify_files(folder: Path, *, required: tuple[str, ...], everything: bool = False) -> None:
    """Check the files of `folder` against its checksums.json, which must list all `required` files.
    Raises BrokenMemory.
    """
    files = read_checksums(folder)
    if missing := set(required) - set(files):
        raise broken(folder, f"{', '.join(sorted(missing))} is missing")
    for name, entry in files.items():
        _verify_file(folder / name, entry, everything)


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
        return found
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise broken(folder, f"{CHECKSUMS} cannot be read") from None


def _verify_file(path: Path, entry: dict[str, object], everything: bool) -> None:
    try:
        # The size is compared first, because it finds a truncated file without reading it.
        size = path.stat().st_size
        if size != entry["size"]:
            raise broken(
                path.parent, f"{path.name} has {size} bytes and should have {entry['size']}"
            )
        if (everything or size <= READ_WHOLE) and _sha256(path) != entry["sha256"]:
            raise broken(path.parent, f"{path.name} has changed since it was written")
    except OSError:
        raise broken(path.parent, f"{path.name} cannot be read") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
