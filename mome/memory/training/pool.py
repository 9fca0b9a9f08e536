"""A pool of wordings that are memorised together: what is frozen below the memory is computed once, only their experts' rows train.

The tuner makes pools and commits them.
Axis legend: `b` wordings, `t` answer tokens, `k` experts, `s` staged experts, `u` experts of one step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from mome.errors import NotExpressible
from mome.kernels import InputVectors
from mome.memory.config import TuneConfig
from mome.memory.experts.bank import Bank
from mome.memory.experts.layer import MemoryLayer, Part, using
from mome.memory.memory import Memory
from mome.memory.recall import token_chances
from mome.memory.training.staged_rows import Staged

HEAD_START = 4
"""Steps that a slice has alone before all train together; most wordings are through by then."""


@dataclass(eq=False)
class Wording:
    """One wording on its way into the memory."""

    question: str
    answer: str
    fact: int
    wording: int
    """Its place among the fact's wordings."""
    row: int
    """Its place among all wordings."""
    ids: Tensor
    """(k,) its experts"""
    gates: Tensor
    """(k,)"""
    exposures: int = 0
    """Training steps it took part in."""
    chance: float = 0.0
    """Probability of its least certain answer token when last measured."""
    checked: int = 0
    """Up to which change of the bank `chance` holds."""
    reason: str = ""
    """Why it will not be memorised; empty while it may be."""


@dataclass(frozen=True)
class WordingBatch:
    """Wordings that are computed in one go."""

    items: list[Wording]
    batch: Any
    """The backbone's batch with its trunk computed."""
    index: Tensor
    """(b, k) positions among the staged experts."""
    inputs: tuple[InputVectors, ...]
    """Of the items' experts, for each memory layer."""


Active = list[tuple[WordingBatch, list[int]]]
"""Slices with the rows of them that are still in training."""


