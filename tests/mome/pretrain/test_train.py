"""A run that stops, resumes and ends as a model that the product loads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from interrupted import interrupted_at
from mome.backbones.loading import load
from mome.pretrain.batches import Batches
from mome.pretrain.examples import Example
from mome.pretrain.train import PretrainingRun, TrainConfig


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"minutes": -1}, {"minutes": 1, "batch": 0}])
def test_a_config_is_checked_when_made(wrong: dict) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        TrainConfig(**wrong)


def test_a_run_resumes_where_it_stopped_and_learns(
    examples: list[Example], make_bundled: Callable[..., Path], tmp_path: Path
) -> None:
    make_bundled(tmp_path / "model", std=0.05)
    lines: list[str] = []
    config = TrainConfig(minutes=0.15, batch=4, encoder_lr=1e-3, decoder_lr=3e-3)
    batches = Batches(examples, tmp_path / "model", config.batch)
    rows = [batches.row(example, None) for example in examples[:2]]
    held_out = [batches.collate([row for row in rows if row])]

    stopped = PretrainingRun(tmp_path, batches, held_out, config, interrupted_at(lines, "step 20 "))
    with pytest.raises(KeyboardInterrupt):
        stopped.train()
    resumed = PretrainingRun(tmp_path, batches, held_out, config, lines.append)
    assert (resumed.step, resumed.elapsed) == (stopped.step, stopped.elapsed)
    assert lines[-1].startswith(f"resumed at step {stopped.step}")
    for parameter, kept in zip(stopped.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(parameter, kept)

    resumed.train()
    losses = [float(line.split()[-1]) for line in lines if " loss " in line]
    assert resumed.step > stopped.step
    assert losses[-1] < 0.7 * losses[0]
    assert resumed.measure().startswith('{"tokens": ')

    resumed.export(tmp_path / "export")
    weights = load_file(tmp_path / "export" / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}
    assert load(str(tmp_path / "export")).identity
