"""`mome doctor`: what is well and what is not, each in a line, and an exit code that a script can
use.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from mome.cli.doctor import abandoned

if TYPE_CHECKING:
    from conftest import Cli, Tuned


def test_all_is_well(club: Tuned, mome: Cli) -> None:
    done = mome("doctor", "--memory", club.memory)
    assert done.code == 0, done.out + done.err
    assert [line[:4] for line in done.out.splitlines()] == ["ok  "] * 3
    assert (
        "3 of 3 facts recalled, all files whole" in done.out
        and "the schema is the one that was memorised" in done.out
    )


def test_a_schema_that_moved_and_a_memory_that_is_damaged(club: Tuned, mome: Cli) -> None:
    mome.home.mkdir()
    moved = club.moved_to(mome.home)
    connection = sqlite3.connect(moved.database)
    connection.execute("ALTER TABLE member DROP COLUMN email")
    connection.close()
    damaged = mome.home / "broken"
    shutil.copytree(club.memory, damaged, symlinks=True)
    facts = damaged / "current" / "facts.jsonl"
    facts.write_bytes(facts.read_bytes()[:-20])
    done = mome("doctor")
    assert done.code == 1
    bad = [line for line in done.out.splitlines() if line.startswith("BAD ")]
    assert len(bad) == 2 and len(done.out.splitlines()) == 4
    assert bad[0].startswith(f"BAD  {damaged}: ") and "facts.jsonl" in bad[0]
    assert bad[1].startswith(f"BAD  {moved.memory}: the schema has changed; run `mome tune")


def test_statements_that_a_server_does_not_end_are_told() -> None:
    assert abandoned(Path("shop"), 0).good
    found = abandoned(Path("shop"), 2)
    assert not found.good
    assert "run 2 statements of this account for over 310 s" in found.text
    assert "a program that left 4 of them starts no other until one ends" in found.text
