"""The work of `mome calibrate`: fit the calibrator to answers whose rows were compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mome.calibration.calibrator import Calibrator, Feature, file_name
from mome.calibration.reliability import Bin, expected_error, reliability
from mome.errors import CalibrationError
from mome.pretrain.examples import read_lines

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Inverse strengths of the L2 penalty that are tried."""
STEP, RIGHT_BELOW = 0.05, 0.1
"""Answers below a confidence are not given: the largest multiple of the first number up to which at
most the second share of the answers is right.
"""
# How near the next fact is says how many a memory has: a small one would be told to know little.
LEFT_OUT = frozenset({"nearest"})
"""Kinds of evidence that are not weighed."""
# Fewer databases tell nothing of one that was not among them.
LEAST_DATABASES = 3


@dataclass(frozen=True)
class Fit:
    """A fitted calibrator with its figures, each from a fit that left out the answer's database."""

    calibrator: Calibrator
    answers: int
    right: int
    strength: float
    ece: float
    """Expected calibration error."""
    auroc: float
    bins: Sequence[Bin]


def calibrate(
    answers: Sequence[Path], readers: int, folder: Path, say: Callable[[str], None]
) -> None:
    """Fit a calibrator to judged answers, and write it with its reliability diagram to `folder`.

    `answers`: JSON Lines files of `bench_exam --answers`.
    `readers`: how many models have read the questions.
    Raises CalibrationError if the answers are too few.
    """
    lines = [line for path in answers for line in read_lines(path)]
    found = fit([line for line in lines if line["evidence"]])
    content = {
        "answers": found.answers,
        "right": found.right,
        "strength": found.strength,
        "ece": round(found.ece, 4),
        "auroc": round(found.auroc, 4),
        "reliability": [_rounded(one) for one in found.bins],
        "least": found.calibrator.least,
        "intercept": found.calibrator.intercept,
        "features": {name: asdict(one) for name, one in found.calibrator.features.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1) + "\n"
    (folder / file_name(readers)).write_text(text, encoding="utf-8")
    (folder / f"readers_{readers}.svg").write_text(diagram(found.bins), encoding="utf-8")
    say(f"{found.answers} answers, {found.right} right; strength {found.strength}")
    say(f"databases left out in turn: ece {found.ece:.3f}, auroc {found.auroc:.3f}")


def _rounded(one: Bin) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(one).items()}


def fit(lines: Sequence[dict]) -> Fit:
    """Fit a calibrator to answers with their evidence, verdicts and databases."""
    names = [name for name in lines[0]["evidence"] if name not in LEFT_OUT] if lines else []
    databases = [line["db"] for line in lines]
    right = [line["verdict"] == "right" for line in lines]
    if len(set(databases)) < LEAST_DATABASES or len(set(right)) < 2:
        raise CalibrationError(
            f"give right and wrong answers about at least {LEAST_DATABASES} databases"
        )
    values = [[line["evidence"][name] for name in names] for line in lines]
    held_out = {
        strength: cross_val_predict(
            _model(strength),
            values,
            right,
            groups=databases,
            cv=LeaveOneGroupOut(),
            method="predict_proba",
        )[:, 1]
        for strength in STRENGTHS
    }
    strength = min(STRENGTHS, key=lambda one: log_loss(right, held_out[one]))
    model = _model(strength).fit(values, right)
    scaler, regression = model[0], model[1]
    columns = zip(names, scaler.mean_, scaler.scale_, regression.coef_[0], strict=True)
    features = {
        name: Feature(round(mean, 6), round(scale, 6), round(weight, 6))
        for name, mean, scale, weight in columns
    }
    intercept = round(float(regression.intercept_[0]), 6)
    calibrator = Calibrator(features, intercept, least_confidence(held_out[strength], right))
    bins = reliability(held_out[strength], right)
    return Fit(
        calibrator,
        len(lines),
        sum(right),
        strength,
        expected_error(bins),
        float(roc_auc_score(right, held_out[strength])),
        bins,
    )


def _model(strength: float):
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def least_confidence(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Return the bound below which hardly an answer is right."""
    least = 0.0
    for steps in range(1, round(1 / STEP)):
        below = [truth for one, truth in zip(confidences, right, strict=True) if one < steps * STEP]
        if below and fmean(below) > RIGHT_BELOW:
            break
        least = round(steps * STEP, 2)
    return least


# Of the drawing, in pixels.
SIDE, MARGIN = 320, 50


def diagram(bins: Sequence[Bin]) -> str:
    """Return a reliability diagram as SVG: accuracy over confidence, one dot a bin."""

    def place(confidence: float, accuracy: float) -> tuple[float, float]:
        return MARGIN + SIDE * confidence, MARGIN + SIDE * (1 - accuracy)

    size = SIDE + 2 * MARGIN
    (left, bottom), (right, top) = place(0, 0), place(1, 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
        'font-family="sans-serif" font-size="12" text-anchor="middle">',
        f'<rect width="{size}" height="{size}" fill="white"/>',
        f'<rect x="{left}" y="{top}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>',
        f'<line x1="{left}" y1="{bottom}" x2="{right}" y2="{top}" stroke="#888" '
        'stroke-dasharray="4"/>',
        f'<text x="{size / 2}" y="{size - 12}">confidence</text>',
        f'<text x="14" y="{size / 2}" transform="rotate(-90 14 {size / 2})">accuracy</text>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = place(tick, tick)
        parts.append(f'<text x="{x}" y="{bottom + 16}">{tick:g}</text>')
        parts.append(f'<text x="{left - 18}" y="{y + 4}">{tick:g}</text>')
    for one in bins:
        x, y = place(one.confidence, one.accuracy)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#1f77b4"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"
