"""The frozen model of a classifier as a memory's backbone.

Memory layer and shared experts are two linear maps behind the encoder, so that a text is read once
and a fact is memorised in milliseconds. Shared experts in the encoder itself took 280 s of practice
on BANKING77 in the place of 3 s, and got 931 of 1,000 held-out texts right in the place of 928.
Axis legend: as in `model`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mome.backbones.base import Batch
from mome.classify.encoder import shared_encoder
from mome.classify.model import LabelHead, LabelModel
from mome.errors import NotExpressible

BATCH = 64
"""Texts of similar length that are read at once."""


@dataclass(frozen=True)
class LabelAnswer:
    """One answer of a classifier."""

    answer: str
    """The label; empty if none of them fits."""
    probability: float


class LabelBackbone:
    """A sentence encoder with a closed set of answers; implements MemoryBackbone. A prompt is the
    text itself.
    """

    # The rows of one layer behind the whole encoder: a step moves one vector.
    learning_rate = 0.04

    def __init__(self) -> None:
        self._encoder = shared_encoder()
        self.identity = self._encoder.identity
        self.model = LabelModel(self._encoder).eval().requires_grad_(False)
        self.question_size = self.model.project.in_features
        self.names: tuple[str, ...] = ()
        self._places: dict[str, int] = {}

    def use(self, names: Sequence[str], head: LabelHead) -> None:
        """Take over a set of labels with its head."""
        self.model.use(head)
        self.names = tuple(names)
        self._places = {name: place for place, name in enumerate(names)}

    def pieces(self, text: str) -> list[int]:
        """Return the word pieces of a text, without the marks of its ends."""
        return self._encoder.read(text)[1:-1]

    @torch.no_grad()
    def halves(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return texts' mean hidden states (b, m) and the sums of their word pieces (b, d)."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        meaning = torch.empty(len(texts), len(self.model.middle))
        said = torch.empty(len(texts), self.question_size - meaning.shape[1])
        for rows in torch.tensor(order).split(BATCH):
            chunk = [texts[row] for row in rows.tolist()]
            ids, mask = self._ids(chunk)
            meaning[rows] = self._encoder.meaning(chunk, ids, mask)
            said[rows] = self._said(ids, mask)
        return meaning, said

    @torch.no_grad()
    def question_state(self, questions: Sequence[str]) -> Tensor:
        """See MemoryBackbone."""
        return self.model.state(*self.halves(questions))

    def memory_modules(self) -> tuple[str, ...]:
        """See MemoryBackbone."""
        return ("project",)

    def shared_modules(self) -> tuple[str, ...]:
        """See MemoryBackbone."""
        return ("adapt",)

    def loss(self, batch: Batch) -> Tensor:
        """See MemoryBackbone."""
        logits, targets = self.answer_logits(batch)
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())

    def batch(self, prompts: Sequence[str], answers: Sequence[str]) -> Batch:
        """See MemoryBackbone; without answers it has no targets."""
        tensors = {"read": self.question_state(prompts).unsqueeze(1)}
        if answers:
            tensors["labels"] = torch.tensor([[self._place(answer)] for answer in answers])
        return Batch(tensors)

    def asking_batch(self, prompts: Sequence[str], answers: Sequence[str]) -> None:
        """Return None: a label asks for no text."""
        return None

    def trunk(self, batch: Batch) -> Batch:
        """See MemoryBackbone."""
        kept = {name: batch.tensors[name] for name in ("labels",) if name in batch.tensors}
        return Batch({"state": self.model.adapt(batch.tensors["read"]), **kept})

    def select(self, batch: Batch, rows: Sequence[int]) -> Batch:
        """See MemoryBackbone."""
        return Batch({name: tensor[list(rows)] for name, tensor in batch.tensors.items()})

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """See MemoryBackbone; an answer is one token of the closed set (b, 1, l)."""
        whole = batch if "state" in batch.tensors else self.trunk(batch)
        return self.logits(whole), whole.tensors["labels"]

    def logits(self, batch: Batch) -> Tensor:
        """Return logits (b, 1, l) of a batch with its trunk, under the active route."""
        return self.model.logits(self.model.project(batch.tensors["state"]))

    def surely_writes(self, prompts: Sequence[str], answers: Sequence[str]) -> list[bool]:
        """Return False for each prompt: one pass decodes an answer."""
        return [False] * len(prompts)

    @torch.no_grad()
    def generate(self, prompts: Sequence[str], *, beams: int = 1) -> list[list[LabelAnswer]]:
        """See MemoryBackbone; the labels with the highest probabilities."""
        chances = self.logits(self.trunk(self.batch(prompts, ()))).squeeze(1).softmax(-1)
        best = chances.topk(min(beams, len(self.names)), dim=1)
        rows = zip(best.indices.tolist(), best.values.tolist(), strict=True)
        return [
            [LabelAnswer(self.names[place], chance) for place, chance in zip(*row, strict=True)]
            for row in rows
        ]

    def _place(self, answer: str) -> int:
        place = self._places.get(answer)
        if place is None:
            raise NotExpressible(f"{answer!r} is none of the labels")
        return place

    def _ids(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return word pieces (b, t) and a mask (b, t), which is 0 at padding."""
        rows = [self._encoder.read(text) for text in texts]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        return ids, mask

    def _said(self, ids: Tensor, mask: Tensor) -> Tensor:
        # The first and the last piece mark the ends of a text.
        inner = mask.clone()
        inner[:, 0] = 0
        inner[torch.arange(len(ids)), mask.sum(1) - 1] = 0
        return self.model.said(ids, inner)
