"""A draft has each wording once, and turns end when all iterables are exhausted."""

from __future__ import annotations

from sqlglot import exp

from training_data.drafts import draft, round_robin


def test_wordings() -> None:
    found = draft(exp.select("1"), "Show A.", None, "show a", "Who is Mr..", "", "Dr. X?")
    assert found.wordings == ("Show A.", "Who is Mr.", "Dr. X?")


def test_round_robin_is_fair_and_lazy() -> None:
    assert list(round_robin(["abc", "", "x", "12"])) == ["a", "x", "1", "b", "2", "c"]
    endless = iter(int, 1)
    turns = round_robin([endless, endless])
    assert [next(turns) for _ in range(3)] == [0, 0, 0]
