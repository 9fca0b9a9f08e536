"""Confidences beside the truth, in bins of equal size."""

from __future__ import annotations

import pytest

from mome.calibration.reliability import Bin, expected_error, reliability


def test_bins_are_of_equal_size_and_their_distances_are_weighted() -> None:
    confidences = [number / 20 for number in range(20)]
    bins = reliability(confidences, [number >= 10 for number in range(20)])
    assert [one.count for one in bins] == [2] * 10
    assert (bins[0].confidence, bins[0].accuracy) == pytest.approx((0.025, 0.0))
    assert (bins[9].confidence, bins[9].accuracy) == pytest.approx((0.925, 1.0))
    assert expected_error([Bin(1, 0.5, 1.0), Bin(3, 0.2, 0.3)]) == pytest.approx(0.2)


def test_fewer_answers_than_bins_get_a_bin_each() -> None:
    assert reliability([0.3, 0.9], [False, True]) == [Bin(1, 0.3, 0.0), Bin(1, 0.9, 1.0)]
    assert reliability([], []) == []


def test_the_error_of_equal_confidences_is_weighted_by_size() -> None:
    answers = [(0.9, True)] * 9 + [(0.9, False)] + [(0.5, True)] * 10
    confidences, right = zip(*answers, strict=True)
    # Ten bins of two: |2 x 0.5 - 2| five times, |2 x 0.9 - 1| once, |2 x 0.9 - 2| four times.
    error = expected_error(reliability(confidences, right))
    assert error == pytest.approx((5 * 1.0 + 0.8 + 4 * 0.2) / 20)
