"""Flags and kinds stand before a noun as people write them."""

from __future__ import annotations

import pytest

from mome.pretrain.sampling.wordings import adjective, flag_adjective
from schemas.catalog import FullColumn


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("is_active", 1, "active"),
        ("is_active", 0, "inactive"),
        ("billable", "Y", "billable"),
        ("isBillable", False, "non-billable"),
        ("approved", 0, "unapproved"),
        ("is_fixed_price", 1, ""),
        ("has_pets", 1, ""),
    ],
)
def test_a_flag_is_an_adjective(name: str, value: object, said: str) -> None:
    assert flag_adjective(_column(name), value) == said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("status", "APPROVED", "approved"),
        ("priority", "High", "high-priority"),
        ("type", "on-site", "on-site"),
        ("type", "A", ""),
        ("city", "Basel", ""),
    ],
)
def test_a_stored_kind_is_an_adjective(name: str, value: str, said: str) -> None:
    assert adjective(_column(name), value) == said


def _column(name: str) -> FullColumn:
    return FullColumn(name=name, type="TEXT", family="text", nullable=False)
