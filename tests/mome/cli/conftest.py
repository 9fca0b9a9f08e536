"""The real command line in subprocesses, and memories tuned once a session: the sample bookshop
with 20 facts, a tiny club without any.

A start takes seconds, for torch is loaded: few, full calls.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from training_data.sample.bookshop import create_sample, sample_verified

PROGRAM = Path(sys.executable).with_name("mome")
OURS = {"DB_URL", "MOME_HOME", "MEMORY", "HEADLESS", "PGPASSWORD", "MYSQL_PWD"}
SECONDS = 900
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


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Cli:
    """Calls `mome` as a person does; `home` is its MOME_HOME."""

    home: Path

    def __call__(
        self, *words: object, env: Mapping[str, str] | None = None, **options: object
    ) -> Done:
        """Run one command to its end."""
        return self.run(self.command(*words), env, **options)

    def run(
        self, command: list[str], env: Mapping[str, str] | None = None, **options: object
    ) -> Done:
        """Run another program in the same way."""
        options |= {"capture_output": True, "encoding": "utf-8", "timeout": SECONDS}
        done = subprocess.run(command, env=self.environment(env), **options)
        return Done(done.returncode, done.stdout, done.stderr)

    def command(self, *words: object) -> list[str]:
        """As a subprocess takes it."""
        return [str(word) for word in (PROGRAM, *words)]

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Ours, without what the person who runs the tests has set, and plain text on the
        terminal.
        """
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in OURS and not name.startswith(("PG", "MYSQL_"))
        }
        return (
            kept
            | {"MOME_HOME": str(self.home), "OMP_NUM_THREADS": "1", "NO_COLOR": "1"}
            | dict(more or {})
        )


@dataclass(frozen=True)
class Tuned:
    """A database with its verified pairs and the memory of both."""

    database: Path
    pairs: Path
    memory: Path
    done: Done = field(repr=False)
    """The tune that made it."""

    @property
    def current(self) -> Path:
        """The folder of the current version."""
        return (self.memory / "current").resolve()

    def facts(self) -> list[dict]:
        """recall.json, fact by fact."""
        return json.loads((self.current / "recall.json").read_text("utf-8"))["facts"]

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """In the block, the database is not where the memory knows it."""
        away = self.database.rename(self.database.with_suffix(".away"))
        try:
            yield
        finally:
            away.rename(self.database)

    def copied_to(self, folder: Path) -> Tuned:
        """The same in another folder, to be changed there; the memory still names the first
        database.
        """
        copy = Tuned(
            folder / self.database.name, folder / self.pairs.name, folder / "memory", self.done
        )
        shutil.copy(self.database, copy.database)
        shutil.copy(self.pairs, copy.pairs)
        shutil.copytree(self.memory, copy.memory, symlinks=True)
        return copy


@pytest.fixture
def mome(tmp_path: Path) -> Cli:
    """The command line with a home of its own."""
    return Cli(tmp_path / "home")


@pytest.fixture(scope="session")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """The sample bookshop, tuned into its default place under MOME_HOME."""
    folder = tmp_path_factory.mktemp("bookshop")
    database, pairs = (
        create_sample(folder / "bookshop.sqlite"),
        sample_verified(folder / "verified.jsonl"),
    )
    done = Cli(folder / "home")("tune", "--db-url", database, "--verified", pairs, "--facts", 20)
    assert done.code == 0, done.err
    return Tuned(database, pairs, folder / "home" / "bookshop", done)


@pytest.fixture(scope="session")
def club(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """Two tables and three verified pairs, for all that does not depend on what is in the memory;
    take a copy to change it.
    """
    folder = tmp_path_factory.mktemp("club")
    database, pairs = (
        make_club(folder / "club.sqlite"),
        write_pairs(folder / "verified.jsonl", CLUB_PAIRS),
    )
    done = Cli(folder / "home")(
        "tune",
        "--db-url",
        database,
        "--memory",
        folder / "memory",
        "--verified",
        pairs,
        "--facts",
        0,
    )
    assert done.code == 0, done.err
    return Tuned(database, pairs, folder / "memory", done)


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
