"""The time of a run counts over resumptions, and a stop loses nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from mome.pretrain.timed_run import TimedConfig, TimedRun


class Count(TimedRun[int]):
    """Adds up its batches."""

    total = 0

    def state(self) -> dict[str, Any]:
        return {"total": self.total}

    def restore(self, state: dict[str, Any]) -> None:
        self.total = state["total"]

    def train_step(self, batch: int) -> Tensor:
        self.total += batch
        return torch.tensor(float(batch))

    def measure(self) -> str:
        return f"total {self.total}"


def ones(seed: int) -> Iterator[int]:
    while True:
        yield 1


def breaking(seed: int) -> Iterator[int]:
    yield from [1, 1, 1]
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by 1/128 s at every look, so that a step takes as long."""
    looks = itertools.count()
    ticking = SimpleNamespace(monotonic=lambda: next(looks) / 128)
    monkeypatch.setattr("mome.pretrain.timed_run.time", ticking)


@pytest.mark.parametrize("minutes", [0, -1])
def test_a_config_is_checked_when_made(minutes: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        TimedConfig(minutes)


def test_a_run_goes_on_from_its_checkpoint_until_its_time_is_spent(tmp_path: Path) -> None:
    lines: list[str] = []
    config = TimedConfig(minutes=24 / 128 / 60, checkpoint_every=4 / 128, said_every=4)
    stopped = Count(tmp_path / "c.pt", breaking, config, lines.append)
    with pytest.raises(KeyboardInterrupt):
        stopped.train()
    assert (stopped.total, stopped.step, lines) == (3, 3, [])
    run = Count(tmp_path / "c.pt", ones, config, lines.append)
    run.resume()
    assert (run.total, run.step, run.elapsed) == (3, 3, stopped.elapsed)
    run.train()
    assert run.progress >= 1
    assert run.total == run.step == 24
    assert lines[0] == "resumed at step 3, 0.0 of 0.003125 minutes"
    assert lines[1] == "step 4 minute 0.0 loss 1.000"
    assert any(line.startswith("step ") and " held-out total " in line for line in lines)
    done = Count(tmp_path / "c.pt", ones, config, lines.append)
    done.resume()
    done.train()
    assert done.step == run.step
