"""`mome pretrain` as a user calls it: from questions to a model that the product loads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from mome.backbones.loading import load
from mome.linking.slice import Linker
from mome.pretrain.command import read_database


def test_pretrain_resumes_and_writes_a_model_that_answers(data: Path, tmp_path: Path) -> None:
    first, second = _pretrain(data, tmp_path, 0.2), _pretrain(data, tmp_path, 0.4)
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert re.match(
        r"reading the databases\n(WordNet .*\n)?\d+ questions to learn from\n", first.stdout
    )
    assert "resumed" not in first.stdout and "resumed at step " in second.stdout
    assert second.stdout.endswith(f"the model is in {tmp_path / 'export'}\n")
    backbone = load(str(tmp_path / "export"))
    linker = Linker(*read_database(data / "spider/db/shop.sqlite"))
    (found,) = backbone.generate(
        [backbone.prepare(linker.slice("How many shops are there?"), linker)], beams=2
    )
    assert all(candidate.answer is None or candidate.answer for candidate in found)


def test_rows_drawn_ahead_need_no_data_any_more(data: Path, tmp_path: Path) -> None:
    first = _pretrain(data, tmp_path, 0.1, "--ahead", "30")
    assert first.returncode == 0 and "drawing 30 rows\n" in first.stdout, first.stderr
    second = _pretrain(tmp_path / "none", tmp_path, 0.2)
    assert second.returncode == 0 and second.stdout.startswith("resumed at step "), second.stderr
    assert load(str(tmp_path / "export")).identity


def test_pretrain_without_its_data_says_what_to_do(tmp_path: Path) -> None:
    done = _pretrain(tmp_path, tmp_path / "work", 1.0)
    advice = "--data names the folder with spider/, bird_train/ and wikisql/"
    assert (done.returncode, done.stderr) == (
        1,
        f"mome: {tmp_path}/spider/questions.jsonl is missing; {advice}\n",
    )


def _pretrain(
    data: Path, work: Path, minutes: float, *more: str
) -> subprocess.CompletedProcess[str]:
    """Run `mome pretrain` in a process of its own."""
    program = Path(sys.executable).with_name("mome")
    words = ["pretrain", "--data", data, "--work", work, "--minutes", str(minutes), *more]
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=250)
