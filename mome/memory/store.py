"""A memory's folder: versions written beside each other, the current one chosen by one rename. The CLI writes here, `Memory.load` reads.

```
DIR/lock                                 held while a tune runs
DIR/current -> versions/0002             replaced atomically
DIR/versions/0002/adapter_config.json    MemoryConfig, the layers, the backbone's identity, the router's hash
                 /adapter_model.safetensors   the router, the queries of all known wordings, the shared experts
                 /experts-00000.safetensors   ids of touched experts, sorted, and their rows in each layer; memory-mapped
                 /facts.jsonl            the manifest: every fact with the experts that hold it
                 /recall.json            every fact and wording: recalled exactly, or why not
                 /checksums.json         size and SHA-256 of every file, those of the caller too
```
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from mome.errors import BrokenMemory, MemoryError_, NoMemory
from mome.lock import TuneLock, told
from mome.memory.bank import Bank, LayerShape
from mome.memory.checksums import CHECKSUMS, broken, verify_files, write_checksums
from mome.memory.config import ROW_TYPES, MemoryConfig
from mome.memory.facts import MemoryFact
from mome.memory.recall import RecallReport
from mome.memory.router import Router
from mome.memory.shared import SharedExperts

if TYPE_CHECKING:
    from mome.memory.memory import Memory

FORMAT = 2
KEPT = 2
"""Versions that stay: the current one and the one before."""
CONFIG, ROUTER, EXPERTS, FACTS, RECALL = (
    "adapter_config.json",
    "adapter_model.safetensors",
    "experts-00000.safetensors",
    "facts.jsonl",
    "recall.json",
)


@dataclass(frozen=True)
class StoredMemory:
    """What a version's files hold; the expert rows stay on disk until a route needs them."""

    path: Path
    config: MemoryConfig
    backbone: str
    router: Router
    bank: Bank
    known: Tensor
    facts: tuple[MemoryFact, ...]
    report: RecallReport
    shared: SharedExperts | None


class MemoryStore:
    """The folder of one database's memory."""

    def __init__(self, path: Path, lock: TuneLock | None = None) -> None:
        """`lock` is of the same folder; who holds it may write."""
        self.path = Path(path)
        self._lock = lock or TuneLock(self.path)

    @property
    def current(self) -> Path:
        """Folder of the current version; raises NoMemory."""
        link = self.path / "current"
        if not link.is_symlink():
            raise NoMemory(f"there is no memory at {self.path}: make one with `mome tune --db-url URL --memory {self.path}`")
        return self.path / os.readlink(link)

    def lock(self) -> AbstractContextManager[None]:
        """Keep other tunes out; raises MemoryError_ at once when one is running. The holder may write."""
        return self._lock.hold()

    def write(self, memory: Memory, extra_files: Mapping[str, bytes | Path] | None = None) -> Path:
        """Write `memory` as a new version and make it the current one; returns its folder.

        `extra_files` (name -> content or a file to copy) lie beside it. All is read again before it is swapped in; when anything
        fails the current version is as it was.
        """
        with self.lock(), told(self.path):
            versions = self.path / "versions"
            versions.mkdir(exist_ok=True)
            for leftover in versions.glob("*.tmp"):
                shutil.rmtree(leftover)
            target = versions / f"{max(_numbers(versions), default=0) + 1:04d}"
            draft = target.with_suffix(".tmp")
            try:
                draft.mkdir()
                _write_files(draft, memory, extra_files or {})
                _check(draft)
                draft.rename(target)
                _sync(versions)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
            self._choose(target)
            self._forget_old()
        return target

    def open(self, version: Path | None = None, *, verify_everything: bool = False) -> StoredMemory:
        """Read a version (a folder that `current` gave before), or the current one; raises NoMemory or BrokenMemory.

        `verify_everything` reads large files whole, too.
        """
        return _open(version or self.current, everything=verify_everything)

    def _choose(self, version: Path) -> None:
        """Point `current` at `version` in one rename."""
        link = self.path / "current.tmp"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("versions") / version.name)
        os.replace(link, self.path / "current")
        _sync(self.path)

    def _forget_old(self) -> None:
        versions = self.path / "versions"
        for number in sorted(_numbers(versions))[:-KEPT]:
            shutil.rmtree(versions / f"{number:04d}")


def _numbers(versions: Path) -> list[int]:
    return [int(path.name) for path in versions.iterdir() if path.name.isdecimal()]


def _write_files(folder: Path, memory: Memory, extra_files: Mapping[str, bytes | Path]) -> None:
    _write_json(folder / CONFIG, _describe(memory))
    shared = memory.shared.tensors() if memory.shared else {}
    save_file(_contiguous({"known": memory.known} | memory.router.tensors() | shared), folder / ROUTER)
    save_file(_contiguous(memory.bank.tensors()), folder / EXPERTS)
    lines = (json.dumps(fact.to_dict(), ensure_ascii=False) + "\n" for fact in memory.facts)
    (folder / FACTS).write_text("".join(lines), encoding="utf-8")
    _write_json(folder / RECALL, memory.report.to_dict())
    for name, content in extra_files.items():
        if Path(name).name != name or (folder / name).exists() or name == CHECKSUMS:
            raise ValueError(f"{name!r} cannot be the name of a file beside a memory")
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    write_checksums(folder)
    for path in (*folder.iterdir(), folder):
        _sync(path)


def _contiguous(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.contiguous() for name, tensor in tensors.items()}


def _describe(memory: Memory) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "memory": asdict(memory.config),
        "backbone": memory.backbone.identity,
        "router": memory.router.hash,
        "threshold": memory.router.threshold,
        "near": memory.router.near,
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
    """Raises MemoryError_ where what was written does not come back from the disk."""
    try:
        _open(draft, everything=True)
    except BrokenMemory as error:
        unfit = "what was written does not come back whole; what was there is unchanged; look after the disk and run it again"
        raise MemoryError_(f"the memory at {draft.parent.parent} cannot be written, {unfit}") from error


def _open(folder: Path, *, everything: bool) -> StoredMemory:
    verify_files(folder, required=(CONFIG, ROUTER, EXPERTS, FACTS, RECALL), everything=everything)
    try:
        return _read(folder)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise broken(folder, f"{type(error).__name__} while reading") from error


def _read(folder: Path) -> StoredMemory:
    described = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if described["format"] != FORMAT:
        raise MemoryError_(f"the memory at {folder} is of another version of this program: update the program, or tune again")
    config = MemoryConfig(**described["memory"])
    tensors = read_tensors(folder / ROUTER)
    router = Router.from_tensors(tensors, described["threshold"], described["near"])
    shared = SharedExperts.from_tensors(described["shared"], tensors) if described["shared"] else None
    layers = tuple(LayerShape(**layer) for layer in described["layers"])
    bank = Bank.from_tensors(read_tensors(folder / EXPERTS), layers, ROW_TYPES[config.row_dtype])
    with (folder / FACTS).open(encoding="utf-8") as lines:
        facts = tuple(MemoryFact.from_dict(json.loads(line)) for line in lines)
    if router.hash != described["router"] or len(tensors["known"]) != sum(len(fact.wordings) for fact in facts):
        raise ValueError("router and facts do not belong together")
    report = RecallReport.from_dict(json.loads((folder / RECALL).read_text(encoding="utf-8")))
    return StoredMemory(folder, config, described["backbone"], router, bank, tensors["known"], facts, report, shared)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a file, mapped into memory: pages are read when they are used."""
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}
