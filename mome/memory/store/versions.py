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

import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from mome.artifacts.checksums import (
    CHECKSUMS,
    broken,
    read_checksums,
    verify_files,
    write_checksums,
)
from mome.artifacts.facts import CONFIG, FACTS, FORMAT, MemoryFact, delta_files, read_lines
from mome.artifacts.home import CURRENT, current_version
from mome.artifacts.lock import TuneLock, write_errors_named
from mome.errors import BrokenMemory, MemoryError_
from mome.memory.config import ROW_TYPES, MemoryConfig
from mome.memory.experts.bank import Bank, LayerShape
from mome.memory.experts.shared import SharedExperts
from mome.memory.report import RecallReport
from mome.memory.routing.router import Router
from mome.memory.store.deltas import Content, split, with_deltas, write_delta

MOST_DELTAS = 16
"""Deltas per version; the next change writes a whole version, because each delta slows loading."""
ROUTER, EXPERTS, RECALL = "adapter_model.safetensors", "experts-00000.safetensors", "recall.json"


@dataclass(frozen=True)
class StoredMemory:
    """The parts of a memory, as read from a version or to be written. Expert rows stay
    memory-mapped until a route needs them.
    """

    path: Path
    config: MemoryConfig
    backbone: str
    router: Router
    shared: SharedExperts | None
    facts: tuple[MemoryFact, ...]
    report: RecallReport
    known: Tensor
    bank: Bank


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
        self, memory: StoredMemory, extra_files: Mapping[str, bytes | Path] | None = None
    ) -> Path:
        """Write `memory` as a new version, make it the current one and return its folder.

        `extra_files` (name -> content or a file to copy) are stored beside it. The version is read
        back before the link is swapped; if anything fails, the current version is unchanged.
        """

        def fill(draft: Path) -> None:
            _write_files(draft, memory, extra_files or {})
            write_checksums(draft)

        with self.lock():
            target = self._new_version(fill)
            shutil.rmtree(self._unfinished, ignore_errors=True)
        return target

    def append(self, memory: StoredMemory) -> Path:
        """Write the difference between `memory` and the current version, from which it was loaded,
        as a new version; return its folder.

        Writes a delta, or a whole version after `MOST_DELTAS`. Fails as `write` does.
        """
        with self.lock():
            current = self.current
            if len(delta_files(current)) >= MOST_DELTAS:
                return self.write(
                    memory,
                    {path.name: path for path in current.iterdir() if not _is_ours(path.name)},
                )
            before = self.open(current)

            def fill(draft: Path) -> None:
                for path in current.iterdir():
                    if path.name != CHECKSUMS:
                        _share(path, draft / path.name)
                write_delta(draft, _content(before), _content(memory), _save)
                write_checksums(draft, read_checksums(current))

            return self._new_version(fill)

    def _new_version(self, fill: Callable[[Path], None]) -> Path:
        """Let `fill` write a draft, check it and make it the current version; nothing changes if
        that fails.
        """
        with write_errors_named(self.path):
            versions = self.path / "versions"
            versions.mkdir(exist_ok=True)
            for leftover in versions.glob("*.tmp"):
                shutil.rmtree(leftover)
            before = self.current if self._link.is_symlink() else None
            target = versions / f"{max(_numbers(versions), default=0) + 1:04d}"
            draft = target.with_suffix(".tmp")
            try:
                draft.mkdir()
                fill(draft)
                # Files and folder must be on disk before the rename makes them visible.
                for path in (*draft.iterdir(), draft):
                    _sync(path)
                _check(draft)
                draft.rename(target)
                _sync(versions)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
            self._choose(target)
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
                draft.mkdir()
                _write_files(draft, memory, {})
                write_checksums(draft)
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
            before = max(
                (number for number in _numbers(self.path / "versions") if number < now),
                default=None,
            )
            if before is None:
                raise MemoryError_(
                    f"the memory at {self.path} has no version before this one: "
                    "`mome tune` makes a new one"
                )
            target = self.open(
                self.path / "versions" / f"{before:04d}", verify_everything=True
            ).path
            self._choose(target)
        return target

    def open(self, version: Path | None = None, *, verify_everything: bool = False) -> StoredMemory:
        """Read a version (a folder that `current` returned), by default the current one.

        `verify_everything` also reads large files whole. Raises NoMemory or BrokenMemory.
        """
        return _open(version or self.current, everything=verify_everything)

    def _choose(self, version: Path) -> None:
        """Point `current` at `version` by one rename."""
        link = self.path / "current.tmp"
        # A leftover of an interrupted swap would make symlink_to fail.
        link.unlink(missing_ok=True)
        link.symlink_to(Path("versions") / version.name)
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


