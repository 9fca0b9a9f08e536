"""Routing: a known text's own experts act on it alone, and shared ones on all texts."""

from __future__ import annotations

from pathlib import Path

from mome.classify.known_labels import KnownLabels
from mome.closed_set.memory import NoWords


def test_a_known_text_has_its_own_experts(shared_tickets: Path) -> None:
    memory = KnownLabels.load(shared_tickets).memory
    texts = ["Where is my package?", "where is my package", "Where is my money?", "Is it raining?"]
    route = memory.route(texts)
    # The encoder reads no capitals.
    assert route.hit.tolist()[0] is True
    assert route.hit.tolist()[2:] == [False, False]
    assert route.near.all()
    assert float(route.score[0]) > float(route.score[2]) > float(route.score[3])


def test_no_word_of_a_text_is_foreign() -> None:
    words = NoWords()
    assert words.unexplained("Zyzzyva 7?") == words.named("x") == words.valued("7") == frozenset()
