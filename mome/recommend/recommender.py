"""`Recommender`: what goes with some items, from a memory of baskets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from mome.recommend.backbone import question_of
from mome.recommend.facts import baskets_of
from mome.recommend.known_baskets import KnownBaskets

FIRST = 10
"""Items that are recommended, if no other number is given."""
SHOWN = 2
"""Remembered baskets that are given as the reason of an item."""
BATCH = 64
"""Baskets that are completed at once."""


@dataclass(frozen=True)
class Recommendation:
    """One item that is recommended."""

    item: str
    """One of the catalogue, and none of the basket."""
    score: float
    """Probability that it is the next item, in [0, 1]."""
    because: tuple[tuple[str, ...], ...]
    """Remembered baskets that hold it, those most similar to the basket first."""


@dataclass(frozen=True)
class Recommendations:
    """What is recommended for one basket."""

    ranked: tuple[Recommendation, ...]
    """Best first; fewer than asked for if the catalogue has no more."""
    unknown: tuple[str, ...]
    """Items of the basket that are not in the catalogue; the others alone were counted."""

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.ranked)

    def __len__(self) -> int:
        return len(self.ranked)


class Recommender:
    """Recommends items. Deterministic; `load` reads everything from the memory's folder."""

    def __init__(self, known: KnownBaskets) -> None:
        """Recommend with a loaded memory."""
        self._known = known
        self._reasons = _Reasons(known)

    @classmethod
    def load(cls, path: str | Path) -> Recommender:
        """Load the memory in folder `path`. Raises NoMemory, BrokenMemory, OtherBackbone or
        MemoryError_.
        """
        return cls(KnownBaskets.load(Path(path)))

    @property
    def items(self) -> tuple[str, ...]:
        """The catalogue, sorted."""
        return self._known.catalogue.items

    def recommend(self, items: Sequence[str], k: int = FIRST) -> Recommendations:
        """Return the `k` items that go best with `items`; with none, the most frequent ones."""
        return self.many([items], k)[0]

    def many(self, baskets: Sequence[Sequence[str]], k: int = FIRST) -> list[Recommendations]:
        """Return recommendations for each basket, in order."""
        if k < 1:
            raise ValueError("k must be 1 or more")
        if any(isinstance(basket, str) for basket in baskets):
            raise TypeError("a basket is a list of items, not a text")
        found: list[Recommendations] = []
        for first in range(0, len(baskets), BATCH):
            some = [[item.strip() for item in basket] for basket in baskets[first : first + BATCH]]
            found += self._batch(some, k)
        return found

    def _batch(self, baskets: list[list[str]], k: int) -> list[Recommendations]:
        backbone = self._known.backbone
        there = [[item for item in basket if item in backbone.places] for basket in baskets]
        questions = [question_of(items) for items in there]
        answers = backbone.ranked(self._chances(questions), k)
        near = self._reasons.similar(backbone.states(questions))
        found = []
        for row, (basket, ranked) in enumerate(zip(baskets, answers, strict=True)):
            chosen = [
                Recommendation(one.answer, one.probability, self._reasons.of(one.answer, near[row]))
                for one in ranked
            ]
            unknown = [item for item in dict.fromkeys(basket) if item not in backbone.places]
            found.append(Recommendations(tuple(chosen), tuple(unknown)))
        return found

    def _chances(self, questions: list[str]) -> Tensor:
        """Return the mean (b, s) of the probabilities with experts and without.

        Experts were trained to give one answer; below it, the base ranks better.
        """
        memory, backbone = self._known.memory, self._known.backbone
        bare = backbone.chances(questions)
        with memory.routed(questions):
            return (bare + backbone.chances(questions)) / 2


class _Reasons:
    """The remembered baskets, to be found by their items. Axis legend: `r` baskets, `b` questions,
    `s` slots.
    """

    def __init__(self, known: KnownBaskets) -> None:
        places = known.backbone.places
        self._baskets = [basket for fact in known.memory.facts for basket in baskets_of(fact)]
        rows: list[int] = []
        columns: list[int] = []
        holders: dict[str, list[int]] = defaultdict(list)
        for row, basket in enumerate(self._baskets):
            for item in basket:
                rows.append(row)
                columns.append(places[item])
                holders[item].append(row)
        self._holders = {item: torch.tensor(owners) for item, owners in holders.items()}
        sizes = torch.tensor([len(basket) for basket in self._baskets]).float()
        self._matrix = torch.sparse_coo_tensor(
            torch.tensor([rows, columns], dtype=torch.int64),
            sizes.rsqrt()[rows],
            (len(self._baskets), len(known.catalogue.names)),
            check_invariants=False,
        ).coalesce()

    def similar(self, states: Tensor) -> Tensor:
        """Return cosines (b, r) of the questions' states (b, s) to the remembered baskets."""
        return torch.sparse.mm(self._matrix, states.T).T.contiguous()

    def of(self, item: str, similar: Tensor) -> tuple[tuple[str, ...], ...]:
        """Return the baskets with `item` that have the largest of the cosines `similar` (r,)."""
        owners = self._holders.get(item)
        if owners is None:
            # It was never seen with others.
            return ((item,),)
        best = similar[owners].topk(min(SHOWN, len(owners))).indices
        return tuple(tuple(sorted(self._baskets[row])) for row in owners[best].tolist())
