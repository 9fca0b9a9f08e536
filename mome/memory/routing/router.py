"""The router: maps a question's frozen state to experts by product keys. `fit_router` makes one; it
never changes afterwards.

Axis legend: `b` questions, `q` query width, `k` experts, `d` width of a question's state.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from mome import kernels
from mome.artifacts.facts import MemoryFact
from mome.linking.names import (
    HOW_STEMS,
    STOPWORDS,
    all_stems,
    content_words,
    numbers,
    question_words,
)


@dataclass(frozen=True)
class Route:
    """The experts of some questions, the same for all tokens and memory layers."""

    ids: Tensor
    """(b, k) experts."""
    gates: Tensor
    """(b, k) gates; each row sums to 1."""
    hit: Tensor
    """(b,) whether the score reaches `Router.threshold`, so that the question's own experts are
    used.
    """
    near: Tensor
    """(b,) whether the score reaches the threshold of the shared experts."""
    score: Tensor
    """(b,) cosine to the nearest known question that fits - 0.2 x number of foreign words; -1 if
    nothing is known.
    """


@dataclass(frozen=True)
class Router:
    """Cross-attention from a query to product keys; an expert's key is a pair of half keys (Lample
    et al., arXiv 1907.05242).
    """

    mean: Tensor
    """(d,) mean that is subtracted from question states."""
    projection: Tensor
    """(d, q)"""
    keys: tuple[Tensor, Tensor]
    """(n1, q / 2) and (n2, q / 2); expert i * n2 + j has the half keys i and j."""
    threshold: float
    """Minimum score for a question's own experts."""
    shared_threshold: float
    """Minimum score for the shared experts."""

    def query(self, states: Tensor) -> Tensor:
        """Return unit queries (b, q) of question states (b, d)."""
        return functional.normalize((states.float() - self.mean) @ self.projection, dim=1)

    def select(self, queries: Tensor, *, top_k: int, temperature: float) -> tuple[Tensor, Tensor]:
        """Return the `top_k` best experts (b, k), exactly, and their gates (b, k)."""
        # score(i, j) = q1 . key_i + q2 . key_j for the halves q1 and q2 of a query, so the best
        # pairs consist of the best half keys of each side (arXiv 1907.05242, section 3.1).
        ids, scores = kernels.top_k(queries, self.keys, top_k)
        return ids, torch.softmax(scores / temperature, dim=1)

    def tensors(self) -> dict[str, Tensor]:
        """Return the tensors to store; thresholds are stored elsewhere."""
        return {
            "mean": self.mean,
            "projection": self.projection,
            "keys.0": self.keys[0],
            "keys.1": self.keys[1],
        }

    @classmethod
    def from_tensors(
        cls, tensors: dict[str, Tensor], threshold: float, shared_threshold: float
    ) -> Router:
        """Build from the result of `tensors`. Raises KeyError for a missing tensor."""
        return cls(
            tensors["mean"],
            tensors["projection"],
            (tensors["keys.0"], tensors["keys.1"]),
            threshold,
            shared_threshold,
        )

    @property
    def hash(self) -> str:
        """SHA-256 in hex over everything that decides a route."""
        # Experts only make sense with the router that chose them, so a memory stores this hash and
        # refuses another router.
        digest = hashlib.sha256(repr((self.threshold, self.shared_threshold)).encode())
        for name, tensor in sorted(self.tensors().items()):
            # Name and shape go in too: the same bytes cut otherwise are another router.
            digest.update(f"{name}{tuple(tensor.shape)}".encode())
            digest.update(tensor.contiguous().numpy().tobytes())
        return digest.hexdigest()


SAME = 1 - 1e-4
"""Cosine from which two questions count as equal; the distance to 1 covers rounding of states."""


FOREIGN = 0.2
"""Score penalty per foreign word: `how many singers` has a high cosine to `how many orders` and
differs in one word.
"""


class Words(Protocol):
    """Explains words of a question by a database."""

    def unexplained(self, question: str) -> frozenset[str]:
        """Return stems of words that neither a name nor a stored value explains."""

    def named(self, question: str) -> frozenset[str]:
        """Return stems and numbers that a question names; a fact that lacks one of them is not
        meant.
        """

    def valued(self, question: str) -> frozenset[str]:
        """Return stems of words that write a stored value, and are in no name."""


class PlainWords:
    """`Words` without a database."""

    def unexplained(self, question: str) -> frozenset[str]:
        """Return all stems but the most common ones."""
        return content_words(question)

    def named(self, question: str) -> frozenset[str]:
        """Return the question's numbers."""
        return numbers(question_words(question))

    def valued(self, question: str) -> frozenset[str]:
        """Return nothing, because no values are known."""
        return frozenset()


PLAIN = PlainWords()


class TextWords(PlainWords):
    """`Words` of facts about any subject: no word is foreign, and only numbers must be a fact's."""

    def unexplained(self, question: str) -> frozenset[str]:
        """Return nothing, because a paraphrase may say any word."""
        return frozenset()


TEXT = TextWords()


