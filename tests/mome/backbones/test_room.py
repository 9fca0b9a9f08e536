"""Room in memory and on the disk."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from mome.backbones.room import megabytes, need_disk, need_memory
from mome.errors import BackboneError


def test_sizes_are_told_in_megabytes() -> None:
    assert [megabytes(size) for size in (491_400_064, 4_683_073_536)] == ["491 MB", "4,683 MB"]


def test_memory_is_compared_with_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=10**9))
    need_memory("small", 10**9)
    with pytest.raises(BackboneError, match="large needs 1,001 MB of memory and 1,000 MB are free"):
        need_memory("large", 10**9 + 10**6)


def test_the_disk_of_a_folder_that_is_not_made_yet_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_disk(tmp_path / "new" / "er", 1000, "free some")
    asked = []

    def usage(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=999)

    monkeypatch.setattr("shutil.disk_usage", usage)
    with pytest.raises(BackboneError, match=f"are free in {tmp_path}; free some"):
        need_disk(tmp_path / "new" / "er", 1000, "free some")
    assert asked == [tmp_path]
