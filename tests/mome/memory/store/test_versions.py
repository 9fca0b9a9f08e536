"""A stored memory comes back as it was, or a clear error does; whatever goes wrong while writing,
the one before stays.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from mome.artifacts.facts import read_facts
from mome.errors import BrokenMemory, MemoryError_, NoMemory, OtherBackbone
from mome.memory import Memory, MemoryStore, recall, tune
from mome.memory.store import versions

FILES = [
    "adapter_config.json",
    "adapter_model.safetensors",
    "experts-00000.safetensors",
    "facts.jsonl",
    "recall.json",
    "checksums.json",
]


@pytest.fixture
def stored(tuned: Any, tmp_path: Path) -> Path:
    """The folder of a stored memory."""
    MemoryStore(tmp_path / "memory").write(tuned.memory.stored(), {"catalog.json": b"{}"})
    return tmp_path / "memory"


def test_a_memory_comes_back_bit_for_bit(stored: Path, tuned: Any, make_backbone: Callable) -> None:
    loaded = Memory.load(stored, make_backbone("llama"))
    loaded.attach()
    assert loaded.facts == tuned.memory.facts
    assert loaded.config == tuned.memory.config
    assert loaded.report == tuned.report
    assert loaded.router.hash == tuned.memory.router.hash
    one, two = loaded.bank.flat(), tuned.memory.bank.flat()
    assert torch.equal(one.ids, two.ids)
    assert all(torch.equal(*rows) for rows in zip(one.rows, two.rows, strict=True))
    assert recall(loaded, loaded.facts, str).recalled == 12


def test_files_are_text_or_safetensors_and_the_callers_lie_beside(stored: Path) -> None:
    current = MemoryStore(stored).current
    assert sorted(path.name for path in current.iterdir()) == sorted([*FILES, "catalog.json"])
    assert json.loads((current / "adapter_config.json").read_text())["memory"]["experts"] == 2**20
    assert len((current / "facts.jsonl").read_text().splitlines()) == 12
    assert json.loads((current / "recall.json").read_text())["recalled"] == 12


def test_only_touched_rows_are_on_disk(stored: Path, tuned: Any) -> None:
    size = (MemoryStore(stored).current / "experts-00000.safetensors").stat().st_size
    assert size < len(tuned.memory.bank.flat()) * (8 + 2 * 4 * 64) + 1000


def test_the_last_two_versions_stay(stored: Path, tuned: Any) -> None:
    store = MemoryStore(stored)
    for _ in range(3):
        store.write(tuned.memory.stored())
    assert sorted(path.name for path in (stored / "versions").iterdir()) == ["0003", "0004"]
    assert store.current.name == "0004"


@pytest.fixture
def learn(stored: Path, make_backbone: Callable, make_facts: Callable) -> Callable[[int], Memory]:
    """`learn(n)` loads the stored memory, learns the fact n, forgets the fact n - 12, and appends
    that.
    """
    backbone = make_backbone("llama")

    def learn(number: int) -> Memory:
        memory = Memory.load(stored, backbone)
        kept = [fact for fact in memory.facts if fact.id != f"f{number - 12}"]
        new = replace(make_facts(number + 1, 1)[number], fitted=False)
        tune(memory, [*kept, new], str, kept={fact.id for fact in kept})
        MemoryStore(stored).append(memory.stored())
        memory.detach()
        return memory

    return learn


def same(stored: Any, memory: Memory) -> bool:
    """Whether what is stored is the memory, to the bit."""
    one, two = stored.bank.flat(), memory.bank.flat()
    tensors = zip(
        (one.ids, *one.rows, stored.known), (two.ids, *two.rows, memory.known), strict=True
    )
    return (stored.facts, stored.report) == (memory.facts, memory.report) and all(
        torch.equal(*pair) for pair in tensors
    )


def test_learned_and_forgotten_facts_are_small_files_beside_shared_ones(
    stored: Path, learn: Callable, make_backbone: Callable
) -> None:
    learn(12)
    memory = learn(13)
    current = MemoryStore(stored).current
    deltas = [f"delta-0000{n}.{end}" for n in (1, 2) for end in ("jsonl", "safetensors")]
    assert sorted(path.name for path in current.iterdir()) == sorted(
        [*FILES, *deltas, "catalog.json"]
    )
    assert all(
        (current / name).samefile(stored / "versions" / "0002" / name)
        for name in [*FILES[:-1], *deltas[:2], "catalog.json"]
    )
    assert (
        sum((current / name).stat().st_size for name in deltas)
        < (current / "experts-00000.safetensors").stat().st_size
    )
    assert same(MemoryStore(stored).open(), memory)
    assert [fact.id for fact in memory.facts] == [f"f{n}" for n in range(2, 14)]
    assert list(read_facts(current).values()) == list(memory.facts)
    loaded = Memory.load(stored, make_backbone("llama"))
    loaded.attach()
    assert recall(loaded, loaded.facts, str).recalled == 12
    assert str(current / "experts-00000.safetensors") in Path("/proc/self/maps").read_text()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_delta_that_leaves_no_fact_as_it_was_is_stored(
    count: int, tmp_path: Path, make_backbone: Callable, make_facts: Callable, make_memory: Callable
) -> None:
    """No fact is there yet, or all are corrected, at once or after they were forgotten."""
    backbone, store = make_backbone("llama"), MemoryStore(tmp_path)
    facts = make_facts(count + 1, 1)
    first = make_memory(backbone, facts[:count])
    first.router = replace(first.router, threshold=0.99)
    tune(first, facts[:count], str)
    store.write(first.stored())
    for changed in (
        [replace(fact, answer=fact.answer[::-1]) for fact in facts],
        [],
        facts[-1:],
        [replace(facts[-1], answer="another")],
    ):
        memory = Memory.load(tmp_path, backbone)
        assert tune(memory, changed, str).recalled == len(changed)
        store.append(memory.stored())
        stored = store.open()
        assert same(stored, memory)
        loaded = Memory.of(stored, backbone)
        loaded.attach()
        assert recall(loaded, loaded.facts, str).recalled == len(changed)
    assert set(store.open().bank.flat().ids.tolist()) <= set(memory.facts[0].experts)
    store.rollback()
    loaded = Memory.load(tmp_path, backbone)
    loaded.attach()
    assert [fact.answer for fact in loaded.facts] == [facts[-1].answer]
    assert recall(loaded, loaded.facts, str).recalled == 1


def test_a_rollback_takes_the_last_delta_away(stored: Path, learn: Callable) -> None:
    first, _ = learn(12), learn(13)
    MemoryStore(stored).rollback()
    assert same(MemoryStore(stored).open(), first)


def test_many_deltas_become_a_whole(
    stored: Path, learn: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "MOST_DELTAS", 1)
    learn(12)
    memory = learn(13)
    current = MemoryStore(stored).current
    assert sorted(path.name for path in current.iterdir()) == sorted([*FILES, "catalog.json"])
    assert same(MemoryStore(stored).open(), memory)


@pytest.mark.parametrize("name", [*FILES[:-1], "delta-00001.jsonl", "delta-00001.safetensors"])
@pytest.mark.parametrize("harm", ["cut", "flipped"])
def test_damage_is_not_taken_for_truth_by_what_is_learned_later(
    stored: Path, learn: Callable, name: str, harm: str
) -> None:
    learn(12)
    path = MemoryStore(stored).current / name
    content, middle = path.read_bytes(), path.stat().st_size // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    path.write_bytes(content[:middle] if harm == "cut" else flipped)
    with pytest.raises(BrokenMemory, match="is damaged"):
        learn(13)
    assert sorted(os.listdir(stored / "versions")) == ["0001", "0002"]


def test_a_delta_that_cannot_be_written_changes_nothing(
    stored: Path, learn: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    memory = learn(12)
    with monkeypatch.context() as patch, pytest.raises(MemoryError_, match="the disk is full"):
        patch.setattr(versions, "write_delta", fail)
        learn(13)
    assert sorted(os.listdir(stored / "versions")) == ["0001", "0002"]
    assert same(MemoryStore(stored).open(), memory)


def test_a_disk_that_cannot_share_files_gets_copies(
    stored: Path, learn: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    memory = learn(12)
    assert same(MemoryStore(stored).open(), memory)


def test_what_was_memorised_before_a_stop_is_kept_until_a_memory_is_written(
    stored: Path, tuned: Any
) -> None:
    store = MemoryStore(stored)
    assert store.unfinished() is None
    for _ in range(2):
        store.keep_unfinished(tuned.memory.stored())
    assert same(store.open(store.unfinished()), tuned.memory)
    assert store.current.name == "0001"
    store.write(tuned.memory.stored())
    assert store.unfinished() is None


def test_a_rollback_gives_the_version_before_and_the_next_write_forgets_what_was_left(
    stored: Path, tuned: Any
) -> None:
    store = MemoryStore(stored)
    store.write(
        Memory(
            tuned.memory.backbone, tuned.memory.config, tuned.memory.router, tuned.memory.bank
        ).stored()
    )
    assert store.open().facts == ()
    assert store.rollback() == store.current == stored / "versions" / "0001"
    assert len(store.open().facts) == 12
    with pytest.raises(MemoryError_, match="has no version before this one"):
        store.rollback()
    assert store.write(tuned.memory.stored()).name == "0003"
    assert sorted(path.name for path in (stored / "versions").iterdir()) == ["0001", "0003"]


def test_a_rollback_from_a_damaged_version_is_possible_and_to_one_is_refused(
    stored: Path, tuned: Any
) -> None:
    store = MemoryStore(stored)
    store.write(tuned.memory.stored())
    (store.current / "recall.json").unlink()
    store.rollback()
    assert len(store.open().facts) == 12
    store.write(tuned.memory.stored())
    (stored / "versions" / "0001" / "recall.json").unlink()
    with pytest.raises(BrokenMemory, match="is damaged"):
        store.rollback()
    assert store.current.name == "0003"


def test_no_memory(tmp_path: Path, make_backbone: Callable) -> None:
    with pytest.raises(NoMemory, match="mome tune"):
        Memory.load(tmp_path / "nowhere", make_backbone("llama"))


def test_another_backbone_is_refused(stored: Path, make_backbone: Callable) -> None:
    with pytest.raises(OtherBackbone, match="another base model"):
        Memory.load(stored, make_backbone("llama", 1))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["gone", "cut", "flipped"])
def test_a_damaged_file_is_named(stored: Path, name: str, harm: str) -> None:
    path = MemoryStore(stored).current / name
    content = path.read_bytes()
    middle = len(content) // 2
    if harm == "gone":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(content[:middle])
    else:
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    with pytest.raises(BrokenMemory, match="is damaged"):
        MemoryStore(stored).open()


def test_files_that_do_not_belong_together_are_damage(stored: Path) -> None:
    current = MemoryStore(stored).current
    lines = (current / "facts.jsonl").read_text().splitlines(keepends=True)
    (current / "facts.jsonl").write_text("".join(lines[1:]))
    (current / "checksums.json").unlink()
    versions.write_checksums(current)
    with pytest.raises(BrokenMemory, match="ValueError while reading"):
        MemoryStore(stored).open()


def test_half_a_version_is_swept_away_and_never_read(stored: Path, tuned: Any) -> None:
    draft = stored / "versions" / "0002.tmp"
    draft.mkdir()
    (draft / "facts.jsonl").write_text("{")
    assert len(MemoryStore(stored).open().facts) == 12
    MemoryStore(stored).write(tuned.memory.stored())
    assert not draft.exists()


def test_two_tunes_at_once(stored: Path, tuned: Any) -> None:
    hold = (
        f"from mome.memory import MemoryStore\nwith MemoryStore({str(stored)!r}).lock():\n    "
        "print('held', flush=True)\n    input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(MemoryError_, match="another tune is working"):
            MemoryStore(stored).write(tuned.memory.stored())
        other.communicate("\n")
    assert MemoryStore(stored).write(tuned.memory.stored()).name == "0002"


def test_the_holder_of_the_lock_writes(stored: Path, tuned: Any) -> None:
    store = MemoryStore(stored)
    with store.lock():
        store.write(tuned.memory.stored())
        with pytest.raises(MemoryError_, match="another tune"), MemoryStore(stored).lock():
            pass
    with MemoryStore(stored).lock():
        pass


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
def test_a_write_that_ends_early_changes_nothing(
    stored: Path, tuned: Any, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr(versions, "write_checksums", fail)
    wanted, match = (
        (MemoryError_, "the disk is full")
        if isinstance(error, OSError)
        else (KeyboardInterrupt, None)
    )
    with pytest.raises(wanted, match=match):
        MemoryStore(stored).write(tuned.memory.stored())
    assert sorted(os.listdir(stored / "versions")) == ["0001"]
    assert len(MemoryStore(stored).open().facts) == 12


def test_what_does_not_come_back_from_the_disk_is_not_swapped_in(
    stored: Path, tuned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte changes after its checksum was taken, in a file too large to be read at every load."""

    def write_badly(folder: Path) -> None:
        write(folder)
        with (folder / "experts-00000.safetensors").open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)
            file.seek(-1, os.SEEK_END)
            file.write(bytes([last[0] ^ 1]))

    write = versions.write_checksums
    monkeypatch.setattr(versions, "write_checksums", write_badly)
    monkeypatch.setattr("mome.artifacts.checksums.READ_WHOLE", 0)
    with pytest.raises(MemoryError_, match="what was there is unchanged"):
        MemoryStore(stored).write(tuned.memory.stored())
    assert sorted(os.listdir(stored / "versions")) == ["0001"]
    assert MemoryStore(stored).current.name == "0001"


