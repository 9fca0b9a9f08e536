"""The router: from a question's frozen state to its experts, by product keys. `fitting` makes one; from then on it never changes.

Axis legend: `b` questions, `q` query width, `k` experts, `d` width of a question's state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from mome import kernels
from mome.artifacts.facts import MemoryFact
from mome.linking.names import HOW_STEMS, content_words, numbers, question_words


@dataclass(frozen=True)
class Route:
    """The experts of some questions, the same for all their tokens and in all memory layers."""

    ids: Tensor
    """(b, k) experts."""
    gates: Tensor
    """(b, k), each row sums to 1."""
    hit: Tensor
    """(b,) whether the question is near enough to a known one to be routed at all."""
    near: Tensor
    """(b,) whether it is near enough for the shared experts."""
    score: Tensor
    """(b,) cosine to the nearest known question that fits, less what is foreign; -1 where nothing is known."""


@dataclass(frozen=True)
class Router:
    """Cross-attention from a query to the experts' keys; an expert's key is a pair of half keys (Lample et al., arXiv 1907.05242)."""

    mean: Tensor
    """(d,)"""
    projection: Tensor
    """(d, q)"""
    keys: tuple[Tensor, Tensor]
    """(n1, q / 2) and (n2, q / 2); expert i * n2 + j has the keys i and j."""
    threshold: float
    """Questions whose score is lower are not routed."""
    near: float
    """Questions whose score is lower do not go through the shared experts either."""

    def query(self, states: Tensor) -> Tensor:
        """(b, q) unit queries of question states (b, d)."""
        return functional.normalize((states.float() - self.mean) @ self.projection, dim=1)

    def select(self, queries: Tensor, *, top_k: int, temperature: float) -> tuple[Tensor, Tensor]:
        """The `top_k` best experts (b, k), exactly, and their gates (b, k)."""
        ids, scores = kernels.top_k(queries, self.keys, top_k)
        return ids, torch.softmax(scores / temperature, dim=1)

    def tensors(self) -> dict[str, Tensor]:
        """What a stored router is made of, but for the thresholds."""
        return {
            "mean": self.mean,
            "projection": self.projection,
            "keys.0": self.keys[0],
            "keys.1": self.keys[1],
        }

    @classmethod
    def from_tensors(cls, tensors: dict[str, Tensor], threshold: float, near: float) -> Router:
        """Undo `tensors`; raises KeyError when one is missing."""
        return cls(
            tensors["mean"],
            tensors["projection"],
            (tensors["keys.0"], tensors["keys.1"]),
            threshold,
            near,
        )

    @property
    def hash(self) -> str:
        """Hex SHA-256 over everything that decides a route."""
        digest = hashlib.sha256(repr((self.threshold, self.near)).encode())
        for name, tensor in sorted(self.tensors().items()):
            digest.update(f"{name}{tuple(tensor.shape)}".encode())
            digest.update(tensor.contiguous().numpy().tobytes())
        return digest.hexdigest()


SAME = 1 - 1e-4
"""From this cosine on two questions are the same, whatever rounding does to their states."""


FOREIGN = 0.2
"""What each word foreign to a memory takes from a question's score: `how many singers` is near to `how many orders`, but for that."""


class Words(Protocol):
    """What a database makes of a question's words."""

    def unexplained(self, question: str) -> frozenset[str]:
        """Stems of words that are foreign to a memory where they are in no wording of a fact."""

    def named(self, question: str) -> frozenset[str]:
        """Stems of words and numbers without which it is another question."""


class PlainWords:
    """Words of which no database is known."""

    def unexplained(self, question: str) -> frozenset[str]:
        """All but the commonest."""
        return content_words(question)

    def named(self, question: str) -> frozenset[str]:
        """Its numbers."""
        return numbers(question_words(question))


PLAIN = PlainWords()


def count_foreign(questions: Iterable[str], words: Words, said: frozenset[str]) -> Tensor:
    """(b,) how many words of each question are foreign to a memory in whose wordings the stems `said` are."""
    return torch.tensor(
        [len(words.unexplained(question) - said - HOW_STEMS) for question in questions]
    )


