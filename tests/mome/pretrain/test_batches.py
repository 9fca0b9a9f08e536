"""Batches drawn from examples: the same for a seed, with the labels that tuning uses."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest
import torch

from mome.backbones.bundled.tokens import END, NONE
from mome.backbones.loading import load
from mome.errors import BackboneError
from mome.pretrain.batches import Batches
from mome.pretrain.examples import Example


def test_batches_are_the_same_for_a_seed_and_differ_between_seeds(batches: Batches) -> None:
    first, again, other = (list(islice(batches(seed), 6)) for seed in (0, 0, 1))
    for batch, same in zip(first, again, strict=True):
        assert all(torch.equal(batch[name], same[name]) for name in batch)
    equal = [
        torch.equal(batch["labels"], different["labels"])
        for batch, different in zip(first, other, strict=True)
    ]
    assert not all(equal)


def test_labels_are_those_on_which_the_backbone_trains_facts(
    batches: Batches, by_question: dict[str, Example], bundled_folder: Path
) -> None:
    backbone = load(str(bundled_folder))
    example = by_question["Who works in Basel?"]
    prompt = backbone.prepare(example.draw(None).slice_, example.linker)
    sql = (
        "SELECT staff.name FROM staff JOIN shop ON staff.shop_id = shop.shop_id "
        "WHERE shop.city = 'Basel'"
    )
    batch = backbone.batch([prompt], [sql])
    _, ids = batches.row(example, None)
    assert batch.tensors["labels"].tolist() == [ids]


def test_some_questions_are_made_unanswerable(batches: Batches, examples: list[Example]) -> None:
    rng = random.Random(0)
    rows = [batches.row(example, rng) for _ in range(100) for example in examples]
    unanswerable = [row for row in rows if row and row[1] == [NONE, END]]
    assert 0.02 < len(unanswerable) / len(rows) < 0.12


def test_no_examples_are_refused(bundled_folder: Path) -> None:
    with pytest.raises(BackboneError, match="no question to learn from"):
        Batches([], bundled_folder, batch=32)
