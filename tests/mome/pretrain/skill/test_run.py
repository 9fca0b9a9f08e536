"""A run that stops, resumes, and predicts its answers better at the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from interrupted import interrupted_at
from mome.pretrain.skill.model import SkillModel, load_base
from mome.pretrain.skill.rows import SkillRows, TokenizedGroup
from mome.pretrain.skill.run import SkillConfig, SkillRun


def test_a_run_resumes_where_it_stopped_and_learns(
    tokenized: list[TokenizedGroup], causal_folder: Path, tmp_path: Path
) -> None:
    rows = SkillRows.of(tokenized, 4)
    held_out = list(rows.once())
    lines: list[str] = []
    config = SkillConfig(minutes=0.1, learning_rate=3e-2)

    def run(say: Callable[[str], None]) -> SkillRun:
        model = SkillModel(load_base(str(causal_folder)), "cpu", torch.float32)
        return SkillRun(tmp_path, model, rows, held_out, config, say)

    stopped = run(interrupted_at(lines, "step 10 "))
    before = json.loads(stopped.measure())
    with pytest.raises(KeyboardInterrupt):
        stopped.train()
    resumed = run(lines.append)
    assert (resumed.step, resumed.elapsed) == (stopped.step, stopped.elapsed)
    assert lines[-1].startswith(f"resumed at step {stopped.step}")
    kept = stopped.model.state()
    for name, weight in resumed.model.state().items():
        assert torch.equal(weight, kept[name])

    resumed.train()
    after = json.loads(resumed.measure())
    assert resumed.step > stopped.step
    assert after["loss"] < 0.7 * before["loss"]
    assert after.keys() == {"loss", "whole"}
