"""McNemar's exact test against figures worked out by hand."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def mcnemar(monkeypatch: pytest.MonkeyPatch) -> Callable[..., float]:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("paired_test").mcnemar


@pytest.mark.parametrize(
    ("only_first", "only_second", "expected"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 2 / 32), (0, 5, 2 / 32), (6, 2, 2 * (1 + 8 + 28) / 256)],
)
def test_only_questions_on_which_they_differ_count(
    mcnemar: Callable[..., float], only_first: int, only_second: int, expected: float
) -> None:
    first = [True] * only_first + [False] * only_second + [True] * 7
    second = [False] * only_first + [True] * only_second + [True] * 7
    assert mcnemar(first, second) == pytest.approx(expected)
