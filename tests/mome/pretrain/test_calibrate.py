"""`mome calibrate` fits confidences to judged answers."""

from __future__ import annotations

import json
import random
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mome.calibration.calibrator import Calibrator, Feature
from mome.errors import CalibrationError
from mome.pretrain.calibrate import calibrate, fit, least_confidence


def judged(count: int, databases: int) -> list[dict]:
    """Answers that are right with a probability of 0.9 where they are certain, else of 0.3; what is
    called noise says nothing.
    """
    rng = random.Random(0)
    lines = []
    for number in range(count):
        certain = rng.random() < 0.5
        right = rng.random() < (0.9 if certain else 0.3)
        lines.append(
            {
                "db": f"db{number % databases}",
                "verdict": "right" if right else "wrong",
                "evidence": {"certain": float(certain), "noise": rng.gauss(0, 1), "same": 1.0},
            }
        )
    return lines


def test_the_fitted_confidence_is_the_share_of_right_answers() -> None:
    found = fit(judged(2000, 10))
    assert found.answers == 2000
    sure = found.calibrator.confidence({"certain": 1.0, "noise": 0.0, "same": 1.0})
    unsure = found.calibrator.confidence({"certain": 0.0, "noise": 0.0, "same": 1.0})
    assert sure == pytest.approx(0.9, abs=0.03)
    assert unsure == pytest.approx(0.3, abs=0.03)
    assert abs(found.calibrator.features["noise"].weight) < 0.15
    # Two values of equal frequency rank 0.8 of the pairs right, ties counted half.
    assert found.auroc == pytest.approx(0.81, abs=0.02)
    assert found.ece < 0.05


def test_weights_and_diagram_are_written(tmp_path: Path) -> None:
    lines = [*judged(400, 5), {"db": "db0", "verdict": "refused", "evidence": {}}]
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(json.dumps(line) + "\n" for line in lines))
    said: list[str] = []
    calibrate([answers], 2, tmp_path / "out", said.append)
    content = json.loads((tmp_path / "out" / "readers_2.json").read_text())
    assert content["answers"] == 400 and said[0].startswith("400 answers")
    weights = {name: Feature(**entry) for name, entry in content["features"].items()}
    calibrator = Calibrator(weights, content["intercept"], content["least"])
    assert calibrator == fit(lines[:400]).calibrator
    drawing = ElementTree.parse(tmp_path / "out" / "readers_2.svg")
    assert len(drawing.findall("{http://www.w3.org/2000/svg}circle")) == 10


@pytest.mark.parametrize("lines", [[], judged(40, 2), [judged(1, 1)[0] for _ in range(9)]])
def test_too_few_answers_are_refused(lines: list[dict]) -> None:
    with pytest.raises(CalibrationError, match="at least 3 databases"):
        fit(lines)


def test_answers_are_declined_up_to_where_one_in_ten_is_right() -> None:
    low = [(0.07, number == 0) for number in range(10)]
    high = [(0.33, number < 5) for number in range(10)]
    confidences, right = zip(*low, *high, strict=True)
    # From 0.35 on, six of the twenty below are right.
    assert least_confidence(confidences, right) == 0.3
    assert least_confidence([0.02], [True]) == 0.0
