"""Phrases that may mean the same, by the bundled model's states."""

from __future__ import annotations

import pytest

from mome.answering.likeness import likeness
from mome.answering.unmet_phrases import Alike
from mome.backbones.base import Backbone
from mome.backbones.loading import load


@pytest.fixture(scope="module")
def alike() -> Alike:
    found = likeness(load("bundled"))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("phrase", "name"),
    [("nationality", "country"), ("seats", "capacity"), ("incomes", "earnings"), ("town", "city")],
)
def test_synonyms_are_alike(alike: Alike, phrase: str, name: str) -> None:
    assert alike(phrase, name)


@pytest.mark.parametrize(
    ("phrase", "name"),
    [("weight", "pet age"), ("capacity", "highest"), ("citizenship", "birth year")],
)
def test_other_columns_are_not(alike: Alike, phrase: str, name: str) -> None:
    assert not alike(phrase, name)


def test_of_another_model_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    backbone = load("bundled")
    monkeypatch.setattr(backbone, "alike", Backbone.alike)
    assert likeness(backbone) is None
