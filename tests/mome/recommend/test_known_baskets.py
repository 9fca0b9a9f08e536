"""A memory of baskets on the disk."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mome.artifacts.home import has_baskets, has_labels, memories
from mome.errors import BrokenMemory, MemoryError_, NoMemory
from mome.memory import MemoryStore
from mome.recommend.known_baskets import Catalogue, KnownBaskets
from small_shop import ITEMS, MEMORY


def test_a_catalogue_is_read_as_it_was_written(shop: Path) -> None:
    known = KnownBaskets.load(shop / MEMORY)
    catalogue = replace(known.catalogue, forgotten=frozenset({"abc"}))
    assert catalogue.items == ITEMS and catalogue.alone == {"scones"}
    store = MemoryStore(shop / MEMORY)
    with store.lock():
        store.write(known.memory.stored(), catalogue.files())
    again = KnownBaskets.load(shop / MEMORY).catalogue
    assert (again.names, again.forgotten, again.alone) == (
        catalogue.names,
        {"abc"},
        {"scones"},
    )
    for name, tensor in catalogue.head.tensors().items():
        assert torch.equal(again.head.tensors()[name], tensor), name


@pytest.mark.parametrize("name", ["baskets.json", "baskets.safetensors"])
def test_a_damaged_file_is_named(shop: Path, name: str) -> None:
    path = MemoryStore(shop / MEMORY).current / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(BrokenMemory):
        Catalogue.read(path.parent)


def test_what_is_no_memory_of_baskets_says_so(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(NoMemory):
        KnownBaskets.load(tmp_path / "nothing")
    (MemoryStore(shop / MEMORY).current / "baskets.json").unlink()
    with pytest.raises(MemoryError_, match="holds no baskets"):
        KnownBaskets.load(shop / MEMORY)


def test_it_is_not_listed_among_memories_of_databases(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    shutil.copytree(shop / MEMORY, home / "shop", symlinks=True)
    monkeypatch.setenv("MOME_HOME", str(home))
    assert has_baskets(home / "shop") and not has_labels(home / "shop")
    assert memories() == []