def _write_files(
    folder: Path, memory: StoredMemory, extra_files: Mapping[str, bytes | Path]
) -> None:
    _write_json(folder / CONFIG, _describe(memory))
    shared = memory.shared.tensors() if memory.shared else {}
    _save({"known": memory.known} | memory.router.tensors() | shared, folder / ROUTER)
    _save(memory.bank.flat().tensors(), folder / EXPERTS)
    lines = (json.dumps(fact.to_dict(), ensure_ascii=False) + "\n" for fact in memory.facts)
    (folder / FACTS).write_text("".join(lines), encoding="utf-8")
    _write_json(folder / RECALL, memory.report.to_dict())
    for name, content in extra_files.items():
        if Path(name).name != name or (folder / name).exists() or name == CHECKSUMS:
            raise ValueError(f"{name!r} cannot be the name of a file beside a memory")
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.read_bytes())


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)


def _is_ours(name: str) -> bool:
    """Return whether the store, not its caller, writes a file of this name."""
    return name in (CONFIG, ROUTER, EXPERTS, FACTS, RECALL, CHECKSUMS) or name.startswith("delta-")


def _share(path: Path, target: Path) -> None:
    """Hard-link a file under another name; copy it if the file system has no hard links."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


def _describe(memory: StoredMemory) -> dict[str, Any]:
    return {
        # so that PEFT hands the folder to mome.peft_tuner, which says who loads it
        "peft_type": "MOME",
        "format": FORMAT,
        "memory": asdict(memory.config),
        "backbone": memory.backbone,
        "router": memory.router.hash,
        "threshold": memory.router.threshold,
        "near": memory.router.shared_threshold,
        "shared": memory.shared.names if memory.shared else (),
        "layers": [asdict(layer) for layer in memory.bank.layers],
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(draft: Path) -> None:
    """Raise MemoryError_ if a draft cannot be read back from the disk."""
    try:
        _open(draft, everything=True)
    except BrokenMemory as error:
        unfit = (
            "what was written does not come back whole; what was there is unchanged; look "
            "after the disk and run it again"
        )
        raise MemoryError_(
            f"the memory at {draft.parent.parent} cannot be written, {unfit}"
        ) from error


def _open(folder: Path, *, everything: bool) -> StoredMemory:
    verify_files(folder, required=(CONFIG, ROUTER, EXPERTS, FACTS, RECALL), everything=everything)
    try:
        return _read(folder)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise broken(folder, f"{type(error).__name__} while reading") from error


def _read(folder: Path) -> StoredMemory:
    described = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if described["format"] != FORMAT:
        raise MemoryError_(
            f"the memory at {folder} is of another version of this program: update the program, "
            "or tune again"
        )
    config = MemoryConfig(**described["memory"])
    tensors = read_tensors(folder / ROUTER)
    router = Router.from_tensors(tensors, described["threshold"], described["near"])
    shared = (
        SharedExperts.from_tensors(described["shared"], tensors) if described["shared"] else None
    )
    layers = [LayerShape(**layer) for layer in described["layers"]]
    bank = Bank.from_tensors(read_tensors(folder / EXPERTS), layers, ROW_TYPES[config.row_dtype])
    facts = tuple(map(MemoryFact.from_dict, read_lines(folder / FACTS)))
    if router.hash != described["router"]:
        raise ValueError("the router is not the one that the configuration names")
    report = RecallReport.from_dict(json.loads((folder / RECALL).read_text(encoding="utf-8")))
    split(tensors["known"], facts)
    found = with_deltas(folder, Content(facts, report, tensors["known"], bank), read_tensors)
    return StoredMemory(
        folder,
        config,
        described["backbone"],
        router,
        shared,
        found.facts,
        found.report,
        found.known,
        found.bank,
    )


def _content(memory: StoredMemory) -> Content:
    return Content(memory.facts, memory.report, memory.known, memory.bank)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read all tensors of a file, memory-mapped: pages are read on first use."""
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}
