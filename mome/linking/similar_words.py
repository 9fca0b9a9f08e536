"""Find words of names by cosine similarity for words of a question that are in no name: `clients`
of customers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from mome.linking.names import stem

if TYPE_CHECKING:
    from torch import Tensor

Embed = Callable[[Sequence[str]], "Tensor"]
"""Returns unit vectors (n, d) of n words."""
NEAR = 0.34
"""Minimum cosine similarity. `nation` and country have 0.55, `town` and city 0.51, unrelated words
0.1 to 0.3.
"""
MOST = 4
"""Maximum number of words of names that one word of a question may stand for."""


class Meanings:
    """The words of one catalog's names with their vectors. Thread-safe."""

    def __init__(self, embed: Embed, words: Sequence[str]) -> None:
        self._embed, self._words = embed, list(words)
        self._vectors = embed(self._words) if self._words else None
        # A cache of its own: one on the method would keep the model alive after its translator.
        self.like = lru_cache(maxsize=4096)(self._like)

    def _like(self, word: str) -> tuple[tuple[str, float], ...]:
        """Return stems of the nearest words with their cosines."""
        if self._vectors is None:
            return ()
        cosines = self._vectors @ self._embed([word])[0]
        near = cosines.topk(min(MOST, len(self._words)))
        found = zip(near.indices.tolist(), near.values.tolist(), strict=True)
        return tuple((stem(self._words[at]), cosine) for at, cosine in found if cosine >= NEAR)
