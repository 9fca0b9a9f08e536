"""How sure an answer is, from the evidence for it."""

from __future__ import annotations

import math

import pytest

from mome.calibration.calibrator import MOST, Calibrator, Feature


def test_a_confidence_is_a_logistic_regression_over_standardised_evidence() -> None:
    features = {"votes": Feature(2.0, 4.0, 1.5), "joins": Feature(1.0, 0.5, -0.25)}
    calibrator = Calibrator(features, 0.1)
    # 0.1 + 1.5 x (4 - 2) / 4 - 0.25 x (2 - 1) / 0.5 = 0.35
    wanted = 1 / (1 + math.exp(-0.35))
    assert calibrator.confidence({"votes": 4.0, "joins": 2.0}) == pytest.approx(wanted)
    assert calibrator.confidence({"votes": 400.0, "joins": 0.0}) == MOST < 1
    with pytest.raises(KeyError, match="joins"):
        calibrator.confidence({"votes": 4.0})


@pytest.mark.parametrize("readers", [1, 2])
def test_what_is_shipped_trusts_agreement_and_distrusts_doubt(readers: int) -> None:
    calibrator = Calibrator.load(readers)
    mean = {name: feature.mean for name, feature in calibrator.features.items()}
    usual = calibrator.confidence(mean)
    assert 0.1 < usual < 0.9
    assert calibrator.confidence({**mean, "votes": 5.0, "share": 5.0}) > usual
    assert calibrator.confidence({**mean, "doubts": 2.0, "is_doubtful": 1.0}) < usual
    assert calibrator.confidence({**mean, "unread_names": 3.0}) < usual
