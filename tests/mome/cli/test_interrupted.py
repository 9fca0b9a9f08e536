"""What comes between a tune and its end (Ctrl-C, another tune, a full disk) leaves the memory that
is there as it was, and working. Ctrl-C at another command says what is kept.
"""

from __future__ import annotations

import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from command_line import Cli
from mome.cli.main import LEFT, _stopped, app
from training_data.sample.bookshop import create_sample

if TYPE_CHECKING:
    from conftest import Done, Tuned

Snapshot = Callable[[Path], dict[str, str]]
PATIENCE = 250


@dataclass
class Running:
    """A command whose progress is drawn on a terminal."""

    process: subprocess.Popen[bytes]
    terminal: int
    screen: str = ""

    def read_until(self, words: str | None) -> None:
        """Read the screen until the words are there, or to the end of the command."""
        deadline = time.monotonic() + PATIENCE
        while words is None or words not in self.screen:
            assert time.monotonic() < deadline, self.screen
            try:
                self.screen += re.sub(
                    r"\x1b\[[0-9;?]*[A-Za-z]",
                    "",
                    os.read(self.terminal, 65536).decode("utf-8", "replace"),
                )
            except OSError:  # the other side is closed: the command has ended
                assert words is None, self.screen
                return

    def interrupt(self) -> int:
        """Press Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        self.read_until(None)
        return self.process.wait(PATIENCE)


def test_ctrl_c_and_a_second_tune_leave_the_memory_as_it_was(
    own_club: Tuned, mome: Cli, refused: Callable, snapshot: Snapshot
) -> None:
    before = snapshot(own_club.memory)
    larger = create_sample(own_club.memory.with_name("bookshop.sqlite"))
    words = ("tune", "--db-url", larger, "--memory", own_club.memory)
    with _running(mome, *words) as first:
        first.read_until("Memorising")
        refused(mome(*words), "another tune is working on the memory")
        assert first.process.poll() is None
        assert first.interrupt() == 130
    assert first.screen.rstrip().endswith("mome: stopped; the memory is as it was")
    assert "Reading the database" in first.screen and "Traceback" not in first.screen
    assert snapshot(own_club.memory) == before
    asked = mome("ask", "Who joined in 2024?", "--memory", own_club.memory)
    assert asked.code == 0 and "a verified query" in asked.err, asked.err


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("translate --out answers.jsonl --questions", "; the answers written so far are kept"),
        ("eval --questions", ""),
    ],
)
def test_ctrl_c_says_what_is_kept(
    command: str, told: str, club: Tuned, mome: Cli, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "asked.jsonl")
    words = (*command.split(), tmp_path / "asked.jsonl", "--memory", club.memory)
    with _running(mome, *words, cwd=tmp_path) as reading:
        # Returns when the command opens the file, and then waits for its content.
        with (tmp_path / "asked.jsonl").open("w"):
            assert reading.interrupt() == 130
    assert reading.screen.strip() == f"mome: stopped{told}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("forget --quiet 3", "stopped; the memory is as it was"),
        ("models", "stopped"),
        ("models get tiny-1m", "stopped; the next call resumes"),
        ("pretrain --data x", "stopped; the same command goes on from the last checkpoint"),
        ("ask Who?", "stopped"),
        ("", "stopped"),
    ],
)
def test_what_is_kept_depends_on_the_command(words: str, told: str) -> None:
    line = _stopped(words.split())
    assert line.startswith(told) if told.endswith("resumes") else line == told


def test_every_command_of_which_something_is_kept_exists() -> None:
    group = typer.main.get_command(app)
    for name in LEFT:
        first, *second = name.split()
        command = group.commands[first]
        assert not second or second[0] in command.commands


def test_a_limit_on_the_size_of_files(
    own_club: Tuned, mome: Cli, refused: Callable, snapshot: Snapshot
) -> None:
    before = snapshot(own_club.memory)
    done = _tune_again(
        own_club,
        mome,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    refused(done, "what was there is unchanged; the disk is full: free some space and run it again")
    assert snapshot(own_club.memory) == before


def test_a_full_disk(
    own_club: Tuned, mome: Cli, tmp_path: Path, refused: Callable, snapshot: Snapshot
) -> None:
    size = sum(path.stat().st_size for path in own_club.memory.rglob("*") if path.is_file())
    with _small_disk(tmp_path / "disk", size + 200_000) as disk:
        crowded = own_club.copied_to(disk)
        before = snapshot(crowded.memory)
        refused(
            _tune_again(crowded, mome),
            "what was there is unchanged; the disk is full: free some space and run it again",
        )
        assert snapshot(crowded.memory) == before
        asked = mome("ask", "Who joined in 2024?", "--memory", crowded.memory)
        assert asked.code == 0, asked.err


@pytest.fixture(scope="module")
def forgetful(club: Tuned, tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """A memory of two versions."""
    folder = tmp_path_factory.mktemp("forgetful")
    copy = club.copied_to(folder)
    done = Cli(folder / "home")("forget", "Which clubs are in Basel?", "--memory", copy.memory)
    assert done.code == 0, done.err
    return copy


@pytest.mark.parametrize("free", [4_000, 30_000, 60_000])
def test_a_full_disk_while_something_is_learned(
    forgetful: Tuned, mome: Cli, tmp_path: Path, refused: Callable, snapshot: Snapshot, free: int
) -> None:
    """With room for nothing, for the pair alone, and for a part of the version."""
    size = sum(path.stat().st_size for path in forgetful.memory.rglob("*") if path.is_file())
    with _small_disk(tmp_path / "disk", size + 400_000) as disk:
        crowded = forgetful.copied_to(disk)
        before = snapshot(crowded.memory)
        filler = disk / "filler"
        filler.write_bytes(bytes(max(shutil.disk_usage(disk).free - free, 0)))
        words = ("--question", "Who has an address?", "--sql", "SELECT name FROM member")
        done = mome("learn", *words, "--memory", crowded.memory)
        refused(done, "what was there is unchanged; the disk is full: free some space and run it")
        assert snapshot(crowded.memory) == before
        filler.unlink()
        assert mome("learn", *words, "--memory", crowded.memory).code == 0


def _tune_again(tuned: Tuned, mome: Cli, **options: object) -> Done:
    words = (
        "--db-url",
        tuned.database,
        "--memory",
        tuned.memory,
        "--verified",
        tuned.pairs,
        "--facts",
        0,
    )
    return mome("tune", *words, env={"PYTHONDONTWRITEBYTECODE": "1"}, **options)


@contextmanager
def _running(mome: Cli, *words: object, cwd: Path | None = None) -> Iterator[Running]:
    """A command whose stderr is a terminal; it is killed where the block fails."""
    terminal, other_side = pty.openpty()
    environment = mome.environment({"TERM": "xterm", "COLUMNS": "160"})
    process = subprocess.Popen(
        mome.command(*words),
        stdout=subprocess.DEVNULL,
        stderr=other_side,
        env=environment,
        cwd=cwd,
    )
    os.close(other_side)
    try:
        yield Running(process, terminal)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


@contextmanager
def _small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of so many bytes; skips where this user may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs the rights to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
