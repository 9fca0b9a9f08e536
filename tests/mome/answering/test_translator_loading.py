"""The translator on catalogs of every dialect, and on memories that are broken, gone or of another
base model.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlglot

from mome import Translator
from mome.answering.translation import Rewritten
from mome.backbones.identity import BUNDLED
from mome.errors import BackboneError, BrokenMemory, NoMemory, OtherBackbone
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryConfig
from mome.reporting import Reporter
from mome.tune.plan import Preparation, TuneRequest
from mome.tune.run import tune_database
from songs import QUESTION, Scripted, said

DIALECTS = {
    "sqlite": (
        'SELECT "First Name" FROM "Order Line" JOIN singer ON singer_id = singer.id WHERE '
        "singer.country = {}"
    ),
    "duckdb": (
        'SELECT "First Name" FROM "Order Line" JOIN singer ON singer_id = singer.id WHERE '
        "singer.country = {}"
    ),
    "postgres": (
        'SELECT "First Name" FROM "Order Line" JOIN singer ON singer_id = singer.id WHERE '
        "singer.country = {}"
    ),
    "mysql": (
        "SELECT `First Name` FROM `Order Line` JOIN singer ON singer_id = singer.id WHERE "
        "singer.country = {}"
    ),
}


@pytest.fixture(scope="module")
def unused(one_thread: None) -> Scripted:
    """A backbone without a memory of singers."""
    return Scripted(BUNDLED)


@pytest.fixture(scope="module")
def blank(unused: Scripted) -> Memory:
    """A memory of nothing."""
    memory = Memory.create(unused, MemoryConfig(), [])
    memory.attach()
    return memory


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_sql_is_in_the_catalog_s_dialect(
    unused: Scripted, blank: Memory, make_linker: Callable[..., Linker], dialect: str
) -> None:
    asked = Translator(unused, make_linker(dialect), blank, least=0.0)
    unused.given = [said(DIALECTS[dialect].format("'united states'"))]
    answer = asked.translate("first names of order lines of singers from the united states")
    assert (answer.sql, answer.dialect) == (DIALECTS[dialect].format("'United States'"), dialect)
    assert (
        answer.literals == (Rewritten("singer.country", "united states", "United States"),)
        and answer.nearest == ()
    )
    unused.given = None
    written = asked.translate("How many order lines are there?")
    quoted = sqlglot.exp.to_identifier("Order Line", quoted=True).sql(dialect=dialect)
    assert written.sql == f"SELECT COUNT(*) FROM {quoted}"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def overwritten(path: Path) -> None:
    path.write_text("[]\n")


BROKEN = [
    (name, harm)
    for name in ("source.json", "values.jsonl", "synonyms.json")
    for harm in (Path.unlink, cut)
]
BROKEN += [
    ("catalog.json", Path.unlink),
    ("facts.jsonl", cut),
    ("source.json", overwritten),
    ("values.jsonl", overwritten),
]


@pytest.mark.parametrize(
    ("name", "harm"), BROKEN, ids=[f"{name} {harm.__name__}" for name, harm in BROKEN]
)
def test_a_memory_with_a_file_missing_or_cut_is_broken(
    memory_folder: Path, tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    copy = tmp_path / "memory"
    shutil.copytree(memory_folder, copy, symlinks=True)
    harm(copy / "current" / name)
    with pytest.raises(BrokenMemory, match="mome tune") as caught:
        Translator.load(copy)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_memory(tmp_path: Path) -> None:
    with pytest.raises(NoMemory, match="mome tune"):
        Translator.load(tmp_path)


def test_another_base_model_than_the_memory_s(
    database: Path, make_bundled: Callable[..., Path], tmp_path: Path
) -> None:
    base = make_bundled(tmp_path / "base")
    request = TuneRequest(str(database), tmp_path / "memory", base=str(base), limit=0)
    with Preparation(request, Reporter()) as preparation:
        tune_database(preparation, preparation.plan())
    assert Translator.load(request.memory).translate(QUESTION).status in (
        "ok",
        "ambiguous",
        "unanswerable",
    )
    make_bundled(base, seed=1)
    with pytest.raises(OtherBackbone, match="tuned on another base model"):
        Translator.load(request.memory)
    shutil.rmtree(base)
    with pytest.raises(BackboneError):
        Translator.load(request.memory)
