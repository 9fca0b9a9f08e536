"""Rows drawn ahead: batches of any size hold what was drawn, and a file keeps them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
import torch

from mome.pretrain.command import read_database
from mome.pretrain.corpus import spider_examples
from mome.pretrain.rows import Row, Rows
from mome.pretrain.train import Batches, TrainConfig


@pytest.fixture(scope="module")
def batches(data: Path, bundled_folder: Path) -> Batches:
    """Batches of two, for a tiny model."""
    return Batches(
        spider_examples(data, ["train"], read_database),
        bundled_folder,
        TrainConfig(minutes=1, batch=2),
    )


@pytest.fixture(scope="module")
def drawn(batches: Batches) -> list[Row]:
    """Return nine rows of different lengths."""
    return list(islice(batches.rows(3), 9))


@pytest.mark.parametrize("batch", [1, 2, 4, 20])
def test_every_row_once_is_what_was_drawn(batches: Batches, drawn: list[Row], batch: int) -> None:
    found = list(Rows.drawn(drawn, batch).once())
    assert [len(part["labels"]) for part in found] == [
        len(drawn[i : i + batch]) for i in range(0, len(drawn), batch)
    ]
    for part, start in zip(found, range(0, len(drawn), batch), strict=True):
        expected = batches.collate(drawn[start : start + batch])
        assert part.keys() == expected.keys()
        assert all(torch.equal(part[name], expected[name]) for name in expected)


def test_a_round_holds_every_row(drawn: list[Row]) -> None:
    rows = Rows.drawn(drawn, 4)
    labels = [
        tuple(t for t in row if t != -100)
        for part in islice(rows(0), 3)
        for row in part["labels"].tolist()
    ]
    assert sorted(labels) == sorted(tuple(ids) for _, ids in drawn)
    again = next(rows(0))["input_ids"]
    assert torch.equal(next(rows(0))["input_ids"], again)


def test_a_file_keeps_them(drawn: list[Row], tmp_path: Path) -> None:
    rows = Rows.drawn(drawn, 4)
    rows.save(tmp_path / "rows.safetensors")
    kept = Rows.load(tmp_path / "rows.safetensors", 4)
    assert len(kept) == len(rows) == 9
    assert all(
        torch.equal(a[name], b[name])
        for a, b in zip(rows.once(), kept.once(), strict=True)
        for name in a
    )
