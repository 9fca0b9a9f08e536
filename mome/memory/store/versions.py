"""A memory's folder: versions side by side, the current one selected by a symbolic link. Tunes
write here, `Memory.load` reads.

```
DIR/lock                                held while a tune runs
DIR/unfinished/                         what a stopped tune had memorised, laid out like a version
DIR/current -> versions/0002            replaced atomically
DIR/versions/0002/adapter_config.json   MemoryConfig, layers, backbone identity, router hash
    adapter_model.safetensors           router, queries of all wordings, shared experts
    experts-00000.safetensors           sorted ids of touched experts and their rows, memory-mapped
    facts.jsonl                         the manifest: every fact with its experts
    recall.json                         every fact and wording: recalled exactly, or why not
    delta-*.*                           learned and forgotten facts; all other files are hard links
                                        to the version before
    checksums.json                      size and SHA-256 of every file, the caller's files included
```
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from mome.artifacts.checksums import CHECKSUMS, read_checksums, write_checksums
from mome.artifacts.facts import delta_files
from mome.artifacts.home import CURRENT, current_version
from mome.artifacts.lock import TuneLock, write_errors_named
from mome.artifacts.private import make_folder, tighten_all
from mome.errors import BrokenMemory, MemoryError_
from mome.memory.store.deltas import write_delta
from mome.memory.store.files import (
    StoredMemory,
    is_ours,
    open_files,
    save_tensors,
    write_files,
)

MOST_DELTAS = 16
"""Deltas per version; the next change writes a whole version, because each delta slows loading."""


def _nothing() -> None:
    """Agree to a switch."""


class MemoryStore:
    """The folder of one database's memory."""

    def __init__(self, path: Path, lock: TuneLock | None = None) -> None:
        """Open the folder `path`; whoever holds its `lock` may write."""
        self.path = Path(path)
        self._lock = lock or TuneLock(self.path)

    @property
    def current(self) -> Path:
        """Folder of the current version. Raises NoMemory."""
        return current_version(self.path)

    @property
    def _link(self) -> Path:
        return self.path / CURRENT

    def lock(self) -> AbstractContextManager[None]:
        """Keep other tunes out within the context. Raises MemoryError_ at once if one is
        running.
        """
        return self._lock.hold()

    def write(
        self,
        memory: StoredMemory,
        extra_files: Mapping[str, bytes | Path] | None = None,
        *,
        agree: Callable[[], object] = _nothing,
    ) -> Path:
        """Write `memory` as a new version, make it the current one and return its folder.

        `extra_files` (name -> content or a file to copy) are stored beside it. The version is read
        back before the link is swapped; if anything fails, the current version is unchanged.
        `agree` is called when all is on the disk but the switch; if it fails, so does the write.
        """

        def fill(draft: Path) -> None:
            write_files(draft, memory, extra_files or {})
            write_checksums(draft)

        with self.lock():
            target = self._new_version(fill, agree)
            shutil.rmtree(self._unfinished, ignore_errors=True)
        return target

    def append(self, memory: StoredMemory, *, agree: Callable[[], object] = _nothing) -> Path:
        """Write the difference between `memory` and the current version, from which it was loaded,
        as a new version; return its folder.

        Writes a delta, or a whole version after `MOST_DELTAS`. Fails as `write` does; for `agree`
        see there.
        """
        with self.lock():
            current = self.current
            if len(delta_files(current)) >= MOST_DELTAS:
                extra = {path.name: path for path in current.iterdir() if not is_ours(path.name)}
                return self.write(memory, extra, agree=agree)
            before = self.open(current)

            def fill(draft: Path) -> None:
                for path in current.iterdir():
                    if path.name != CHECKSUMS:
                        _share(path, draft / path.name)
                write_delta(draft, before.content, memory.content, save_tensors)
                # Take over the checksums of shared files: hashed anew, a file that has been damaged
                # since would count as whole.
                write_checksums(draft, read_checksums(current))

            return self._new_version(fill, agree)

    def _new_version(self, fill: Callable[[Path], None], agree: Callable[[], object]) -> Path:
        """Let `fill` write a draft, check it and make it the current version; nothing changes if
        that fails.
        """
        with write_errors_named(self.path):
            versions = self.path / "versions"
            make_folder(versions)
            # Drafts of killed processes. No other process writes now, because the lock is held.
            for leftover in versions.glob("*.tmp"):
                shutil.rmtree(leftover)
            before = self.current if self._link.is_symlink() else None
            target = versions / f"{max(_numbers(versions), default=0) + 1:04d}"
            draft = target.with_suffix(".tmp")
            try:
                make_folder(draft)
                fill(draft)
                tighten_all(draft)
                # Files and folder must be on disk before the rename makes them visible.
                for path in (*draft.iterdir(), draft):
                    _sync(path)
                _check(draft)
                draft.rename(target)
                _sync(versions)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
            link = self._link_to(target)
            try:
                agree()
            except BaseException:
                link.unlink()
                shutil.rmtree(target, ignore_errors=True)
                raise
            self._choose(link)
            self._keep_only(target, before)
        return target

    @property
    def _unfinished(self) -> Path:
        return self.path / "unfinished"

    def keep_unfinished(self, memory: StoredMemory) -> None:
        """Save what a tune has memorised so far, so that the next one can resume. Raises
        MemoryError_.
        """
        with self.lock(), write_errors_named(self.path):
            draft = self._unfinished.with_suffix(".tmp")
            shutil.rmtree(draft, ignore_errors=True)
            try:
                make_folder(draft)
                write_files(draft, memory, {})
                write_checksums(draft)
                tighten_all(draft)
                shutil.rmtree(self._unfinished, ignore_errors=True)
                draft.rename(self._unfinished)
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def unfinished(self) -> Path | None:
        """Return the folder of a stopped tune, which opens like a version; None if there
        is none.
        """
        return self._unfinished if self._unfinished.is_dir() else None

    def rollback(self) -> Path:
        """Select the version before the current one and return its folder.

        Raises NoMemory, BrokenMemory, or MemoryError_ if there is no version before.
        """
        with self.lock(), write_errors_named(self.path):
            now = int(self.current.name)
            earlier = [number for number in _numbers(self.path / "versions") if number < now]
            before = max(earlier, default=None)
            if before is None:
                raise MemoryError_(
                    f"the memory at {self.path} has no version before this one: "
                    "`mome tune` makes a new one"
                )
            version = self.path / "versions" / f"{before:04d}"
            # Verify it before it is chosen: a rollback is asked for when something is broken.
            target = self.open(version, verify_everything=True).path
            self._choose(self._link_to(target))
        return target

    def open(self, version: Path | None = None, *, verify_everything: bool = False) -> StoredMemory:
        """Read a version (a folder that `current` returned), by default the current one.

        `verify_everything` also reads large files whole. Raises NoMemory or BrokenMemory.
        """
        return open_files(version or self.current, everything=verify_everything)

    def _link_to(self, version: Path) -> Path:
        """Return a link to `version` that can become `current`."""
        link = self.path / "current.tmp"
        # A leftover of an interrupted swap would make symlink_to fail.
        link.unlink(missing_ok=True)
        link.symlink_to(Path("versions") / version.name)
        return link

    def _choose(self, link: Path) -> None:
        """Make a link `current` by one rename."""
        os.replace(link, self._link)
        _sync(self.path)

    def _keep_only(self, *versions: Path | None) -> None:
        """Delete all versions but these. A rolled-back version is deleted here rather than by
        `rollback`, because another process may still read it then.
        """
        kept = {version.name for version in versions if version}
        for version in (self.path / "versions").iterdir():
            if version.name not in kept:
                shutil.rmtree(version)


def _numbers(versions: Path) -> list[int]:
    return [int(path.name) for path in versions.iterdir() if path.name.isdecimal()]


def _share(path: Path, target: Path) -> None:
    """Hard-link a file under another name; copy it if the file system has no hard links."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


def _sync(path: Path) -> None:
    # A renamed file survives a power cut only if its folder has been synced too; a folder has no
    # Python file object, so the descriptor is opened directly.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(draft: Path) -> None:
    """Raise MemoryError_ if a draft cannot be read back from the disk."""
    try:
        open_files(draft, everything=True)
    except BrokenMemory as error:
        unfit = (
            "what was written does not come back whole; what was there is unchanged; look "
            "after the disk and run it again"
        )
        raise MemoryError_(
            f"the memory at {draft.parent.parent} cannot be written, {unfit}"
        ) from error
