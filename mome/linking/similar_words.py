"""Find words of names by cosine similarity for words of a question that are in no name: `clients`
of customers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
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
        words = list(words)
        vectors = embed(words) if words else None
        # The cache must not refer to this object: a cycle, or a cache on a method, would keep the
        # model behind `embed` in memory after its translator.
        self.like = lru_cache(maxsize=4096)(partial(_nearest, embed, words, vectors))
        """Stems of the nearest words of a word, with their cosines."""


def _nearest(
    embed: Embed, words: Sequence[str], vectors: Tensor | None, word: str
) -> tuple[tuple[str, float], ...]:
    if vectors is None:
        return ()
    cosines = vectors @ embed([word])[0]
    near = cosines.topk(min(MOST, len(words)))
    found = zip(near.indices.tolist(), near.values.tolist(), strict=True)
    return tuple((stem(words[at]), cosine) for at, cosine in found if cosine >= NEAR)
