"""A store on a real file system: one that fills up, one whose current version is replaced while
others read it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from mome.artifacts import checksums
from mome.errors import BrokenMemory, MemoryError_
from mome.memory import (
    FactRecall,
    Memory,
    MemoryConfig,
    MemoryFact,
    MemoryStore,
    RecallReport,
    WordingRecall,
)
from mome.memory.experts.bank import Bank, LayerShape
from mome.memory.experts.layered_bank import LayeredBank
from mome.memory.routing.router import Router

WIDTH = 16


def memory_of(count: int) -> Memory:
    """A memory of one fact and `count` touched experts of 8 KiB, without a model behind it."""
    layer = LayerShape("one", WIDTH, 4096)
    bank = Bank(
        (layer,), torch.arange(count), (torch.ones(count, layer.d_out, dtype=torch.float16),)
    )
    config = MemoryConfig(experts=2**10)
    router = Router(
        torch.zeros(WIDTH),
        torch.eye(WIDTH),
        (torch.ones(32, WIDTH // 2), torch.ones(32, WIDTH // 2)),
        0.5,
        0.4,
    )
    backbone = SimpleNamespace(identity="none")
    memory = Memory(backbone, config, router, LayeredBank.over(bank))
    memory.facts, memory.known = (
        (MemoryFact("f0", "verified", ("how many?",), "1"),),
        torch.ones(1, WIDTH),
    )
    memory.report = RecallReport(
        (FactRecall("f0", "verified", (WordingRecall("how many?", True),)),)
    )
    return memory


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid():
        pytest.skip("only root may mount a small file system")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_leaves_the_memory_and_no_rubbish(small_disk: Path) -> None:
    store = MemoryStore(small_disk / "memory")
    store.write(memory_of(10).stored())
    with pytest.raises(MemoryError_, match="the disk is full: free some space"):
        store.write(memory_of(500).stored())
    assert os.listdir(store.path / "versions") == ["0001"]
    assert len(store.open(verify_everything=True).bank.flat()) == 10
    assert store.write(memory_of(20).stored()).name == "0002"


def test_a_disk_that_is_too_full_for_a_delta_leaves_the_memory(small_disk: Path) -> None:
    store = MemoryStore(small_disk / "memory")
    store.write(memory_of(60).stored())
    learned = memory_of(60)
    rows = replace(memory_of(100).bank.flat(), ids=torch.arange(100, 200))
    learned.bank = learned.bank.overlaid(rows)
    with pytest.raises(
        MemoryError_, match="what was there is unchanged; the disk is full: free some space"
    ):
        store.append(learned.stored())
    assert os.listdir(store.path / "versions") == ["0001"]
    assert len(store.open(verify_everything=True).bank.flat()) == 60


def test_a_new_version_needs_its_caller_s_consent(small_disk: Path) -> None:
    """`mome learn` stores the pair there: both are written, or neither is."""
    store = MemoryStore(small_disk / "memory")
    store.write(memory_of(10).stored())
    content = os.urandom(2 * 2**20)

    def fill_the_disk() -> None:
        (store.path / "pair").write_bytes(content)

    for write in (store.write, store.append):
        with pytest.raises(MemoryError_, match="what was there is unchanged; the disk is full"):
            write(memory_of(12).stored(), agree=fill_the_disk)
        (store.path / "pair").unlink()
        assert os.listdir(store.path / "versions") == ["0001"]
        assert not (store.path / "current.tmp").is_symlink()
        assert len(store.open(verify_everything=True).bank.flat()) == 10


def test_damage_in_a_large_bank_is_found_where_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksums, "READ_WHOLE", 0)
    store = MemoryStore(tmp_path)
    store.write(memory_of(100).stored())
    path = store.current / "experts-00000.safetensors"
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x01")
    bank = store.open().bank
    assert float(bank.gather(0, torch.arange(10)).sum()) == 10 * 4096
    for use in (
        lambda: bank.gather(0, torch.tensor([[3, 99]])),
        lambda: bank.base.tensors(),
        lambda: bank.base.pruned(),
        lambda: pickle.dumps(bank),
        lambda: store.open(verify_everything=True),
    ):
        with pytest.raises(BrokenMemory, match="experts-00000.safetensors has changed"):
            use()


def test_damage_in_the_ids_of_a_large_bank_is_found_at_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksums, "READ_WHOLE", 0)
    store = MemoryStore(tmp_path)
    store.write(memory_of(100).stored())
    path = store.current / "experts-00000.safetensors"
    content = path.read_bytes()
    for place in (0, 7, 20, 200):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(BrokenMemory):
            store.open()


def test_a_whole_version_is_its_owner_s_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = MemoryStore(tmp_path / "home" / "memory")
        store.write(memory_of(3).stored(), {"values.jsonl": b"{}"})
        store.append(memory_of(3).stored())
        store.keep_unfinished(memory_of(3).stored())
    finally:
        os.umask(before)
    paths = [path for path in (tmp_path / "home").rglob("*") if not path.is_symlink()]
    modes = {path.is_dir(): oct(path.stat().st_mode & 0o777) for path in paths}
    assert len(paths) > 20 and modes == {True: "0o700", False: "0o600"}


def test_a_full_disk_is_told_for_the_callers_files_too(small_disk: Path) -> None:
    store = MemoryStore(small_disk / "memory")
    store.write(memory_of(10).stored())
    with pytest.raises(MemoryError_, match="the disk is full: free some space"):
        store.write(memory_of(1).stored(), {"catalog.json": bytes(2 * 2**20)})
    assert store.current.name == "0001"


def test_readers_find_a_current_version_at_every_moment(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path)
    store.write(memory_of(1).stored())
    seen: set[str] = set()
    failures: list[Exception] = []
    written = threading.Event()

    def read() -> None:
        while not written.is_set():
            try:
                seen.add(store.current.name)
            except (MemoryError_, OSError) as error:
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for count in range(2, 12):
        store.write(memory_of(count).stored())
    written.set()
    reader.join()
    assert failures == []
    assert len(seen) > 1


def test_current_is_a_relative_link_so_that_the_folder_may_move(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory")
    store.write(memory_of(3).stored())
    assert os.readlink(store.path / "current") == "versions/0001"
    store.path.rename(tmp_path / "moved")
    assert len(MemoryStore(tmp_path / "moved").open().bank.flat()) == 3


def test_a_switch_that_fails_keeps_the_version_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore(tmp_path)
    store.write(memory_of(3).stored())

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError("no")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(MemoryError_, match="what was there is unchanged"):
            store.write(memory_of(4).stored())
    assert len(store.open().bank.flat()) == 3
    store.write(memory_of(5).stored())
    assert len(store.open().bank.flat()) == 5
