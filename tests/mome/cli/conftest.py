"""The real command line in processes of its own, and memories tuned once for all workers of a
session: the sample bookshop with 20 facts, a tiny club without any.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from command_line import Cli, Done, Tuned, tuned_bookshop
from made_once import made_once

CLUB = """
CREATE TABLE club (club_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE member (
  member_id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT,
    club_id INTEGER NOT NULL REFERENCES club, joined_on DATE NOT NULL);
INSERT INTO club VALUES (1, 'Rowing Club', 'Basel'), (2, 'Chess [/club]', 'Bern'), (3,
  'Night' || char(27) || '[31m Walkers', 'Basel');
INSERT INTO member VALUES (1, 'Ada', 'ada@private.example', 1, '2023-02-01'), (2, 'Ben',
  'ben@private.example', 1, '2024-05-11'),
  (3, 'Cleo', NULL, 2, '2024-07-30'), (4, 'Dora', 'dora@private.example', 3, '2025-01-09');
"""
CLUB_PAIRS = {
    "Who joined in 2024?": (
        "SELECT name FROM member WHERE joined_on >= '2024-01-01' AND joined_on < '2025-01-01'"
    ),
    "How many members does each club have?": (
        "SELECT club.name, COUNT(*) FROM member JOIN club ON member.club_id = club.club_id GROUP "
        "BY club.name"
    ),
    "Which clubs are in Basel?": "SELECT name FROM club WHERE city = 'Basel'",
}


@pytest.fixture
def mome(tmp_path: Path) -> Cli:
    """The command line with a home of its own."""
    return Cli(tmp_path / "home")


@pytest.fixture(scope="session")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """The sample bookshop, tuned into its default place under MOME_HOME. All workers share it: none
    may change it.
    """
    return tuned_bookshop(tmp_path_factory)


@pytest.fixture(scope="session")
def club(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """Two tables and three verified pairs, for all that does not depend on what is in the memory;
    take a copy to change it.
    """
    made = made_once(tmp_path_factory, "club", _tune_club)
    # Tests take the database away for a moment, so each worker needs its own.
    return Tuned.read(made).moved_to(tmp_path_factory.mktemp("club"))


@pytest.fixture
def own_club(club: Tuned, tmp_path: Path) -> Tuned:
    """A copy of `club`."""
    return club.copied_to(tmp_path)


@pytest.fixture(scope="session")
def refused() -> Callable[[Done, str], None]:
    """Checks that bad input got exactly one line that starts with `mome:` and holds the words."""

    def check(done: Done, words: str) -> None:
        assert done.code not in (0, None)
        assert (
            done.err.startswith("mome: ") and done.err.count("\n") == 1 and done.err.endswith("\n")
        ), done.err
        assert words in done.err
        assert done.out == ""

    return check


@pytest.fixture(scope="session")
def snapshot() -> Callable[[Path], dict[str, str]]:
    """What a folder holds but for locks and what is unfinished: every path with a hash of its
    content or with where it leads.
    """
    unseen = {"lock", "feedback.lock", "unfinished"}
    return lambda folder: {
        str(p.relative_to(folder)): _content(p)
        for p in sorted(folder.rglob("*"))
        if unseen.isdisjoint(p.parts)
    }


def _tune_club(folder: Path) -> None:
    pairs = write_pairs(folder / "verified.jsonl", CLUB_PAIRS)
    Tuned.make(folder, make_club(folder / "club.sqlite"), pairs, facts=0)


def make_club(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(CLUB)
    connection.close()
    return path


def write_pairs(path: Path, pairs: Mapping[str, str]) -> Path:
    path.write_text(
        "".join(
            json.dumps({"question": question, "sql": sql}) + "\n" for question, sql in pairs.items()
        ),
        "utf-8",
    )
    return path


def _content(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    return "folder" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
