"""The memory of a recommender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mome.closed_set.memory import ClosedSetMemory
from mome.memory.routing.router import Route, Words


class BasketMemory(ClosedSetMemory):
    """A memory whose facts are (some items -> the item that completed them)."""

    # The same items. On folds of the Groceries baskets, what completed a similar basket is no
    # better guess than the base's.
    own_threshold = 0.999

    def route(self, questions: Sequence[str], words: Words | None = None) -> Route:
        """Return each basket's experts; an empty one has none."""
        route = super().route(questions, words)
        return replace(route, hit=route.hit & self._states(questions).any(1))
