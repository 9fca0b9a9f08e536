"""`mome export --lora`: facts as folders that plain PEFT loads, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from text_memories import ASKED, WIDE, peft_answers, tuned
from tiny_text_models import write_text_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Cli, Done

    from command_line import Tuned


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_text_model(tmp_path_factory.mktemp("wide"), "chat", **WIDE)


@pytest.fixture(scope="module")
def stored(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored memory of facts in plain text."""
    from mome.memory import MemoryStore

    path = tmp_path_factory.mktemp("memory")
    memory = tuned(folder)
    store = MemoryStore(path)
    with store.lock():
        store.write(memory.stored())
    return path


def test_facts_are_written_and_plain_peft_answers(
    stored: Path,
    folder: Path,
    tmp_path: Path,
    mome: Cli,
    refused: Callable[[Done, str], None],
) -> None:
    from mome.backbones.loading import load_text_model
    from mome.memory import text_fact

    ids = [text_fact(prompt, "").id for prompt in ASKED[:2]]
    out = tmp_path / "adapters"
    words = ("--memory", stored, "--base", folder, "--out", out)
    done = mome("export", "--lora", *ids, *words)
    assert (done.code, done.err) == (0, "")
    assert [line.partition(":")[0] for line in done.out.splitlines()] == [
        str(out / name) for name in ids
    ]
    tokens = load_text_model(folder).tokens(ASKED[1])
    assert peft_answers(folder, out / ids[1], [tokens]) == ["Paris"]
    refused(mome("export", "--lora", ids[0], *words), "give another folder with --out")
    assert sorted(path.name for path in out.iterdir()) == sorted(ids)


def test_what_cannot_be_exported_is_told_in_one_line(
    stored: Path,
    folder: Path,
    tmp_path: Path,
    mome: Cli,
    refused: Callable[[Done, str], None],
) -> None:
    words = ("--memory", stored, "--out", tmp_path / "out")
    refused(mome("export", "--lora", "nothing", *words, "--base", folder), "has no fact nothing")
    for call, said in (
        (("export", "text-1", *words), "Missing option '--lora'"),
        (("export", "--lora", "text-1", *words), "Missing option '--base'"),
    ):
        done = mome(*call)
        assert done.code == 2 and said in done.err
    assert not (tmp_path / "out").exists()


def test_the_bundled_model_takes_no_adapter(
    bookshop: Tuned, tmp_path: Path, mome: Cli, refused: Callable[[Done, str], None]
) -> None:
    call = ("export", "--lora", "any", "--memory", bookshop.memory, "--out", tmp_path / "out")
    refused(mome(*call), "is no causal model of transformers")
