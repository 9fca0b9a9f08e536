"""The value that embedders read cannot be changed and needs nothing but what was asked."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from mome.answering.translation import Translation
from mome.errors import NoAnswer


def test_a_translation_is_frozen_down_to_its_timings() -> None:
    translation = Translation("q", "ok", "SELECT 1", "sqlite", 0.5)
    with pytest.raises(FrozenInstanceError):
        translation.sql = "DROP TABLE t"
    with pytest.raises(TypeError):
        translation.timings["total"] = 1.0


def test_sql_is_there_or_an_error_says_why_not() -> None:
    assert Translation("q", "ok", "SELECT 1", "sqlite", 0.5).require_sql() == "SELECT 1"
    refused = Translation("q", "blocked", None, "sqlite", 0.0, reason="only reading is possible")
    with pytest.raises(NoAnswer, match="blocked: only reading is possible"):
        refused.require_sql()


def test_what_is_not_given_is_empty() -> None:
    translation = Translation("q", "error", None, "sqlite", 0.0)
    assert (
        translation.alternatives
        == translation.literals
        == translation.tables
        == translation.nearest
        == ()
    )
    assert (
        translation.verified_match is None
        and not translation.reason
        and dict(translation.timings) == {}
    )