def less_foreign(scores: Tensor, foreign: Tensor) -> Tensor:
    """Scores (b,) of questions with so many foreign words (b,)."""
    return scores - FOREIGN * foreign


CANDIDATES = 8
"""So many of the nearest known questions may be the one that is meant."""
Fits = Callable[[int, int], bool]
"""Whether the question in a row of a batch can mean the known question in a row of these."""


def find_route(
    router: Router,
    queries: Tensor,
    known: Tensor,
    anchors: Tensor,
    *,
    top_k: int,
    temperature: float,
    foreign: Tensor | None = None,
    fits: Fits | None = None,
) -> Route:
    """The experts of each of the queries (b, q), and whether it is near enough to the `known` ones (n, q).

    They are those of the nearest known query that `fits`, which its anchor (n, q) leads to: what is asked in other words meets exactly
    the experts that were trained. `foreign` (b,) counts the words of each question that are foreign to the memory, where they are known.
    """
    score, index = nearest_known(queries, known)
    foreign = torch.zeros(len(queries)) if foreign is None else foreign
    near = less_foreign(score, foreign) >= router.near
    fitting = torch.ones(len(queries), dtype=torch.bool)
    if fits and len(known):
        score, index, fitting = _fitting(queries @ known.T, fits)
    score = less_foreign(score, foreign)
    ids, gates = router.select(
        anchors[index] if len(known) else queries, top_k=top_k, temperature=temperature
    )
    return Route(ids, gates, fitting & (score >= router.threshold), near, score)


def _fitting(scores: Tensor, fits: Fits) -> tuple[Tensor, Tensor, Tensor]:
    """Of `scores` (b, n) the highest that fits, which known question that is, and whether there is any: else the highest of all."""
    best = scores.topk(min(CANDIDATES, scores.shape[1]), dim=1)
    places = []
    for row, found in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True)):
        pairs = enumerate(zip(*found, strict=True))
        places.append(
            next(
                (place for place, (score, index) in pairs if score >= SAME or fits(row, index)),
                None,
            )
        )
    chosen = torch.tensor([[place or 0] for place in places], dtype=torch.int64).reshape(-1, 1)
    fitting = torch.tensor([place is not None for place in places], dtype=torch.bool)
    return (
        best.values.gather(1, chosen).squeeze(1),
        best.indices.gather(1, chosen).squeeze(1),
        fitting,
    )


SPREAD = 3.0
"""How much more of an anchor is its fact's own direction than its wordings': facts in like words hardly share experts so."""
OWN = -1
"""The stream of the generator that facts' own directions come from; memory layers have those from 0 on."""


def fact_anchors(known: Tensor, facts: Sequence[MemoryFact], seed: int) -> Tensor:
    """What leads each of the queries `known` (n, q), those of all wordings of `facts` in order, to its experts: (n, q).

    All wordings of a fact have one anchor, between their middle and a direction that is the fact's alone.
    """
    owners = torch.arange(len(facts)).repeat_interleave(
        torch.tensor([len(fact.wordings) for fact in facts], dtype=torch.int64)
    )
    middles = functional.normalize(
        torch.zeros(len(facts), known.shape[1]).index_add_(0, owners, known), dim=1
    )
    numbers = torch.tensor([_number(fact.id) for fact in facts], dtype=torch.int64)
    own = kernels.input_vectors(numbers, known.shape[1], seed=seed, layer=OWN)
    return functional.normalize(middles + SPREAD * own, dim=1)[owners]


def _number(name: str) -> int:
    return int.from_bytes(
        hashlib.blake2s(name.encode(), digest_size=8).digest(), "little", signed=True
    )


def nearest_known(queries: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine (b,) to the nearest of the `known` queries (n, q) and its index (b,); -1 and 0 where none is known."""
    if not len(known):
        return torch.full((len(queries),), -1.0), torch.zeros(len(queries), dtype=torch.int64)
    best = (queries @ known.T).max(1)
    return best.values, best.indices
