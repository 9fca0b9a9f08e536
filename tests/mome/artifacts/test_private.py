from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mome.artifacts.lock import TuneLock
from mome.artifacts.private import make_folder, tighten_all
from mome.artifacts.records import changing

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Everything may be read by everyone, unless the program says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_folders_above_are_made_for_the_owner_too(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "home" / "memory")
    assert [mode(tmp_path / name) for name in ("home", "home/memory")] == ["0o700"] * 2
    assert mode(tmp_path) == "0o755", "a folder that was there is left as it is"


def test_all_in_a_folder_is_tightened_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").touch()
    (tmp_path / "beside").mkdir()
    (tmp_path / "a" / "link").symlink_to(tmp_path / "beside")
    tighten_all(tmp_path / "a")
    assert [mode(tmp_path / name) for name in ("a", "a/b", "a/b/c")] == ["0o700"] * 2 + ["0o600"]
    assert mode(tmp_path / "beside") == "0o777"
    tighten_all(tmp_path / "gone")


def test_a_memory_is_its_owner_s_alone_once_it_is_written(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    (memory / "versions" / "0001").mkdir(parents=True)
    for name in ("versions/0001/values.jsonl", "feedback.jsonl", "own.txt", "feedback.lock"):
        (memory / name).touch()
    with changing(memory) as changes:
        changes.write("history.jsonl", ["{}"])
    with TuneLock(memory).hold():
        assert mode(memory / "lock") == "0o600"
    assert {str(path.relative_to(memory)): mode(path) for path in memory.rglob("*")} == {
        "versions": "0o700",
        "versions/0001": "0o700",
        "versions/0001/values.jsonl": "0o600",
        "feedback.jsonl": "0o600",
        "history.jsonl": "0o600",
        "records.json": "0o600",
        "feedback.lock": "0o600",
        "lock": "0o600",
        # A person's own file.
        "own.txt": "0o666",
    }
    # A folder with other things in it may be used by others.
    assert mode(memory) == "0o777"
