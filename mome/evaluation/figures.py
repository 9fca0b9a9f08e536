"""The figures of an examination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from mome.calibration.reliability import expected_error, reliability
from mome.evaluation.exam import Graded, of_kind
from mome.evaluation.grading import Grade
from mome.evaluation.shares import Proportion


@dataclass(frozen=True)
class Figures:
    """The result of an examination."""

    shares: dict[str, Proportion]
    """By the names of `MEANING`."""
    calibration_error: float | None
    """Expected calibration error of the answers; None if none was given."""
    p50_ms: float
    p95_ms: float
    graded: tuple[Graded, ...]
    problems: tuple[str, ...]
    """Facts that are not recalled and questions that cannot be used."""

    @property
    def failed(self) -> list[str]:
        """The questions that are not right, one line each."""
        return [one.line() for one in self.graded if not one.is_good]

    def to_dict(self) -> dict:
        """Return the figures for --json."""
        error = self.calibration_error
        return {
            **{name: share.to_dict() for name, share in self.shares.items()},
            "calibration_error": None if error is None else round(error, 4),
            "p50_ms": round(self.p50_ms, 1),
            "p95_ms": round(self.p95_ms, 1),
            "grades": dict(Counter(str(one.grade) for one in self.graded)),
            "questions": [
                {**asdict(one.asked), "grade": str(one.grade), "answer": one.answer,
                 "confidence": round(one.confidence, 4)}
                for one in self.graded
            ],
            "problems": list(self.problems),
        }  # fmt: skip

    def lines(self) -> list[str]:
        """Return the lines for the terminal."""
        shown = [f"{name:10} {share}" for name, share in self.shares.items() if share.of]
        if self.calibration_error is not None:
            shown.append(f"{'calibration':10} error {self.calibration_error:.3f}")
            shown.append(f"{'latency':10} {self.p50_ms:.0f} ms; 95% within {self.p95_ms:.0f} ms")
        return shown

    def below(self, least: Iterable[tuple[str, float]]) -> list[str]:
        """Return a line for each share that is below its bound, or that nothing was asked for."""
        found = []
        for name, bound in least:
            share = self.shares[name].share
            if share is None:
                found.append(f"{name}: nothing was asked, and at least {bound:g} is wanted")
            elif share < bound:
                found.append(f"{name}: {share:.4f}, and at least {bound:g} is wanted")
        return found


def figures(
    recalled: Proportion,
    verified: Proportion,
    graded: Sequence[Graded],
    problems: Sequence[str],
) -> Figures:
    """Return the figures of graded questions and of a memory's recall."""
    own = [one for one in of_kind(graded, "own") if one.asked.sql is not None]
    impossible = [one for one in graded if one.asked.sql is None]
    near = list(of_kind(graded, "near"))
    answered = [one for one in graded if one.is_answered]
    spent = sorted(one.milliseconds for one in graded)
    return Figures(
        {
            "recall": recalled,
            "verified": verified,
            "reworded": _good(of_kind(graded, "reworded")),
            "locality": Proportion(sum(_is_local(one) for one in near), len(near)),
            "refused": _good(impossible),
            "accuracy": _good(own),
            "precision": _good(one for one in own if one.is_answered),
        },
        _calibration_error(answered),
        spent[len(spent) // 2] if spent else 0.0,
        spent[int(len(spent) * 0.95)] if spent else 0.0,
        tuple(graded),
        tuple(problems),
    )


def _good(graded: Iterable[Graded]) -> Proportion:
    found = [one.is_good for one in graded]
    return Proportion(sum(found), len(found))


def _calibration_error(answered: Sequence[Graded]) -> float | None:
    if not answered:
        return None
    confidences = [one.confidence for one in answered]
    right = [one.grade == Grade.RIGHT for one in answered]
    return expected_error(reliability(confidences, right))


def _is_local(one: Graded) -> bool:
    """Return whether a near question is answered right or not at all."""
    return one.is_good or not one.is_answered
