"""Grades, shares and figures of an examination."""

from __future__ import annotations

import pytest

from mome.evaluation.evaluate import Examination, changes
from mome.evaluation.exam import Graded
from mome.evaluation.figures import figures
from mome.evaluation.grading import Grade, grade
from mome.evaluation.page import page
from mome.evaluation.questions import ExamQuestion
from mome.evaluation.shares import Proportion

ROWS = [(1, "a", 2.5), (2, "b", 3.5), (3, "c", 3.5)]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (ROWS, Grade.RIGHT),
        ([(name, number, value) for number, name, value in ROWS], Grade.RIGHT),
        (ROWS[::-1], Grade.OTHER_ORDER),
        ([], Grade.EMPTY),
        (ROWS[:2], Grade.MISSING_ROWS),
        ([*ROWS, (4, "d", 0.5)], Grade.EXTRA_ROWS),
        ([(number, name) for number, name, _ in ROWS], Grade.MISSING_COLUMNS),
        ([("x", *row) for row in ROWS], Grade.EXTRA_COLUMNS),
        ([("x", "y", *row) for row in ROWS[::-1]], Grade.EXTRA_COLUMNS),
        ([(1, "a", 9.0), (2, "b", 3.5), (3, "c", 3.5)], Grade.OTHER_VALUES),
        ([("x", "y")], Grade.OTHER_VALUES),
    ],
)
def test_a_grade_says_in_what_rows_differ(found: list[tuple], wanted: Grade) -> None:
    assert grade(ROWS, found, ordered=True) == wanted


def test_rows_of_a_query_without_an_order_come_in_any() -> None:
    assert grade(ROWS, ROWS[::-1], ordered=False) == Grade.RIGHT
    assert grade([], [(1,)], ordered=False) == Grade.EXTRA_ROWS


def test_the_interval_of_a_share_is_wilsons() -> None:
    # As scipy.stats.binomtest(45, 50).proportion_ci(method="wilson") gives it.
    low, high = Proportion(45, 50).interval or (0, 0)
    assert (low, high) == (pytest.approx(0.7864, abs=1e-4), pytest.approx(0.9565, abs=1e-4))
    assert Proportion(3, 3).interval == (pytest.approx(0.4385, abs=1e-4), 1.0)
    assert Proportion(0, 0).share is None and str(Proportion(0, 0)) == "none asked"
    assert str(Proportion(45, 50)) == "45 of 50 (90.0%; 95% interval 79 to 96%)"


def graded(
    kind: str, found: Grade, sql: str | None = "SELECT 1", confidence: float = 0.8, spent: float = 5
) -> Graded:
    return Graded(
        ExamQuestion(kind, f"{kind} {found}?", sql, "f, line 1"),
        found,
        "SELECT 2",
        confidence,
        spent,
    )


GRADED = [
    graded("own", Grade.RIGHT, spent=10),
    graded("own", Grade.MISSING_ROWS, confidence=0.4),
    graded("own", Grade.REFUSED),
    graded("own", Grade.AMBIGUOUS),
    graded("own", Grade.INVENTED, None, confidence=0.6),
    graded("unrelated", Grade.RIGHTLY_REFUSED, None),
    graded("near", Grade.RIGHT),
    graded("near", Grade.REFUSED),
    graded("near", Grade.OTHER_VALUES),
    graded("reworded", Grade.EMPTY, confidence=0.2),
]


def test_the_figures_of_graded_questions() -> None:
    found = figures(Proportion(4, 5), Proportion(2, 2), GRADED, ["a line"])
    shares = {name: (share.good, share.of) for name, share in found.shares.items()}
    assert shares == {
        "recall": (4, 5),
        "verified": (2, 2),
        "reworded": (0, 1),
        "locality": (2, 3),
        "refused": (1, 2),
        "accuracy": (1, 4),
        "precision": (1, 2),
    }
    assert len(found.failed) == 7
    assert "f, line 1: own missing rows?: missing rows: SELECT 2" in found.failed
    assert found.below([("recall", 0.8), ("accuracy", 0.3), ("verified", 1.0)]) == [
        "accuracy: 0.2500, and at least 0.3 is wanted"
    ]
    nothing = figures(Proportion(0, 0), Proportion(0, 0), [], [])
    assert nothing.below([("accuracy", 0.0)]) == [
        "accuracy: nothing was asked, and at least 0 is wanted"
    ]
    assert nothing.lines() == [] and nothing.calibration_error is None
    told = found.to_dict()
    assert told["accuracy"]["share"] == 0.25 and told["grades"]["right"] == 2
    # Of 6 answers, bins of one each: |0.8 - 1| x 2 + 0.4 + 0.6 + 0.8 + 0.2 over 6.
    assert told["calibration_error"] == pytest.approx(2.4 / 6, abs=1e-4)


def test_what_got_better_and_worse_is_told_by_question() -> None:
    def one(question: str, found: Grade) -> Graded:
        return Graded(ExamQuestion("own", question, "SELECT 1", ""), found, "SELECT 2", 0.5, 1)

    def of(*found: Graded):
        return figures(Proportion(0, 0), Proportion(0, 0), found, [])

    before = of(one("a", Grade.EMPTY), one("b", Grade.RIGHT), one("c", Grade.EMPTY))
    after = of(
        one("a", Grade.RIGHT),
        one("b", Grade.REFUSED),
        one("c", Grade.FAILED),
        one("d", Grade.RIGHT),
    )
    assert changes(before, after) == (
        ["a: empty -> right: SELECT 2"],
        ["b: right -> refused: SELECT 2"],
    )


def test_the_page_shows_all_and_escapes_it() -> None:
    evil = Graded(
        ExamQuestion("own", "<script>alert(1)</script>", "SELECT 1", ""),
        Grade.EMPTY,
        "a < b",
        0.5,
        1,
    )
    found = figures(Proportion(4, 5), Proportion(2, 2), [evil, *GRADED], ["1 < 2"])
    text = page([Examination("shop & co", found, "0001", ["up"], [])])
    assert "<script>" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "Examination of shop &amp; co" in text and "1 &lt; 2" in text and "a &lt; b" in text
    for part in ("missing rows", "Since version 0001", "<li>up</li>", "<li>nothing</li>"):
        assert part in text
