"""One tune at a time, whoever holds the lock holds it again, and a tune that wrote nothing leaves
nothing behind.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from mome.artifacts.lock import TuneLock
from mome.errors import MemoryError_


def test_another_holder_is_refused_at_once_and_the_same_one_is_not(tmp_path: Path) -> None:
    lock = TuneLock(tmp_path)
    with lock.hold(), lock.hold():
        with (
            pytest.raises(MemoryError_, match="another tune is working"),
            TuneLock(tmp_path).hold(),
        ):
            pass
    with TuneLock(tmp_path).hold():
        pass


def test_a_folder_that_was_made_for_nothing_goes_again(tmp_path: Path) -> None:
    with pytest.raises(KeyError), TuneLock(tmp_path / "new").hold():
        raise KeyError
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_stays(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for folder in (tmp_path / "there", tmp_path / "new"):
        with TuneLock(folder).hold():
            (tmp_path / "new").mkdir(exist_ok=True)
            (tmp_path / "new" / "feedback.jsonl").touch()
    assert {path.name for path in tmp_path.glob("*/*")} == {"lock", "feedback.jsonl"}


def test_a_file_that_its_last_holder_took_away_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the opening and the locking, as where another tune ends just then."""
    taken = []

    def flock(file: object, how: int) -> None:
        if not taken:
            taken.append(file)
            (tmp_path / "lock").unlink()
        real(file, how)

    real = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", flock)
    with TuneLock(tmp_path).hold(), pytest.raises(MemoryError_), TuneLock(tmp_path).hold():
        pass
    assert taken
