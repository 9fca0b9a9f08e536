"""The translator that all of its tests ask: the shipped model, and a memory tuned on three verified
pairs. Where a case needs certain candidates, the same backbone gives those that the test names; all
else stays real.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mome import Translator
from mome.answering.translation import Translation
from mome.backbones.base import Candidate
from mome.backbones.identity import BUNDLED
from mome.execution import Executor, open_executor
from mome.memory import Memory
from songs import QUESTION, Ask, Scripted, make_database, tuned_songs


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_database(tmp_path_factory.mktemp("database") / "songs.sqlite")


@pytest.fixture(scope="session")
def memory_folder(one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory that knows PAIRS. All workers share it: leave it as it is."""
    return tuned_songs(tmp_path_factory) / "memory"


@pytest.fixture(scope="session")
def real(memory_folder: Path) -> Translator:
    """Needs no database."""
    return Translator.load(memory_folder)


@pytest.fixture(scope="session")
def scripted(one_thread: None) -> Scripted:
    return Scripted(BUNDLED)


@pytest.fixture(scope="session")
def known(real: Translator, memory_folder: Path, scripted: Scripted) -> Memory:
    """The memory on the scripted backbone."""
    memory = Memory.load(memory_folder, scripted)
    memory.attach()
    return memory


@pytest.fixture
def executor(database: Path) -> Iterator[Executor]:
    with open_executor(database) as executor:
        yield executor


@pytest.fixture
def ask(real: Translator, scripted: Scripted, known: Memory) -> Iterator[Ask]:
    """`ask(candidate, ..., question=QUESTION, executor=None, least=0.0, on_stage=None)`: what
    becomes of these candidates.
    """

    def ask(
        *given: Candidate,
        question: str = QUESTION,
        executor: Executor | None = None,
        feedback: Path | None = None,
        least: float = 0.0,
        **options: object,
    ) -> Translation:
        scripted.given = given
        return Translator(
            scripted, real.linker, known, executor=executor, feedback=feedback, least=least
        ).translate(question, **options)

    yield ask
    scripted.given = None
