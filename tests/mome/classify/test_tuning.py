"""A memory follows its file: new examples, lost labels, what was learnt one by one; and Ctrl-C or a
bad file leaves the one that is there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mome.classify.changes import forget, learn
from mome.classify.classifier import Classifier
from mome.classify.examples import ExampleSet, LabelledText, LabelTune
from mome.classify.tuning import LabelResult, tune_labels
from mome.errors import MemoryError_, TableError
from mome.reporting import Reporter

pytestmark = pytest.mark.usefixtures("few_strange")

QUIET = Reporter()


def tune(folder: Path, rows: list[tuple[str, str]], **options: object) -> LabelResult:
    """Tune the memory in the folder on these rows."""
    examples = tuple(LabelledText(*row, number) for number, row in enumerate(rows, 1))
    given = ExampleSet(examples, tuple(sorted({label for _, label in rows})))
    return tune_labels(LabelTune(folder / "x.csv", folder, **options), QUIET, lambda _: given)


def answers(folder: Path, rows: list[tuple[str, str]]) -> list[str]:
    return [answer.guess for answer in Classifier.load(folder).many([text for text, _ in rows])]


def version(folder: Path) -> str:
    return (folder / "current").resolve().name


class Interrupts(Reporter):
    """Ctrl-C where a stage begins, or at its first step."""

    def __init__(self, stage: str, *, at_step: bool = False) -> None:
        self._stage, self._at_step, self._on = stage, at_step, False

    def stage(self, name: str) -> None:
        self._on = name == self._stage
        if self._on and not self._at_step:
            raise KeyboardInterrupt

    def progress(self, done: int, total: int, label: str) -> None:
        if self._on:
            raise KeyboardInterrupt


def test_nothing_to_do(own_memory: Path, rows: list[tuple[str, str]]) -> None:
    before = version(own_memory)
    result = tune(own_memory, rows[::-1])
    assert (result.changed, result.labels, result.report.recalled) == (False, 3, 12)
    assert version(own_memory) == before


def test_a_few_new_rows_are_trained_alone(own_memory: Path, rows: list[tuple[str, str]]) -> None:
    learn(own_memory, "The box came empty", "complaint", QUIET)
    forget(own_memory, rows[0][0], QUIET)
    head = Classifier.load(own_memory)._known.labels.head
    changed = [*rows[:-1], ("Delete my account", "account"), (rows[-1][0], "refund")]
    result = tune(own_memory, changed)
    # Twelve rows of the file and the learnt one, without the forgotten one.
    assert (result.labels, len(result.report.facts), result.report.recalled) == (4, 13, 13)
    wanted = [*changed[1:], ("The box came empty", "complaint")]
    assert answers(own_memory, wanted) == [label for _, label in wanted]
    after = Classifier.load(own_memory)
    assert after._known.labels.head.projection.equal(head.projection)
    assert after(rows[0][0]).nearest != rows[0][0]


def test_many_new_rows_make_it_anew_and_keep_what_was_learnt(
    own_memory: Path, rows: list[tuple[str, str]]
) -> None:
    learn(own_memory, "The box came empty", "complaint", QUIET)
    forget(own_memory, rows[0][0], QUIET)
    head = Classifier.load(own_memory)._known.labels.head
    other = [
        (f"Is the {thing} in stock?", "stock") for thing in ("car", "hat", "tent", "bag", "cup")
    ]
    wanted = [*rows[1:], *other, ("The box came empty", "complaint")]
    result = tune(own_memory, [*rows, *other])
    assert (result.labels, len(result.report.facts)) == (5, len(wanted))
    assert answers(own_memory, wanted) == [label for _, label in wanted]
    assert not Classifier.load(own_memory)._known.labels.head.projection.equal(head.projection)
    # Forgotten still after a second one.
    assert not tune(own_memory, [*rows, *other]).changed


def test_a_label_without_rows_leaves_the_set(own_memory: Path, rows: list[tuple[str, str]]) -> None:
    left = [row for row in rows if row[1] != "refund"]
    assert tune(own_memory, left).labels == 2
    assert Classifier.load(own_memory).labels == ("account", "delivery")
    assert answers(own_memory, left) == [label for _, label in left]


def test_one_row_that_cannot_be_memorised_does_not_stop_the_others(
    own_memory: Path, rows: list[tuple[str, str]]
) -> None:
    """Its word pieces are those of a known text, which has another label."""
    result = tune(own_memory, [*rows, ("WHERE IS MY PACKAGE?", "refund"), ("Cash, now", "refund")])
    missed = {fact.wordings[0].question for fact in result.report.missed}
    assert missed and missed <= {"WHERE IS MY PACKAGE?", "Where is my package?"}
    assert Classifier.load(own_memory)("Cash, now").guess == "refund"


@pytest.mark.parametrize(
    ("stage", "at_step"), [("Measuring on held-out examples", False), ("Memorising", True)]
)
def test_ctrl_c_leaves_the_memory(
    own_memory: Path, rows: list[tuple[str, str]], stage: str, at_step: bool
) -> None:
    before = version(own_memory), sorted(path.name for path in own_memory.rglob("*"))
    given = ExampleSet(
        tuple(LabelledText(f"{text} again", label, 1) for text, label in rows),
        ("account", "delivery", "refund"),
    )
    request = LabelTune(own_memory / "x.csv", own_memory)
    with pytest.raises(KeyboardInterrupt):
        tune_labels(request, Interrupts(stage, at_step=at_step), lambda _: given)
    assert before == (version(own_memory), sorted(path.name for path in own_memory.rglob("*")))
    assert answers(own_memory, rows) == [label for _, label in rows]
    # It is not locked either.
    assert not tune(own_memory, rows).changed


def test_a_bad_file_leaves_the_memory(own_memory: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("text,label\nhello,a\n", "utf-8")
    before = version(own_memory)
    with pytest.raises(TableError, match="one label only"):
        tune_labels(LabelTune(path, own_memory), QUIET)
    assert version(own_memory) == before


def test_a_damaged_memory_is_made_anew_and_two_texts_of_two_labels_are_enough(
    own_memory: Path,
) -> None:
    (own_memory / "current" / "labels.safetensors").write_bytes(b"nothing")
    rows = [("yes please", "yes"), ("no thanks", "no")]
    result = tune(own_memory, rows)
    assert (result.changed, result.labels, result.report.recalled) == (True, 2, 2)
    assert "is damaged" in result.warning
    assert "it is made anew from the examples alone" in result.warning
    assert answers(own_memory, rows) == ["yes", "no"]


def test_a_memory_of_a_database_is_refused(own_memory: Path, rows: list[tuple[str, str]]) -> None:
    (own_memory / "current" / "labels.json").unlink()
    with pytest.raises(MemoryError_, match="has no labels; make one of labels"):
        tune(own_memory, rows)
