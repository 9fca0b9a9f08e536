"""The training run of an adapter; `mome.pretrain.skill.command` starts it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mome.pretrain.skill.model import SkillModel
from mome.pretrain.skill.rows import UNPREDICTED, SkillBatch
from mome.pretrain.timed_run import TimedConfig, TimedRun

Update = list[SkillBatch]
"""Batches whose gradients are summed."""


@dataclass(frozen=True)
class SkillConfig(TimedConfig):
    """How an adapter is trained."""

    # An update takes a CPU a minute, and measuring the adapter as long.
    said_every: int = 5
    checkpoint_every: float = 900.0
    # With 4e-4 the loss on the held-out questions rose again after 36 updates.
    learning_rate: float = 2e-4
    """Highest learning rate."""

    @classmethod
    def on(cls, place: str, minutes: float) -> SkillConfig:
        """Return the configuration for the device `place`."""
        if place == "cuda":
            return cls(minutes, checkpoint_every=60.0, said_every=20)
        return cls(minutes)


class SkillRun(TimedRun[Update]):
    """One training run of an adapter.

    `work`: folder of the last checkpoint.
    `updates`: returns endless updates for a seed.
    `held_out`: batches on which the adapter is measured at every checkpoint.
    `say`: receives each line of progress.
    """

    def __init__(
        self,
        work: Path,
        model: SkillModel,
        updates: Callable[[int], Iterator[Update]],
        held_out: Sequence[SkillBatch],
        config: SkillConfig,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(work / "adapter.pt", updates, config, say)
        self.model = model
        self.held_out = held_out
        self.rate = config.learning_rate
        self.optimizer = torch.optim.AdamW(
            model.parameters, lr=self.rate, weight_decay=0.0, betas=(0.9, 0.98)
        )
        self.resume()

    def state(self) -> dict[str, Any]:
        """Return the adapter's weights and the optimizer's state."""
        return {"adapter": self.model.state(), "optimizer": self.optimizer.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` returned."""
        self.model.restore(state["adapter"])
        self.optimizer.load_state_dict(state["optimizer"])

    def train_step(self, batch: Update) -> Tensor:
        """Train on one update and return the mean loss of its answer tokens."""
        # Linear warmup, then a cosine to 0; with 0.01 the first steps train a little.
        rising = self.progress / self.config.warmup + 0.01
        falling = 0.5 * (1 + math.cos(math.pi * min(1.0, self.progress)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * min(rising, falling)
        tokens = sum(int((part.targets != UNPREDICTED).sum()) for part in batch)
        total = torch.zeros((), device=self.device)
        for part in batch:
            loss = self.model.loss(part) / tokens
            loss.backward()
            total += loss.detach()
        torch.nn.utils.clip_grad_norm_(self.model.parameters, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return total

    @torch.no_grad()
    def measure(self) -> str:
        """Return figures on the held-out batches as JSON.

        `loss`: mean cross-entropy of the answers' tokens, given the right tokens before them.
        `whole`: share of answers all of whose tokens are predicted right, given the same.
        """
        loss = 0.0
        answers = tokens = right = 0
        for batch in self.held_out:
            logits, targets = self.model.logits(batch)
            loss += float(torch.nn.functional.cross_entropy(logits, targets, reduction="sum"))
            wrong = torch.zeros_like(batch.targets)
            wrong[batch.targets != UNPREDICTED] = (logits.argmax(-1) != targets).long()
            answers += len(wrong)
            tokens += len(targets)
            right += int((wrong.sum(1) == 0).sum())
        if not answers:
            return "{}"
        return json.dumps({"loss": round(loss / tokens, 4), "whole": round(right / answers, 4)})
