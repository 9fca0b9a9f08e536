"""Missing values are asked for in people's words, also where none is missing."""

from __future__ import annotations

import re

from mome.pretrain.sampling import empties
from mome.pretrain.sampling.sample import SampleFamily, Sampler
from mome.pretrain.sampling.scene import Scene

_MISSING = re.compile(r"\b(no|not|nor|without|missing|unknown|blank|empty|never)\b", re.IGNORECASE)


def test_percentage_without_a_value_by_group(scene: Scene) -> None:
    form = "SELECT customer.country, PERCENT(EMPTY(customer.email)) GROUP BY customer.country"
    draft = _drawn(scene, empties.percent_missing, form)
    assert "country" in draft.question
    rows = dict(scene.rows(draft.form))
    assert rows == {"France": 100, "Spain": 0, "Italy": 0}


def test_neither_of_two_values(scene: Scene) -> None:
    form = "SELECT orders.id WHERE EMPTY(orders.shipped_date) AND EMPTY(orders.discount)"
    draft = _drawn(scene, empties.rows_with_missing, form)
    assert scene.rows(draft.form) == []
    assert Sampler(scene).draw(lambda _: draft) is not None


def test_every_question_about_empty_values_says_so(scene: Scene) -> None:
    drafts = [empties.rows_with_missing(scene) for _ in range(200)]
    asked = [one for one in drafts if one is not None and "EMPTY" in one.form]
    unsaid = [one.question for one in asked if not _MISSING.search(one.question)]
    assert asked
    # One of the words may be hit by a typing error.
    assert len(unsaid) <= len(asked) * 0.02, unsaid


def _drawn(scene: Scene, family: SampleFamily, form: str):
    for _ in range(4000):
        draft = family(scene)
        if draft is not None and draft.form.replace('"', "").replace(" FROM customer", "") == form:
            return draft
    raise AssertionError(f"{form} was not drawn")
