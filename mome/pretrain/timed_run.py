"""A training run of a given time, which resumes from its last checkpoint after a stop.

`mome.pretrain.train` trains the bundled model with it, `mome.pretrain.skill.run` an adapter of an
open model.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

BatchT = TypeVar("BatchT")


@dataclass(frozen=True)
class TimedConfig:
    """How long a run trains. Raises ValueError if `minutes` is not positive."""

    minutes: float
    """Training time over all resumptions; at its end the learning rate is zero."""
    warmup: float = 0.03
    """Share of the time in which the learning rate rises."""
    checkpoint_every: float = 240.0
    """Seconds between checkpoints."""
    said_every: int = 20
    """Steps between lines of progress."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise ValueError("minutes must be positive")


def device() -> str:
    """Return the device on which a run trains: cuda if torch finds a GPU, or else cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"


class TimedRun(ABC, Generic[BatchT]):
    """One training run; a subclass trains on a batch, and makes the state of a checkpoint.

    `checkpoint`: the file from which a later run resumes.
    `batches`: returns endless batches for a seed.
    `config`: how long to train.
    `say`: receives each line of progress.
    """

    def __init__(
        self,
        checkpoint: Path,
        batches: Callable[[int], Iterator[BatchT]],
        config: TimedConfig,
        say: Callable[[str], None],
    ) -> None:
        self.checkpoint = checkpoint
        self.batches = batches
        self.config = config
        self.say = say
        self.device = device()
        self.elapsed = 0.0
        """Seconds of training, over all resumptions."""
        self.step = 0
        torch.manual_seed(config.seed)

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return what is trained, and its optimizer's state."""

    @abstractmethod
    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` returned."""

    @abstractmethod
    def train_step(self, batch: BatchT) -> Tensor:
        """Train on one batch and return its loss."""

    @abstractmethod
    def measure(self) -> str:
        """Return figures on the held-out batches as JSON."""

    @property
    def progress(self) -> float:
        """Return the share of the time that is spent."""
        return self.elapsed / (self.config.minutes * 60)

    def resume(self) -> None:
        """Load the checkpoint if there is one."""
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, weights_only=True, map_location=self.device)
        self.restore(state)
        self.elapsed = state["elapsed"]
        self.step = state["step"]
        minutes = self.elapsed / 60
        self.say(f"resumed at step {self.step}, {minutes:.1f} of {self.config.minutes:g} minutes")

    def save(self) -> None:
        """Write the checkpoint; a stop while writing leaves the previous one."""
        state = {**self.state(), "elapsed": self.elapsed, "step": self.step}
        draft = self.checkpoint.with_suffix(".tmp")
        torch.save(state, draft)
        draft.rename(self.checkpoint)

    def train(self) -> None:
        """Train until the time is spent; save the checkpoint even after Ctrl-C."""
        total = self.config.minutes * 60
        last = saved = time.monotonic()
        loss: Tensor | None = None
        # A resumed run must not see the first batches again.
        batches = self.batches(self.config.seed + self.step)
        try:
            while self.elapsed < total:
                step_loss = self.train_step(next(batches))
                self.step += 1
                # A moving average of the loss; it starts at the loss of the first step.
                loss = step_loss if loss is None else loss + (step_loss - loss) * 0.02
                now = time.monotonic()
                self.elapsed += now - last
                last = now
                if self.step % self.config.said_every == 0:
                    minute = self.elapsed / 60
                    self.say(f"step {self.step} minute {minute:.1f} loss {loss.item():.3f}")
                if now - saved > self.config.checkpoint_every:
                    self.save()
                    self.say(f"step {self.step} held-out {self.measure()}")
                    # Saving and measuring do not count as training time.
                    saved = last = time.monotonic()
        finally:
            self.save()
