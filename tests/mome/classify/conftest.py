"""A memory of support tickets, made once, and the encoder, which takes a second to read."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mome.classify.backbone import LabelBackbone
from mome.classify.examples import LabelledText, LabelTune
from mome.classify.tuning import tune_labels
from mome.reporting import Reporter

TICKETS = (
    ("My parcel has not arrived yet", "delivery"),
    ("Where is my package?", "delivery"),
    ("The courier never came to my door", "delivery"),
    ("When will my order be delivered?", "delivery"),
    ("I want my money back", "refund"),
    ("Please refund the last payment", "refund"),
    ("How do I return these shoes for a refund?", "refund"),
    ("You charged me twice and I need the money back", "refund"),
    ("I cannot log in to my account", "account"),
    ("My password does not work any more", "account"),
    ("How do I change my email address?", "account"),
    ("Please close my account", "account"),
)


def write_csv(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


@pytest.fixture(scope="session")
def rows() -> list[tuple[str, str]]:
    """Texts with their labels."""
    return list(TICKETS)


@pytest.fixture(scope="session")
def examples() -> list[LabelledText]:
    """The same as examples."""
    return [LabelledText(text, label, row) for row, (text, label) in enumerate(TICKETS, 1)]


@pytest.fixture(scope="session")
def shared_tickets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a memory of the rows, which no test may change."""
    folder = tmp_path_factory.mktemp("labels")
    examples = write_csv(folder / "tickets.csv", list(TICKETS))
    result = tune_labels(LabelTune(examples, folder / "memory"), Reporter())
    assert (result.labels, result.changed, result.warning) == (3, True, "")
    assert (result.report.recalled, len(result.report.facts)) == (12, 12)
    return folder / "memory"


@pytest.fixture
def own_memory(shared_tickets: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return shutil.copytree(shared_tickets, tmp_path / "memory", symlinks=True)


@pytest.fixture(scope="module")
def backbone() -> Iterator[LabelBackbone]:
    """An encoder without labels, to give some."""
    yield LabelBackbone()
