"""Labels from Python: only labels of the set, abstentions, and the same in any company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mome.classify.classifier import BATCH, Classifier


@pytest.fixture(scope="module")
def classifier(shared_tickets: Path) -> Classifier:
    return Classifier.load(shared_tickets)


def test_labels_are_of_the_set_and_texts_of_the_file(
    classifier: Classifier, rows: list[tuple[str, str]]
) -> None:
    asked = ["give me my money back", "the parcel is late", "let me log in", "7", "日本語", "🙂"]
    for answer in classifier.many(asked):
        assert answer.guess in classifier.labels
        assert answer.label in (None, answer.guess)
        assert answer.abstained == (answer.label is None) == (answer.confidence < 0.5)
        assert answer.nearest in dict(rows)
        assert 0 <= answer.confidence <= 1
    assert [answer.guess for answer in classifier.many(asked)][:3] == [
        "refund",
        "delivery",
        "account",
    ]


@pytest.mark.parametrize("least", [None, 0.0])
def test_nothing_is_said_of_a_text_without_a_word(shared_tickets: Path, least: float) -> None:
    classifier = Classifier.load(shared_tickets, least=least)
    for text in ("", "   ", "\t\n"):
        answer = classifier(text)
        assert (answer.label, answer.confidence, answer.abstained) == (None, 0.0, True)


def test_a_bound_decides_who_abstains(shared_tickets: Path) -> None:
    text = "What is photosynthesis?"
    assert Classifier.load(shared_tickets, least=0.0)(text).label is not None
    assert Classifier.load(shared_tickets, least=1.0)(text).abstained
    assert not Classifier.load(shared_tickets, least=0.9)("Where is my package?").abstained


def test_half_a_surrogate_pair_is_a_text(classifier: Classifier) -> None:
    assert classifier("my \ud83d money").guess in classifier.labels


def test_a_stream_reads_a_batch_at_a_time(classifier: Classifier) -> None:
    read: list[int] = []

    def texts() -> Iterator[str]:
        for number in range(3 * BATCH):
            read.append(number)
            yield f"my money, number {number % 3}\n"

    found = classifier.stream(texts())
    first = next(found)
    assert len(read) == BATCH
    rest = list(found)
    assert len(rest) == 3 * BATCH - 1
    assert rest[2] == first
    # Sums of another number of rows are rounded otherwise.
    alone = classifier("my money, number 0")
    assert (alone.guess, alone.nearest) == (first.guess, first.nearest)
    assert alone.confidence == pytest.approx(first.confidence, abs=1e-3)
    assert classifier.many([]) == []
