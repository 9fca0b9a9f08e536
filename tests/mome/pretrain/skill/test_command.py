"""`mome pretrain --base` as a user calls it: from questions to an adapter."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from peft import PeftModel
from transformers import AutoTokenizer

from mome.backbones.identity import identity
from mome.backbones.loading import load_text_model
from mome.errors import BackboneError
from mome.pretrain.examples import Example
from mome.pretrain.skill.command import UPDATE, DrawnUpdates, pretrain_skill
from mome.pretrain.skill.examples import GROUP, GroupDrawer
from mome.pretrain.skill.rows import SkillTokenizer


def test_questions_drawn_ahead_are_learned_without_the_data(
    data: Path, causal_folder: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    pretrain_skill(str(causal_folder), data, tmp_path, 0.02, lines.append, ahead=20)
    assert lines[0] == "reading the databases"
    assert "drawing 20 questions" in lines
    result = _pretrain(causal_folder, tmp_path / "none", tmp_path, "0.1")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("resumed at step ")
    *_, held_out, last = result.stdout.splitlines()
    assert held_out.startswith('held-out {"loss": ')
    assert last == f"the adapter is in {tmp_path / 'adapter'}"
    base = load_text_model(causal_folder).model
    assert PeftModel.from_pretrained(base, tmp_path / "adapter").peft_config


def test_drawn_updates_have_enough_questions(examples: list[Example], causal_folder: Path) -> None:
    tokenizer = SkillTokenizer(AutoTokenizer.from_pretrained(causal_folder))
    drawn = DrawnUpdates(GroupDrawer(examples), tokenizer)
    for update in islice(drawn(0), 2):
        assert UPDATE <= sum(len(batch.ids) for batch in update) < UPDATE + GROUP
    assert 20 <= sum(len(group.rows) for group in drawn.first(20)) < 20 + GROUP


def test_a_work_folder_belongs_to_one_base_model(
    causal_folder: Path, text_folders: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(BackboneError, match="sede/ and wikisql/|wikisql/ and sede/"):
        pretrain_skill(str(causal_folder), tmp_path, tmp_path / "work", 1.0, print)
    # The hash of its files alone: where a memory's experts act does not matter here.
    assert (tmp_path / "work" / "base.txt").read_text() == identity(causal_folder)
    with pytest.raises(BackboneError, match="has a run of another base model"):
        pretrain_skill(str(text_folders["llama"]), tmp_path, tmp_path / "work", 1.0, print)


def test_a_start_is_for_the_bundled_model(causal_folder: Path, tmp_path: Path) -> None:
    result = _pretrain(causal_folder, tmp_path, tmp_path, "1", "--start", str(tmp_path))
    assert result.returncode == 2
    assert result.stderr == (
        "mome: Invalid value for --start: it is for the bundled model; leave --base out\n"
    )


def _pretrain(
    base: Path, data: Path, work: Path, minutes: str, *more: str
) -> subprocess.CompletedProcess[str]:
    """Run `mome pretrain` in a process of its own."""
    program = Path(sys.executable).with_name("mome")
    arguments = ["pretrain", "--base", base, "--data", data, "--work", work, "--minutes", minutes]
    return subprocess.run([program, *arguments, *more], capture_output=True, text=True, timeout=250)