class NameWords(TextWords):
    """`Words` of facts about things that have names, such as tables: facts in the same words about
    other things are told apart by what a question names.
    """

    def __init__(self, names: Iterable[str]) -> None:
        """`names`: those of all things, as questions write them."""
        self._names: dict[str, set[frozenset[str]]] = defaultdict(set)
        """The words of each name, by the longest of them."""
        for name in names:
            words = _lower_words(name)
            # `Name` and `list` are said in many a question that means no such column.
            if words - STOPWORDS:
                self._names[max(words, key=len)].add(words)

    def named(self, question: str) -> frozenset[str]:
        """Return the stems of the names that a question says whole, and its numbers."""
        return super().named(question) | self.valued(question)

    def valued(self, question: str) -> frozenset[str]:
        """Return the stems of the names alone; a question that lacks one of a wording means another
        fact.
        """
        # Not their stems: who asks for fields need not mean the column `field`.
        said = _lower_words(question)
        names = chain.from_iterable(self._names.get(word, ()) for word in said)
        return all_stems(chain.from_iterable(name for name in names if name <= said))


def _lower_words(text: str) -> frozenset[str]:
    words = (word.text.casefold() for word in question_words(text))
    return frozenset(word for word in words if word[0].isalnum())


def count_foreign(questions: Iterable[str], words: Words, said: frozenset[str]) -> Tensor:
    """Return (b,) the number of words in each question that are unexplained and whose stem is not
    in `said`.
    """
    return torch.tensor(
        [len(words.unexplained(question) - said - HOW_STEMS) for question in questions]
    )


def less_foreign(scores: Tensor, foreign: Tensor) -> Tensor:
    """Return scores (b,) minus `FOREIGN` per foreign word (b,)."""
    return scores - FOREIGN * foreign


# Facts that differ only in a value crowd around a question. More candidates find the right one
# among more of these, and each costs a comparison of words.
CANDIDATES = 8
"""Number of nearest known questions that are tested for a fit."""
Fits = Callable[[int, int], bool]
"""Whether the question in a row of a batch can mean the known question with this index."""


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
    """Route queries (b, q): find the nearest of the `known` queries (n, q) that `fits` and select
    experts by its anchor (n, q).

    A paraphrase thereby reaches exactly the experts that were trained. `foreign` (b,) is the number
    of foreign words of each question, if known.
    """
    # score = cosine to the nearest known question - FOREIGN x number of foreign words
    score, index = nearest_known(queries, known)
    foreign = torch.zeros(len(queries)) if foreign is None else foreign
    # Shared experts know how people ask, not one fact, so the nearest question need not fit.
    near = less_foreign(score, foreign) >= router.shared_threshold
    fitting = torch.ones(len(queries), dtype=torch.bool)
    if fits and len(known):
        score, index, fitting = _fitting(queries @ known.T, fits)
    score = less_foreign(score, foreign)
    ids, gates = router.select(
        anchors[index] if len(known) else queries, top_k=top_k, temperature=temperature
    )
    return Route(ids, gates, fitting & (score >= router.threshold), near, score)


def _fitting(scores: Tensor, fits: Fits) -> tuple[Tensor, Tensor, Tensor]:
    """Return the highest of `scores` (b, n) that fits, its index, and whether any fits; if none
    does, the highest of all.
    """
    best = scores.topk(min(CANDIDATES, scores.shape[1]), dim=1)
    chosen, fitting = [], []
    for row, found in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True)):
        place = _first_fit(row, *found, fits)
        chosen.append(place or 0)
        fitting.append(place is not None)
    at = torch.tensor(chosen, dtype=torch.int64).unsqueeze(1)
    return (
        best.values.gather(1, at).squeeze(1),
        best.indices.gather(1, at).squeeze(1),
        torch.tensor(fitting, dtype=torch.bool),
    )


def _first_fit(row: int, scores: list[float], indices: list[int], fits: Fits) -> int | None:
    """Return the place of the first known question that fits; None if none does."""
    for place, (score, index) in enumerate(zip(scores, indices, strict=True)):
        # A known question itself always fits, whatever its words are.
        if score >= SAME or fits(row, index):
            return place
    return None


SPREAD = 3.0
"""Weight of a fact's random vector in its anchor, relative to the mean query; facts with similar
wordings then rarely share experts.
"""
OWN = -1
"""Generator stream for the facts' random vectors; memory layers use streams from 0 on."""


def fact_anchors(known: Tensor, facts: Sequence[MemoryFact], seed: int) -> Tensor:
    """Return the anchors (n, q) of all wordings, whose queries are `known` (n, q) in the order of
    `facts`.

    anchor = unit(mean of the fact's queries + SPREAD x random unit vector of the fact). All
    wordings of a fact share it.
    """
    owners = torch.arange(len(facts)).repeat_interleave(
        torch.tensor([len(fact.wordings) for fact in facts], dtype=torch.int64)
    )
    # The sum has the direction of the mean, and normalising removes the difference.
    sums = torch.zeros(len(facts), known.shape[1]).index_add_(0, owners, known)
    middles = functional.normalize(sums, dim=1)
    # The random vector follows from the fact's id alone, so nothing is stored and a fact keeps its
    # experts when others come and go.
    numbers = torch.tensor([_number(fact.id) for fact in facts], dtype=torch.int64)
    own = kernels.input_vectors(numbers, known.shape[1], seed=seed, layer=OWN)
    return functional.normalize(middles + SPREAD * own, dim=1)[owners]


def _number(name: str) -> int:
    # Not `hash`, which Python salts anew in every process. Eight bytes fit an int64.
    digest = hashlib.blake2s(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def nearest_known(queries: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Return the cosine (b,) to the nearest of the `known` queries (n, q) and its index (b,); -1
    and 0 if none is known.
    """
    if not len(known):
        return torch.full((len(queries),), -1.0), torch.zeros(len(queries), dtype=torch.int64)
    best = (queries @ known.T).max(1)
    return best.values, best.indices
