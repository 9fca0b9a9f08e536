"""A process that is killed at any of its steps on the disk leaves a memory that loads, loses
nothing that was said, and lets the next one do the same work.

A step of each command is tried, by chance; TRIALS=50 tries fifty.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mome.artifacts.facts import read_facts
from mome.artifacts.records import NAMES, read_lines
from mome.memory import MemoryStore

if TYPE_CHECKING:
    from conftest import Cli, Tuned

KILLER = Path(__file__).parents[2] / "fixtures" / "killed"
TRIALS = int(os.environ.get("TRIALS", "1"))
# Each trial may take as long as any other test.
pytestmark = pytest.mark.timeout(300 * TRIALS)
BASEL, NEW = "Which clubs are in Basel?", "Who has an address?"
NEW_SQL = "SELECT name FROM member WHERE NOT email IS NULL"
COMMANDS = {
    "tune": ("tune", "--verified", "{pairs}", "--db-url", "{database}", "--facts", "0"),
    "learn": ("learn", "--question", NEW, "--sql", NEW_SQL),
    "forget": ("forget", BASEL),
    "rollback": ("rollback",),
}


@pytest.fixture(scope="module")
def prepared(club: Tuned, tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """A memory with a version before, something learned, and a pair more to tune."""
    copy = club.copied_to(tmp_path_factory.mktemp("prepared"))
    words = ["--question", "Name all clubs", "--sql", "SELECT name FROM club"]
    words += ["--memory", str(copy.memory)]
    subprocess.run([sys.executable, "-m", "mome.cli", "learn", *words], check=True)
    with copy.pairs.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"question": NEW, "sql": NEW_SQL}) + "\n")
    return copy


@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_process_loses_nothing(
    name: str, prepared: Tuned, mome: Cli, tmp_path: Path
) -> None:
    steps = _run(name, prepared.copied_to(_folder(tmp_path, "whole")), mome, 0, tmp_path)
    seed = random.randrange(2**32)
    for step in random.Random(seed).sample(range(1, steps + 1), min(TRIALS, steps)):
        print(f"seed {seed}: {name} is killed before step {step} of {steps}")
        copy = prepared.copied_to(_folder(tmp_path, f"killed-{step}"))
        said = read_lines(copy.memory, *NAMES)
        _run(name, copy, mome, step, tmp_path)
        _assert_whole(name, copy.memory, said)
        done = mome(*_words(name, copy))
        # Killed after its last step of importance, it has nothing left to do.
        already = {"forget": "has no fact", "rollback": "has no version before"}
        assert done.code == 0 or already.get(name, "?") in done.err, done.err


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def _words(name: str, tuned: Tuned) -> Sequence[object]:
    places = {"pairs": tuned.pairs, "database": tuned.database}
    return [*(word.format(**places) for word in COMMANDS[name]), "--memory", tuned.memory]


def _run(name: str, tuned: Tuned, mome: Cli, step: int, folder: Path) -> int:
    """Run a command that is killed before this step, none with 0; return how many there were."""
    log = folder / "steps"
    watcher = {"KILL_AT": str(step), "KILL_UNDER": str(tuned.memory), "KILL_LOG": str(log)}
    path = os.pathsep.join([str(KILLER), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    done = mome(*_words(name, tuned), env=watcher | {"PYTHONPATH": path})
    assert done.code == (-signal.SIGKILL if step else 0), done.err
    return 0 if step else int(log.read_text("utf-8"))


def _assert_whole(name: str, memory: Path, said: list[list[str]]) -> None:
    """Check that the memory loads, and that what it knows fits what was said."""
    current = MemoryStore(memory).open(verify_everything=True).path
    now = read_lines(memory, *NAMES)
    for before, after in zip(said, now, strict=True):
        assert set(before) <= set(after)
    known = {wording for fact in read_facts(current).values() for wording in fact.wordings}
    verified, forgotten = now[NAMES.index("feedback.jsonl")], now[NAMES.index("forgotten.jsonl")]
    if name == "learn" and NEW in known:
        assert any(NEW in line for line in verified)
    if name == "forget" and BASEL not in known:
        assert any(BASEL in line for line in forgotten)
