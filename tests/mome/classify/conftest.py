"""A memory of support tickets, made once, and the encoder, which takes a second to read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mome.classify.backbone import LabelBackbone
from mome.classify.examples import LabelledText
from mome.memory.routing.unrelated_questions import background
from tickets import MEMORY, ROWS, tuned_tickets


@pytest.fixture(scope="session")
def rows() -> list[tuple[str, str]]:
    """Texts with their labels."""
    return list(ROWS)


@pytest.fixture(scope="session")
def examples() -> list[LabelledText]:
    """The same as examples."""
    return [LabelledText(text, label, row) for row, (text, label) in enumerate(ROWS, 1)]


@pytest.fixture(scope="session")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tickets.csv and the memory that a tune made; no test may change it."""
    return tuned_tickets(tmp_path_factory)


@pytest.fixture(scope="session")
def shared_tickets(tickets: Path) -> Path:
    """The memory alone, which no test may change either."""
    return tickets / MEMORY


@pytest.fixture
def own_memory(shared_tickets: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return shutil.copytree(shared_tickets, tmp_path / "memory", symlinks=True)


@pytest.fixture
def few_strange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a memory be made with some unrelated questions: fitting a router to all takes seconds."""
    some = [*background(())][::8]
    for module in ("mome.classify.fitting", "mome.memory.memory"):
        monkeypatch.setattr(f"{module}.background", lambda said: some)


@pytest.fixture(scope="module")
def backbone() -> Iterator[LabelBackbone]:
    """An encoder without labels, to give some."""
    yield LabelBackbone()
