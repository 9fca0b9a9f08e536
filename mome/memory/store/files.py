"""The files of one version: write the parts of a memory into a folder and read them back.

`versions` calls it for drafts, versions and the result of a stopped tune; `mome.peft_tuner` reads
its experts with `read_tensors`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from mome.artifacts.checksums import CHECKSUMS, blocks_of, broken, verify_files
from mome.artifacts.facts import CONFIG, FACTS, FORMAT, MemoryFact, read_lines
from mome.errors import MemoryError_
from mome.memory.config import ROW_TYPES, MemoryConfig
from mome.memory.experts.bank import Bank, LayerShape
from mome.memory.experts.layered_bank import LayeredBank
from mome.memory.experts.shared import SharedExperts
from mome.memory.report import RecallReport
from mome.memory.routing.router import Router
from mome.memory.store.deltas import Content, split, with_deltas
from mome.memory.store.row_checks import FileChecks

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
    bank: LayeredBank

    @property
    def content(self) -> Content:
        """The parts that learning or forgetting a fact changes."""
        return Content(self.facts, self.report, self.known, self.bank)


def write_files(
    folder: Path, memory: StoredMemory, extra_files: Mapping[str, bytes | Path]
) -> None:
    """Write all files of a version but its checksums into an empty folder. Raises ValueError if an
    extra file has the name of another one.
    """
    _write_json(folder / CONFIG, _describe(memory))
    shared = memory.shared.tensors() if memory.shared else {}
    save_tensors({"known": memory.known} | memory.router.tensors() | shared, folder / ROUTER)
    # A whole version has no deltas, so the rows that override others are merged in.
    save_tensors(memory.bank.flat().tensors(), folder / EXPERTS)
    lines = (json.dumps(fact.to_dict(), ensure_ascii=False) + "\n" for fact in memory.facts)
    (folder / FACTS).write_text("".join(lines), encoding="utf-8")
    _write_json(folder / RECALL, memory.report.to_dict())
    for name, content in extra_files.items():
        if Path(name).name != name or (folder / name).exists() or name == CHECKSUMS:
            raise ValueError(f"{name!r} cannot be the name of a file beside a memory")
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.read_bytes())


def save_tensors(tensors: dict[str, Tensor], path: Path) -> None:
    """Write tensors to a safetensors file, which holds contiguous ones only."""
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)


def is_ours(name: str) -> bool:
    """Return whether the store, not its caller, writes a file of this name."""
    return name in (CONFIG, ROUTER, EXPERTS, FACTS, RECALL, CHECKSUMS) or name.startswith("delta-")


def _describe(memory: StoredMemory) -> dict[str, Any]:
    return {
        # PEFT then hands the folder to mome.peft_tuner, whose error says how to load it.
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


def open_files(folder: Path, *, everything: bool) -> StoredMemory:
    """Read a version; `everything` also reads a large bank whole. Raises BrokenMemory, or
    MemoryError_ if another version of the program wrote it.
    """
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
    shared = None
    if described["shared"]:
        shared = SharedExperts.from_tensors(described["shared"], tensors)
    layers = [LayerShape(**layer) for layer in described["layers"]]
    blocks = blocks_of(folder / EXPERTS)
    checks = None if blocks is None else FileChecks(folder / EXPERTS, blocks)
    base = Bank.from_tensors(read_tensors(folder / EXPERTS), layers, ROW_TYPES[config.row_dtype])
    base = replace(base, checks=checks)
    facts = tuple(map(MemoryFact.from_dict, read_lines(folder / FACTS)))
    if router.hash != described["router"]:
        raise ValueError("the router is not the one that the configuration names")
    report = RecallReport.from_dict(json.loads((folder / RECALL).read_text(encoding="utf-8")))
    # Called for its error, also where no delta follows.
    split(tensors["known"], facts)
    whole = Content(facts, report, tensors["known"], LayeredBank.over(base))
    found = with_deltas(folder, whole, read_tensors)
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


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read all tensors of a file, memory-mapped: pages are read on first use."""
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}