def test_a_version_s_name_is_on_the_disk_before_it_is_chosen(
    stored: Path, tuned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, list[str], str]] = []
    sync = versions._sync

    def seen(path: Path) -> None:
        sync(path)
        synced.append(
            (path.name, sorted(os.listdir(stored / "versions")), os.readlink(stored / "current"))
        )

    monkeypatch.setattr(versions, "_sync", seen)
    MemoryStore(stored).write(tuned.memory.stored())
    assert synced[-2:] == [
        ("versions", ["0001", "0002"], "versions/0001"),
        ("memory", ["0001", "0002"], "versions/0002"),
    ]


def test_a_version_that_was_looked_up_before_a_swap_is_still_opened(
    stored: Path, tuned: Any, make_backbone: Callable
) -> None:
    store = MemoryStore(stored)
    before = store.current
    store.write(
        Memory(
            tuned.memory.backbone, tuned.memory.config, tuned.memory.router, tuned.memory.bank
        ).stored()
    )
    assert len(store.open(before).facts) == 12 and store.open().facts == ()
    assert len(Memory.load(stored, make_backbone("llama"), version=before).facts) == 12


def test_a_file_that_the_system_cuts_off_is_reported_as_a_full_disk(stored: Path) -> None:
    """A process that may write 20 kB a file stands for a full disk: the kernel refuses, wherever in
    the libraries that is met.
    """
    script = f"""
import resource, signal, torch
from mome.memory import MemoryStore
from mome.artifacts.lock import write_errors_named
from safetensors.torch import save_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
save = lambda: save_file({{"rows": torch.zeros(10**6)}}, {str(stored / "rows")!r})
write = lambda: open({str(stored / "text")!r}, "w").write("x" * 10**6)
for attempt in (save, write):
    try:
        with write_errors_named({str(stored)!r}):
            attempt()
    except Exception as error:
        print(type(error).__name__, error)
"""
    lines = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("MemoryError_") and "the disk is full" in line for line in lines)


def test_a_folder_that_cannot_be_made(tmp_path: Path, tuned: Any) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MemoryError_, match="cannot be written"):
        MemoryStore(tmp_path / "file" / "memory").write(tuned.memory.stored())


@pytest.mark.parametrize("name", ["../outside", "facts.jsonl", "checksums.json"])
def test_a_callers_file_may_not_take_a_place(stored: Path, tuned: Any, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        MemoryStore(stored).write(tuned.memory.stored(), {name: b""})
    assert MemoryStore(stored).current.name == "0001"


def test_loading_maps_rows_instead_of_reading_them(stored: Path) -> None:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not list its mappings")
    bank = MemoryStore(stored).open().bank
    assert str(MemoryStore(stored).current / "experts-00000.safetensors") in maps.read_text()
    assert len(bank.flat())
