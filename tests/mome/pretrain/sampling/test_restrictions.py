"""Restrictions say their value, number or period in every wording."""

from __future__ import annotations

import re

from mome.pretrain.sampling import restrictions
from mome.pretrain.sampling.restrictions import Restriction
from mome.pretrain.sampling.scene import Scene

NUMBER = 200
"""Number of restrictions that are drawn for a test."""


def test_every_wording_says_the_stored_value(scene: Scene) -> None:
    for found in _drawn(scene, restrictions.on_value):
        (value,) = re.findall(r"'([^']*)'|(?<=[=>] )(\d+)$", found.form)
        for wording in found.wordings:
            assert "".join(value) in wording or "member" in wording


def test_every_wording_says_the_number(scene: Scene) -> None:
    for found in _drawn(scene, restrictions.on_number):
        for number in re.findall(r"\b\d[\d.]*", found.form):
            assert all(number in wording for wording in found.wordings)


def test_negations_are_said(scene: Scene) -> None:
    negated = [one for one in _drawn(scene, restrictions.on_value) if "<>" in one.form]
    assert negated
    for found in negated:
        for wording in found.wordings:
            assert re.search(r"\bnot\b|other than|different|outside", wording)


def test_a_missing_date_is_what_has_not_happened(scene: Scene) -> None:
    wordings = set()
    for found in _drawn(scene, restrictions.on_missing):
        if found.form == 'EMPTY("orders"."shipped_date")':
            wordings.update(found.wordings)
    assert {"not shipped yet", "without a shipping date"} <= wordings


def _drawn(scene: Scene, kind) -> list[Restriction]:
    drawn = [kind(scene, scene.rng.choice(scene.subjects)) for _ in range(NUMBER)]
    return [one for one in drawn if one is not None]
