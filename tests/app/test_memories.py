from __future__ import annotations

from pathlib import Path

import pytest

from app.memories import ListedMemory, find, names


def test_all_memories_under_home_are_found(
    shop: ListedMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOME_HOME", str(shop.path.parent))
    (shop.path.parent / "no-memory").mkdir()
    assert find([]) == ([shop], [])


def test_without_a_home_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOME_HOME", str(tmp_path / "nowhere"))
    assert find([]) == ([], [])


def test_what_was_given_is_found_or_named(shop: ListedMemory, tmp_path: Path) -> None:
    assert find([shop.path, tmp_path / "gone"]) == ([shop], [tmp_path / "gone"])


def test_a_memory_whose_version_is_gone_is_still_one(shop: ListedMemory) -> None:
    """Loading it says what is wrong, on the page as on the command line."""
    shop.version.rename(shop.version.with_name("away"))
    assert find([shop.path]) == ([shop], [])


def test_a_new_tune_is_another_version(shop: ListedMemory) -> None:
    (shop.path / "versions" / "0002").mkdir()
    (shop.path / "current").unlink()
    (shop.path / "current").symlink_to(Path("versions") / "0002")
    (memory,), _ = find([shop.path])
    assert memory.version == shop.version.with_name("0002")


def test_memories_of_one_name_are_told_apart_by_their_paths() -> None:
    memories = [
        ListedMemory(Path(path), Path(path) / "v") for path in ("/a/shop", "/b/shop", "/c/farm")
    ]
    assert names(memories) == {"/a/shop": "/a/shop", "/b/shop": "/b/shop", "/c/farm": "farm"}
