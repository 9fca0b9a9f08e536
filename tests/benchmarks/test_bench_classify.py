"""The titles that `bench_classify` asks."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

TITLES = [
    f"burn of the {side} hand number {number}" for side in ("left", "right") for number in (1, 2)
]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return importlib.import_module("bench_classify")


def test_every_title_is_asked_unless_a_number_is_given(bench: ModuleType) -> None:
    assert sorted(bench.asked_forms(TITLES, None)["as written"]) == sorted(TITLES)
    assert len(bench.asked_forms(TITLES, 3)["as written"]) == 3
    assert len(bench.asked_forms(TITLES, 100)["as written"]) == len(TITLES)


def test_the_same_titles_are_asked_each_time(bench: ModuleType) -> None:
    assert bench.asked_forms(TITLES, 3) == bench.asked_forms(TITLES, 3)


def test_forms_reorder_all_words_and_drop_a_quarter(bench: ModuleType) -> None:
    forms = bench.asked_forms(TITLES, None)
    for title, moved, short in zip(*forms.values(), strict=True):
        assert Counter(moved.split()) == Counter(title.split())
        # Of seven words round(5.25) stay, in their order.
        assert len(short.split()) == 5
        left = iter(title.split())
        assert all(word in left for word in short.split())