class Pool:
    """Trains its items until each has all answer tokens at `mastered`, or its exposures are used up."""

    def __init__(
        self,
        memory: Memory,
        bank: Bank,
        items: Sequence[Wording],
        prompt: Callable[[str], Any],
        config: TuneConfig,
        *,
        free: Tensor,
        patience: int | None = None,
    ) -> None:
        """`free` says of each row of the bank whether it may move; an item takes part in `patience` steps at most, where given."""
        self.memory, self.config, self.prompt = memory, config, prompt
        most = config.max_exposures
        self._most = {
            item.row: most if patience is None else min(item.exposures + patience, most)
            for item in items
        }
        positions, _ = bank.find(torch.stack([item.ids for item in items]).unique())
        self.staged = Staged(memory, bank, positions, free[positions])
        self._staged_ids = bank.ids[positions]
        chunks = [
            items[first : first + config.batch] for first in range(0, len(items), config.batch)
        ]
        self.slices = [slice_ for chunk in chunks if (slice_ := self._slice(chunk))]

    def train(self, moved: Callable[[int, int], None]) -> None:
        """Memorise: slice by slice for some steps, then all that is still or again missing together, until nothing is.

        The joint steps find rows that serve all that share them; a slice trained to the end would undo others on its way.
        `moved` hears of every step: how many wordings it trained, and how many are through (negative: found missing again).
        """
        left = 0
        for slice_ in self.slices:
            left += self._drain(
                [(slice_, list(range(len(slice_.items))))],
                self.config.mastered,
                moved,
                steps=HEAD_START,
            )
        while missing := self.missing():
            moved(0, left - _count(missing))
            left = self._drain(missing, self.config.margin, moved, steps=self.config.max_exposures)

    def missing(self) -> Active:
        """Measure every item on rows as the bank will hold them; what is below `mastered` and has exposures left."""
        self.staged.settle()
        found = []
        for slice_ in self.slices:
            with torch.no_grad():
                logs = self._logs(
                    slice_, list(range(len(slice_.items))), slice_.index, self.staged.rows
                )
            for item, chance in zip(slice_.items, logs.amin(1).exp().tolist(), strict=True):
                item.chance = chance
            rows = [
                row
                for row, item in enumerate(slice_.items)
                if item.chance < self.config.mastered and self._may_train(item)
            ]
            if rows:
                found.append((slice_, rows))
        return found

    def _may_train(self, item: Wording) -> bool:
        return item.exposures < self._most[item.row]

    def _drain(
        self, active: Active, enough: float, moved: Callable[[int, int], None], *, steps: int
    ) -> int:
        """At most so many joint steps on `active`; an item leaves at once at `enough`, and later at `margin`. Returns how many are left."""
        for _ in range(steps):
            if not active:
                break
            before = _count(active)
            active = self._step(active, enough)
            trained = _count(active)
            enough = self.config.margin
            active = [
                (slice_, left)
                for slice_, rows in active
                if (left := [row for row in rows if self._may_train(slice_.items[row])])
            ]
            moved(trained, before - _count(active))
        return _count(active)

    def _step(self, active: Active, enough: float) -> Active:
        """One step on the wordings that do not have `enough` yet; returns these."""
        chosen = torch.cat([slice_.index[rows].flatten() for slice_, rows in active]).unique()
        leaves = self.staged.leaves(chosen)
        trained = []
        for slice_, rows in active:
            logs = self._logs(slice_, rows, torch.searchsorted(chosen, slice_.index[rows]), leaves)
            chances = logs.amin(1).exp().tolist()
            short = [
                place
                for place, chance in enumerate(chances)
                if chance < enough and self._may_train(slice_.items[rows[place]])
            ]
            if short:
                self._backward(logs[short])
                trained.append((slice_, [rows[place] for place in short]))
        for slice_, rows in trained:
            for row in rows:
                slice_.items[row].exposures += 1
        if trained:
            self.staged.update(chosen, leaves, self.config.learning_rate)
        return trained

    def _backward(self, logs: Tensor) -> None:
        """Gradients of the log-odds of the tokens (b, t) that are not mastered; the others are left alone.

        Log-odds pull as hard near the goal as far from it, where the gradient of the log-probability alone fades with 1 - p.
        """
        chances = logs.detach().exp()
        weights = (chances < self.config.margin) / (1 - chances).clamp(min=1 - self.config.margin)
        (-logs * weights).sum().backward()

    def _logs(
        self, slice_: WordingBatch, rows: list[int], index: Tensor, values: list[Tensor]
    ) -> Tensor:
        """Log-probabilities (b, t) of the answers' tokens; `index` (b, k) points into `values`, rows of the experts of each layer."""
        every = len(rows) == len(slice_.items)
        batch = slice_.batch if every else self.memory.backbone.select(slice_.batch, rows)
        parts = self._shared(len(rows))
        for layer, inputs, expand in zip(self.memory.layers, slice_.inputs, values, strict=True):
            parts[layer] = Part(
                len(rows), None, inputs if every else inputs[rows], expand, index.to(expand.device)
            )
        with using(parts):
            return token_chances(*self.memory.backbone.answer_logits(batch))

    def _slice(self, items: Sequence[Wording]) -> WordingBatch | None:
        """Items that the backbone can express; the others get their reason."""
        kept = list(items)
        try:
            batch = self._batch(kept)
        except NotExpressible:
            kept = [item for item in items if self._expressible(item)]
            if not kept:
                return None
            batch = self._batch(kept)
        ids, gates = (
            torch.stack([item.ids for item in kept]),
            torch.stack([item.gates for item in kept]),
        )
        inputs = tuple(
            self.memory.input_vectors(layer, ids, gates) for layer in range(len(self.memory.layers))
        )
        return WordingBatch(kept, batch, torch.searchsorted(self._staged_ids, ids), inputs)

    def _batch(self, items: Sequence[Wording]) -> Any:
        backbone = self.memory.backbone
        with torch.no_grad(), using(self._shared(len(items))):
            return backbone.trunk(
                backbone.batch(
                    [self.prompt(item.question) for item in items], [item.answer for item in items]
                )
            )

    def _shared(self, questions: int) -> dict[MemoryLayer, Part]:
        shared = self.memory.shared
        return {} if shared is None else shared.parts(self.memory.shared_layers, questions)

    def _expressible(self, item: Wording) -> bool:
        try:
            self.memory.backbone.batch([self.prompt(item.question)], [item.answer])
        except NotExpressible as error:
            item.reason = f"the base model cannot write this answer: {error}"
        return not item.reason


def _count(active: Active) -> int:
    return sum(len(rows) for _, rows in active)
