"""One example is learnt or forgotten: the others keep their labels, and nothing is half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from mome.classify import changes
from mome.classify.changes import forget, learn
from mome.classify.classifier import Classifier
from mome.classify.known_labels import KnownLabels, example_id
from mome.closed_set import memorise
from mome.errors import MemoryError_, NoMemory, TableError
from mome.memory import RecallReport
from mome.reporting import Reporter

QUIET = Reporter()


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def test_a_new_label_is_learnt_and_no_other_text_falls_to_it(
    own_memory: Path, rows: list[tuple[str, str]]
) -> None:
    change = learn(own_memory, " The box came empty ", "complaint", QUIET)
    assert (change.new_label, change.known, change.replaced) == (True, False, None)
    classifier = Classifier.load(own_memory)
    assert classifier.labels == ("account", "delivery", "refund", "complaint")
    assert classifier("The box came empty").guess == "complaint"
    assert [classifier(text).guess for text, _ in rows] == [label for _, label in rows]

    again = learn(own_memory, "The box came empty", "complaint", QUIET)
    assert again.known
    second = learn(own_memory, "Half of the order was missing", "complaint", QUIET)
    assert not second.new_label

    gone = forget(own_memory, change.fact.id, QUIET)
    assert gone.fact.wordings == ("The box came empty",)
    assert "complaint" in Classifier.load(own_memory).labels
    forget(own_memory, "Half of the order was missing", QUIET)
    after = Classifier.load(own_memory)
    assert after.labels == ("account", "delivery", "refund")
    assert after("The box came empty").nearest != "The box came empty"


def test_a_text_that_no_label_fits_abstains(own_memory: Path) -> None:
    text = "Do you like jazz?"
    learn(own_memory, text, "", QUIET)
    answer = Classifier.load(own_memory, least=0.0)(text)
    assert (answer.label, answer.guess, answer.abstained) == (None, "", True)


def test_another_label_replaces_the_first_one_only_when_asked(
    own_memory: Path, rows: list[tuple[str, str]]
) -> None:
    text, label = rows[0]
    before = content(own_memory)
    with pytest.raises(TableError, match="knows this text as 'delivery'; give --later-wins"):
        learn(own_memory, text, "refund", QUIET)
    assert content(own_memory) == before
    change = learn(own_memory, text, "refund", QUIET, later_wins=True)
    assert (change.replaced, change.new_label) == (label, False)
    classifier = Classifier.load(own_memory)
    assert [classifier(said).guess for said, _ in rows] == ["refund", *(of for _, of in rows[1:])]


@pytest.mark.parametrize(
    ("text", "label", "told"),
    [
        ("  ", "refund", "there is no text to learn"),
        ("Money!", "Refund", "differ in case or spaces only, 'Refund' and 'refund'"),
    ],
)
def test_what_a_file_may_not_hold_is_not_learnt(
    own_memory: Path, text: str, label: str, told: str
) -> None:
    before = content(own_memory)
    with pytest.raises(TableError, match=told):
        learn(own_memory, text, label, QUIET)
    assert content(own_memory) == before


@pytest.mark.parametrize("text", ["WHERE IS MY PACKAGE?", "Where is my p\u00e4ckage?"])
def test_what_cannot_be_memorised_leaves_the_memory(own_memory: Path, text: str) -> None:
    """Its word pieces are those of a known text, which has another label."""
    before = content(own_memory)
    with pytest.raises(MemoryError_, match="cannot be memorised, and nothing was changed; W"):
        learn(own_memory, text, "refund", QUIET)
    assert content(own_memory) == before


def test_forgetting_leaves_two_labels(own_memory: Path, rows: list[tuple[str, str]]) -> None:
    with pytest.raises(MemoryError_, match="has no example of mine"):
        forget(own_memory, "of mine", QUIET)
    for text, label in rows:
        if label == "refund":
            forget(own_memory, text, QUIET)
    for text, label in rows:
        if label == "account" and text != "Please close my account":
            forget(own_memory, text, QUIET)
    before = content(own_memory)
    with pytest.raises(MemoryError_, match="fewer than two labels would be left"):
        forget(own_memory, "Please close my account", QUIET)
    assert content(own_memory) == before
    assert KnownLabels.load(own_memory).labels.forgotten == {
        example_id(text)
        for text, label in rows
        if label != "delivery" and text != "Please close my account"
    }


def test_no_memory(tmp_path: Path) -> None:
    with pytest.raises(NoMemory):
        learn(tmp_path / "none", "a", "b", QUIET)
    assert not (tmp_path / "none" / "current").exists()


def test_only_texts_near_a_new_label_are_asked_again(
    own_memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[set[str]] = []

    def noted(*_: object, kept_: object = None, **options: object) -> RecallReport:
        kept.append(set(options["kept"]))
        raise KeyboardInterrupt

    monkeypatch.setattr(memorise, "tune", noted)
    monkeypatch.setattr(changes, "NEIGHBOURS", 2)
    with pytest.raises(KeyboardInterrupt):
        learn(own_memory, "Where is my dog?", "pets", QUIET)
    assert len(kept[0]) == 10 and example_id("Where is my package?") not in kept[0]
