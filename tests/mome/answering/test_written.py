"""What people's own queries hold, and that it needs no words of a question."""

from __future__ import annotations

from unasked_parts import CATALOG

from mome.answering.unasked import unasked
from mome.answering.written import learned
from mome.artifacts.facts import MemoryFact
from mome.sql_tree import parsed


def test_what_people_wrote_into_their_own_queries_needs_no_words() -> None:
    large = "SELECT CASE WHEN price > 500 THEN 'top end' END FROM item WHERE weight IS NULL"
    facts = [
        MemoryFact("a", "glossary", ("large items",), large),
        MemoryFact("b", "top_rows", ("the dearest items",), "SELECT id FROM item LIMIT 20"),
    ]
    known = learned(facts)
    assert known == {"500", "top end", "weight"}
    tree = parsed(large, "sqlite")
    assert unasked("large items by maker", tree, CATALOG, None, known) == []
    assert unasked("large items by maker", tree, CATALOG) == [
        "the question says nothing of the number 500",
        "the question says nothing of missing values of weight",
        "the question says nothing of the label 'top end'",
    ]
