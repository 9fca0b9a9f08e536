"""Values fit their role."""

from __future__ import annotations

import random

from mome.pretrain.business.values import VALUES, person


def test_numbers_lie_within_their_bounds() -> None:
    rng = random.Random(0)
    for _ in range(100):
        assert 5 <= float(str(VALUES["money"](rng, ("5", "900")))) <= 900
        assert VALUES["count"](rng, ("1", "3")) in (1, 2, 3)
        assert float(str(VALUES["hours"](rng, ("0.5", "9")))) % 0.5 == 0


def test_discounts_are_often_nothing() -> None:
    rng = random.Random(0)
    given = [VALUES["money"](rng, ("0", "90")) for _ in range(100)]
    assert 20 < given.count(0.0) < 60


def test_people_have_two_names() -> None:
    assert len(person(random.Random(0)).split()) == 2
