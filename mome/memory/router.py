"""The router: from a question's frozen state to its experts, by product keys. `fitting` makes one; from then on it never changes.

Axis legend: `b` questions, `q` query width, `k` experts, `d` width of a question's state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mome import kernels


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
    """(b,) cosine to the nearest known question, less what is foreign; -1 where nothing is known."""


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
        return {"mean": self.mean, "projection": self.projection, "keys.0": self.keys[0], "keys.1": self.keys[1]}

    @classmethod
    def from_tensors(cls, tensors: dict[str, Tensor], threshold: float, near: float) -> Router:
        """Undo `tensors`; raises KeyError when one is missing."""
        return cls(tensors["mean"], tensors["projection"], (tensors["keys.0"], tensors["keys.1"]), threshold, near)

    @property
    def hash(self) -> str:
        """Hex SHA-256 over everything that decides a route."""
        digest = hashlib.sha256(repr((self.threshold, self.near)).encode())
        for name, tensor in sorted(self.tensors().items()):
            digest.update(f"{name}{tuple(tensor.shape)}".encode())
            digest.update(tensor.contiguous().numpy().tobytes())
        return digest.hexdigest()


SAME = 1 - 1e-4
"""From this cosine on a question is taken for the known one, so that rounding in its state cannot move its route."""


FOREIGN = 0.2
"""What each word foreign to a memory takes from a question's score: `how many singers` is near to `how many orders`, but for that."""
Words = Callable[[str], frozenset[str]]
"""Gives the stems of a question's words that are foreign to a memory, where they are in no wording of a fact."""


def less_foreign(scores: Tensor, foreign: Tensor) -> Tensor:
    """Scores (b,) of questions with so many foreign words (b,)."""
    return scores - FOREIGN * foreign


def find_route(router: Router, queries: Tensor, known: Tensor, *, top_k: int, temperature: float, foreign: Tensor | None = None) -> Route:
    """The experts of each of the queries (b, q), and whether it is near enough to the `known` ones (n, q).

    `foreign` (b,) counts the words of each question that are foreign to the memory, where they are known.
    """
    score, index = nearest_known(queries, known)
    if len(known):
        queries = torch.where((score >= SAME).unsqueeze(1), known[index], queries)
    ids, gates = router.select(queries, top_k=top_k, temperature=temperature)
    if foreign is not None:
        score = less_foreign(score, foreign)
    return Route(ids, gates, score >= router.threshold, score >= router.near, score)


def nearest_known(queries: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine (b,) to the nearest of the `known` queries (n, q) and its index (b,); -1 and 0 where none is known."""
    if not len(known):
        return torch.full((len(queries),), -1.0), torch.zeros(len(queries), dtype=torch.int64)
    best = (queries @ known.T).max(1)
    return best.values, best.indices
