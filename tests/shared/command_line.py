"""The real command line in processes of its own, what it tuned, and the memory of the sample
bookshop. The tests of the command line and of the page use them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import pytest
from command_server import CommandServer

from made_once import made_once
from mome.artifacts.checksums import CHECKSUMS, write_checksums
from training_data.sample.bookshop import create_sample, sample_verified

PROGRAM = Path(sys.executable).with_name("mome")
OURS = {"DB_URL", "MOME_HOME", "MEMORY", "HEADLESS", "PGPASSWORD", "MYSQL_PWD"}
READ_LATE = (*OURS, "MOME_MODELS", "PG", "MYSQL_", "PYTEST_")
"""How variables begin that a command reads when it runs; others may matter while it imports."""
SECONDS = 900
MADE = "made.json"


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
        """Run one command to its end: in a fork of a process that has imported torch, unless the
        environment may change what is imported or `options` are for `subprocess.run`.
        """
        environment = self.environment(env)
        fixed = _fixed(environment)
        if set(options) - {"cwd"} or fixed != _fixed(self.environment()):
            return self.run(self.command(*words), env, **options)
        folder = Path(str(options.get("cwd", Path.cwd())))
        server = _server(tuple(sorted(fixed.items())))
        return Done(*server.run([str(word) for word in words], environment, folder, SECONDS))

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


def _fixed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that have to be the same in the process that is forked."""
    return {name: value for name, value in environment.items() if not name.startswith(READ_LATE)}


@cache
def _server(environment: tuple[tuple[str, str], ...]) -> CommandServer:
    return CommandServer(dict(environment))


@dataclass(frozen=True)
class Tuned:
    """A database with its verified pairs and the memory of both."""

    database: Path
    pairs: Path
    memory: Path
    done: Done = field(repr=False)
    """The tune that made it."""

    @classmethod
    def make(cls, folder: Path, database: Path, pairs: Path, *, facts: int) -> None:
        """Tune a memory into its default place under `folder`/home, for `read`."""
        words = ("--db-url", database, "--verified", pairs, "--facts", facts)
        done = Cli(folder / "home")("tune", *words)
        assert done.code == 0, done.err
        memory = folder / "home" / database.stem
        places = {"database": str(database), "pairs": str(pairs), "memory": str(memory)}
        (folder / MADE).write_text(json.dumps(places | {"done": asdict(done)}), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Tuned:
        """Return what `make` made in the folder."""
        made = json.loads((folder / MADE).read_text("utf-8"))
        places = (Path(made[name]) for name in ("database", "pairs", "memory"))
        return cls(*places, Done(**made["done"]))

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
            folder / self.database.name,
            folder / self.pairs.name,
            folder / self.memory.name,
            self.done,
        )
        shutil.copy(self.database, copy.database)
        shutil.copy(self.pairs, copy.pairs)
        shutil.copytree(self.memory, copy.memory, symlinks=True)
        return copy

    def moved_to(self, folder: Path) -> Tuned:
        """The same in another folder, whose memory names the database there."""
        copy = self.copied_to(folder)
        for name in ("catalog.json", "source.json"):
            path = copy.current / name
            text = path.read_text("utf-8")
            path.write_text(text.replace(str(self.database), str(copy.database)), "utf-8")
        # All files of the folder get a checksum, and it has none itself.
        (copy.current / CHECKSUMS).unlink()
        write_checksums(copy.current)
        return copy


def tuned_bookshop(factory: pytest.TempPathFactory) -> Tuned:
    """The sample bookshop with all its verified pairs and 20 facts, which no test may change."""
    return Tuned.read(made_once(factory, "bookshop", _tune_bookshop))


def _tune_bookshop(folder: Path) -> None:
    database = create_sample(folder / "bookshop.sqlite")
    Tuned.make(folder, database, sample_verified(folder / "verified.jsonl"), facts=20)
