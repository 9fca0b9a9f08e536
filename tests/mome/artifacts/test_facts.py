"""A manifest line gives the fact back."""

from __future__ import annotations

import json

import pytest

from mome.memory import MemoryFact


def test_a_line_gives_the_fact_back() -> None:
    fact = MemoryFact(
        "f1", "glossary", ("how many?", "wie viele?"), "SELECT 'é'", ("t", "t.c"), (3, 2**23)
    )
    assert MemoryFact.from_dict(json.loads(json.dumps(fact.to_dict()))) == fact


def test_a_line_without_a_field_is_none() -> None:
    with pytest.raises(KeyError):
        MemoryFact.from_dict({"id": "f1"})
