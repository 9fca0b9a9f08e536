"""The memory of a classifier: as `Memory`, but texts are compared by their queries alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from mome.memory.memory import Memory
from mome.memory.routing.router import Route, Words, find_route

OWN_THRESHOLD = 0.97
"""Least cosine to a known text from which that text's own experts act: the same text, or nearly.
Other texts are labelled by the shared experts, which generalise better.
"""


class LabelMemory(Memory):
    """A memory whose facts are (text -> label)."""

    def route(self, questions: Sequence[str], words: Words | None = None) -> Route:
        """Return each text's experts. The shared experts act on all texts: whether one is too far
        from what was learnt says the confidence.
        """
        # No comparison of words: names, values and numbers of a database decide there.
        route = find_route(
            self.router,
            self.queries(questions),
            self.known,
            self._of_facts().anchors,
            top_k=self.config.top_k,
            temperature=self.config.temperature,
        )
        return replace(route, hit=route.score >= OWN_THRESHOLD, near=torch.ones_like(route.near))


class NoWords:
    """`Words` that explain everything, so that no word of a text counts as foreign."""

    def unexplained(self, question: str) -> frozenset[str]:
        """Return nothing."""
        return frozenset()

    def named(self, question: str) -> frozenset[str]:
        """Return nothing."""
        return frozenset()

    def valued(self, question: str) -> frozenset[str]:
        """Return nothing."""
        return frozenset()
