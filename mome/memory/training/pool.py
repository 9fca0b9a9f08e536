"""A pool of wordings that are memorised together. The trunk is computed once; only the rows of the
pool's experts are trained.

The tuner makes pools and commits their rows. Axis legend: `b` wordings, `t` answer tokens, `k`
experts, `s` staged experts, `u` experts of one step.
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
from mome.memory.training.wordings import Wording

# More steps alone waste time on wordings that joint training then has to repair.
HEAD_START = 4
"""Steps that each batch is trained alone before all train jointly; most wordings are memorised by
then.
"""


@dataclass(frozen=True)
class WordingBatch:
    """Wordings that are computed in one forward pass."""

    items: list[Wording]
    batch: Any
    """The backbone's batch with its trunk computed."""
    index: Tensor
    """(b, k) positions among the staged experts."""
    inputs: tuple[InputVectors, ...]
    """Input vectors of the experts for each memory layer."""


Active = list[tuple[WordingBatch, list[int]]]
"""Batches with their rows that are still in training."""


class Pool:
    """Trains its items until every answer token reaches `mastered` or the exposures are used up."""

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
        """Stage the items' experts. `free` marks rows of the bank that may change; `patience`
        limits the steps of an item, None for no limit.
        """
        self.memory, self.config, self.prompt = memory, config, prompt
        # Patience counts from here, but no wording may exceed the limit of the whole tune.
        more = config.max_exposures if patience is None else patience
        self._most = {item.row: min(item.exposures + more, config.max_exposures) for item in items}
        positions, _ = bank.find(torch.stack([item.ids for item in items]).unique())
        self.staged = Staged(memory, bank, positions, free[positions])
        self._staged_ids = bank.ids[positions]
        size = config.batch
        chunks = [items[first : first + size] for first in range(0, len(items), size)]
        slices = [self._slice(chunk) for chunk in chunks]
        self.slices = [slice_ for slice_ in slices if slice_ is not None]

    def train(self, moved: Callable[[int, int], None]) -> None:
        """Train batch by batch for some steps, then all missing items jointly until none is
        missing.

        Joint steps find rows that serve all items that share them; training one batch to the end
        would undo others. `moved` is called after every step with the number of wordings trained
        and finished (negative: found missing again).
        """
        left = 0
        for slice_ in self.slices:
            every = list(range(len(slice_.items)))
            left += self._drain([(slice_, every)], self.config.mastered, moved, steps=HEAD_START)
        while missing := self.missing():
            moved(0, left - _count(missing))
            left = self._drain(missing, self.config.margin, moved, steps=self.config.max_exposures)

    def missing(self) -> Active:
        """Measure every item with rows rounded as the bank stores them; return those below
        `mastered` with exposures left.
        """
        # Measure what will be stored: rounding to float16 can undo a token near the threshold.
        self.staged.settle()
        found = []
        for slice_ in self.slices:
            every = list(range(len(slice_.items)))
            with torch.no_grad():
                logs = self._logs(slice_, every, slice_.index, self.staged.rows)
            # The least certain token decides: greedy decoding needs every one of them.
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
        """Take at most this many joint steps on `active`; an item leaves at `enough` at first and
        at `margin` later. Returns how many are left.
        """
        for _ in range(steps):
            if not active:
                break
            before = _count(active)
            active = self._step(active, enough)
            trained = _count(active)
            # Once in training, a wording goes on to the margin, so that neighbours do not undo it.
            enough = self.config.margin
            active = self._with_steps_left(active)
            moved(trained, before - _count(active))
        return _count(active)

    def _with_steps_left(self, active: Active) -> Active:
        found = []
        for slice_, rows in active:
            left = [row for row in rows if self._may_train(slice_.items[row])]
            if left:
                found.append((slice_, left))
        return found

    def _step(self, active: Active, enough: float) -> Active:
        """Take one step on wordings that have not reached `enough`; return these."""
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
                # Gradients of all batches add up in the same leaves: one joint step for all.
                self._backward(logs[short])
                trained.append((slice_, [rows[place] for place in short]))
        for slice_, rows in trained:
            for row in rows:
                slice_.items[row].exposures += 1
        if trained:
            self.staged.update(chosen, leaves, self.config.learning_rate)
        return trained

    def _backward(self, logs: Tensor) -> None:
        """Back-propagate -log(p / (1 - p)) of the tokens (b, t) that are not mastered; others have
        no loss.

        The gradient of the log-odds stays constant near the goal, where that of log p fades with 1
        - p.
        """
        chances = logs.detach().exp()
        # d/dx log(p / (1 - p)) = (d/dx log p) / (1 - p), so weighting log p with 1 / (1 - p) gives
        # the gradient of the log-odds. The clamp bounds the weight where p rounds to 1.
        weights = (chances < self.config.margin) / (1 - chances).clamp(min=1 - self.config.margin)
        (-logs * weights).sum().backward()

    def _logs(
        self, slice_: WordingBatch, rows: list[int], index: Tensor, values: list[Tensor]
    ) -> Tensor:
        """Return log-probabilities (b, t) of the answer tokens; `index` (b, k) points into
        `values`, the experts' rows in each layer.
        """
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
        """Return the items that the backbone can express; the others get their reason."""
        kept = list(items)
        try:
            batch = self._batch(kept)
        except NotExpressible:
            kept = [item for item in items if self._expressible(item)]
            if not kept:
                return None
            batch = self._batch(kept)
        ids = torch.stack([item.ids for item in kept])
        gates = torch.stack([item.gates for item in kept])
        layers = range(len(self.memory.layers))
        inputs = tuple(self.memory.input_vectors(layer, ids, gates) for layer in layers)
        return WordingBatch(kept, batch, torch.searchsorted(self._staged_ids, ids), inputs)

    def _batch(self, items: Sequence[Wording]) -> Any:
        backbone = self.memory.backbone
        prompts = [self.prompt(item.question) for item in items]
        answers = [item.answer for item in items]
        # The trunk is frozen, so it is computed once for all steps. Shared experts act in it.
        with torch.no_grad(), using(self._shared(len(items))):
            return backbone.trunk(backbone.batch(prompts, answers))

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
