"""The peers of a memory of labels learn what a few texts say, and count what they cost."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

ROWS = (
    ("where is my parcel", "parcel"),
    ("the parcel is late", "parcel"),
    ("give me a refund", "refund"),
    ("I want a refund", "refund"),
    ("hello", ""),
)


@pytest.fixture
def rivals(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("label_rivals")


@pytest.mark.parametrize("name", ["logistic", "nearest", "bm25", "lora"])
def test_peers_label_texts(rivals: ModuleType, name: str) -> None:
    train = rivals.Split(*map(list, zip(*ROWS, strict=True)))
    seconds = (2.0,) if name == "lora" else ()
    rival = getattr(rivals, name)(train, *seconds)
    found = rival.answer(["my parcel", "a refund please", "hello"])
    assert found.labels == ["parcel", "refund", ""]
    assert found.abstained == [False, False, True]
    assert len(found.sure) == 3 and rival.size > 0 and rival.examples > 0
