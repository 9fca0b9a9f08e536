"""Comparisons with numbers are said as people say them."""

from __future__ import annotations

from mome.pretrain.sampling.bounds import compared


def test_comparisons_keep_their_direction() -> None:
    assert "20 or more" in compared(">=", 20)
    assert "fewer than 20" in compared("<", 20, counted=True)
    assert not set(compared(">", 20)) & set(compared(">=", 20))
