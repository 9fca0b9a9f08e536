"""A memory with a closed set of answers: as `Memory`, but questions are compared by their queries
alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from mome.memory.memory import Memory
from mome.memory.routing.router import Route, Words, find_route


class ClosedSetMemory(Memory):
    """A memory whose facts are (question -> one of a set of answers)."""

    has_threshold = False
    own_threshold = 1.0
    """Least cosine to a known question from which that one's own experts act; subclasses set it."""

    def route(self, questions: Sequence[str], words: Words | None = None) -> Route:
        """Return each question's experts. The shared experts act on all questions."""
        # No comparison of words: names, values and numbers of a database decide there.
        route = find_route(
            self.router,
            self.queries(questions),
            self.known,
            self._of_facts().anchors,
            top_k=self.config.top_k,
            temperature=self.config.temperature,
        )
        hit = route.score >= self.own_threshold
        return replace(route, hit=hit, near=torch.ones_like(route.near))


class NoWords:
    """`Words` that explain everything, so that no word of a question counts as foreign."""

    def unexplained(self, question: str) -> frozenset[str]:
        """Return nothing."""
        return frozenset()

    def named(self, question: str) -> frozenset[str]:
        """Return nothing."""
        return frozenset()

    def valued(self, question: str) -> frozenset[str]:
        """Return nothing."""
        return frozenset()
