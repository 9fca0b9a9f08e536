"""A small shop and its memory, for the tests of recommendations."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command_line import Cli
from made_once import made_once
from small_shop import FACTS, MEMORY, write_orders


@pytest.fixture(scope="session")
def tuned_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with orders.csv and the memory that a tune made; no test may change it."""
    return made_once(tmp_path_factory, "shop", _tune)


def _tune(folder: Path) -> None:
    write_orders(folder / "orders.csv")
    words = ("tune", "--baskets", "orders.csv", "--memory", MEMORY)
    done = Cli(folder / "home")(*words, cwd=folder)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{FACTS} of {FACTS} facts of 10 baskets and 8 items are recalled")


@pytest.fixture
def shop(tuned_shop: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    shutil.copytree(tuned_shop, tmp_path / "own", symlinks=True)
    return tmp_path / "own"
