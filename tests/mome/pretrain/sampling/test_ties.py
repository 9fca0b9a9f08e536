"""Verbs of a self reference are negated as people do."""

from __future__ import annotations

import pytest

from mome.pretrain.sampling.role_words import Verb
from mome.pretrain.sampling.ties import negated


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (("report to", "reports to", "report to"), "do not report to"),
        (("recommended", "recommended", "recommend"), "did not recommend"),
        (("were invited by", "was invited by", "be invited by"), "were not invited by"),
    ],
)
def test_a_verb_is_negated(verb: Verb, said: str) -> None:
    assert negated(verb) == said
