"""The frozen model of a recommender as a memory's backbone. A question is the JSON list of some
items, and the answer is one item. Axis legend: as in `model`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mome.backbones.base import Batch
from mome.errors import NotExpressible
from mome.recommend.model import CONSTANT, EXCLUDED, SIGNATURE, BasketHead, BasketModel

IDENTITY = hashlib.sha256(b"linear map over baskets, version 1").hexdigest()
"""Stands for weights: there are none but the head, which a memory stores with its experts."""


@dataclass(frozen=True)
class ItemAnswer:
    """One answer of a recommender."""

    answer: str
    """The item."""
    probability: float


def question_of(items: Sequence[str]) -> str:
    """Return items as a question; their order does not matter."""
    return json.dumps(sorted(set(items)), ensure_ascii=False)


def items_asked(question: str) -> tuple[str, ...]:
    """Return the items of a question."""
    return tuple(json.loads(question))


class BasketBackbone:
    """A linear map with a closed set of answers; implements MemoryBackbone. A prompt is the
    question itself.
    """

    # The rows of one layer over a convex base: a step moves one vector.
    learning_rate = 0.04
    identity = IDENTITY
    question_size = SIGNATURE

    def __init__(self, names: Sequence[str | None], head: BasketHead) -> None:
        """Hold the items by slot, None for free ones, and their head."""
        width, slots = head.projection.shape
        self.model = BasketModel(slots, width).eval().requires_grad_(False)
        self.use(names, head)

    def use(self, names: Sequence[str | None], head: BasketHead) -> None:
        """Take over a catalogue of as many slots, with its head."""
        self.names = tuple(names)
        self.places = {name: place for place, name in enumerate(names) if name is not None}
        self.model.use(head, torch.tensor([name is not None for name in names]))

    def states(self, questions: Sequence[str]) -> Tensor:
        """Return states (b, s) of questions; items outside of the catalogue count for nothing."""
        states = torch.zeros(len(questions), len(self.names))
        states[:, -1] = CONSTANT
        for row, question in enumerate(questions):
            known = [self.places[item] for item in items_asked(question) if item in self.places]
            if known:
                states[row, known] = len(known) ** -0.5
        return states

    def question_state(self, questions: Sequence[str]) -> Tensor:
        """See MemoryBackbone."""
        return self.model.signature(self.states(questions))

    def memory_modules(self) -> tuple[str, ...]:
        """See MemoryBackbone."""
        return ("project",)

    def shared_modules(self) -> tuple[str, ...]:
        """See MemoryBackbone: none, for the head is fitted to all baskets in closed form."""
        return ()

    def loss(self, batch: Batch) -> Tensor:
        """See MemoryBackbone."""
        logits, targets = self.answer_logits(batch)
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())

    def batch(self, prompts: Sequence[str], answers: Sequence[str]) -> Batch:
        """See MemoryBackbone; without answers it has no targets."""
        tensors = {"state": self.states(prompts).unsqueeze(1)}
        if answers:
            tensors["items"] = torch.tensor([[self._place(answer)] for answer in answers])
        return Batch(tensors)

    def asking_batch(self, prompts: Sequence[str], answers: Sequence[str]) -> None:
        """Return None: an item asks for no basket."""
        return None

    def trunk(self, batch: Batch) -> Batch:
        """See MemoryBackbone; the memory layer is the first one."""
        return batch

    def select(self, batch: Batch, rows: Sequence[int]) -> Batch:
        """See MemoryBackbone."""
        return Batch({name: tensor[list(rows)] for name, tensor in batch.tensors.items()})

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """See MemoryBackbone; an answer is one token of the closed set (b, 1, s)."""
        return self.logits(batch), batch.tensors["items"]

    def logits(self, batch: Batch) -> Tensor:
        """Return logits (b, 1, s) of a batch, under the active route."""
        state = batch.tensors["state"]
        return self.model.logits(self.model.project(state), state)

    @torch.no_grad()
    def chances(self, questions: Sequence[str]) -> Tensor:
        """Return the probability (b, s) of each item, under the active route; -1 for items of the
        question itself and for free slots.
        """
        logits = self.logits(self.batch(questions, ())).squeeze(1)
        return logits.softmax(-1).masked_fill(logits == EXCLUDED, -1.0)

    def surely_writes(self, prompts: Sequence[str], answers: Sequence[str]) -> list[bool]:
        """Return False for each prompt: one pass decodes an answer."""
        return [False] * len(prompts)

    def generate(self, prompts: Sequence[str], *, beams: int = 1) -> list[list[ItemAnswer]]:
        """See MemoryBackbone; the items with the highest probabilities."""
        return self.ranked(self.chances(prompts), beams)

    def ranked(self, chances: Tensor, most: int) -> list[list[ItemAnswer]]:
        """Return the items with the highest of the probabilities (b, s), best first; fewer if the
        catalogue has no more.
        """
        best = chances.topk(min(most, len(self.places)), dim=1)
        rows = zip(best.indices.tolist(), best.values.tolist(), strict=True)
        return [
            [
                ItemAnswer(str(self.names[place]), chance)
                for place, chance in zip(*row, strict=True)
                if chance >= 0
            ]
            for row in rows
        ]

    def _place(self, answer: str) -> int:
        place = self.places.get(answer)
        if place is None:
            raise NotExpressible(f"{answer!r} is none of the items")
        return place
