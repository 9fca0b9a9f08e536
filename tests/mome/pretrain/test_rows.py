"""Rows drawn ahead: batches of any size hold what was drawn, and a file keeps them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
import torch

from mome.pretrain.batches import Batches
from mome.pretrain.rows import Row, TrainingRows


@pytest.fixture(scope="module")
def drawn(batches: Batches) -> list[Row]:
    """Return nine rows of different lengths."""
    return list(islice(batches.rows(3), 9))


@pytest.mark.parametrize("batch", [1, 2, 4, 20])
def test_once_gives_every_row_as_it_was_drawn(
    batches: Batches, drawn: list[Row], batch: int
) -> None:
    results = list(TrainingRows.drawn(drawn, batch).once())
    parts = [drawn[start : start + batch] for start in range(0, len(drawn), batch)]
    assert [len(result["labels"]) for result in results] == [len(part) for part in parts]
    for result, part in zip(results, parts, strict=True):
        expected = batches.collate(part)
        assert result.keys() == expected.keys()
        assert all(torch.equal(result[name], expected[name]) for name in expected)


def test_an_epoch_holds_every_row(drawn: list[Row]) -> None:
    rows = TrainingRows.drawn(drawn, 4)
    labels = []
    for batch in islice(rows(0), 3):
        for row in batch["labels"].tolist():
            labels.append(tuple(token for token in row if token != -100))
    assert sorted(labels) == sorted(tuple(ids) for _, ids in drawn)
    first, again = next(rows(0)), next(rows(0))
    assert torch.equal(first["input_ids"], again["input_ids"])


def test_a_file_keeps_the_rows(drawn: list[Row], tmp_path: Path) -> None:
    rows = TrainingRows.drawn(drawn, 4)
    rows.save(tmp_path / "rows.safetensors")
    kept = TrainingRows.load(tmp_path / "rows.safetensors", 4)
    assert len(kept) == len(rows) == 9
    for batch, kept_batch in zip(rows.once(), kept.once(), strict=True):
        assert all(torch.equal(batch[name], kept_batch[name]) for name in batch)
