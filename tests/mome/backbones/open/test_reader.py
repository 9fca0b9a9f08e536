"""A reader over a tiny random model: what it writes, and that kept schemas change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mome.backbones.model_reading import read_model
from mome.backbones.open.reader import SCHEMAS, OpenReader
from mome.linking.slice import Linker

QUESTIONS = ["how many singers", "names of singers from France older than 20", "pop songs"]


@pytest.fixture
def make_reader(text_folders: dict[str, Path]) -> Callable[..., OpenReader]:
    @contextmanager
    def nothing() -> Iterator[None]:
        yield

    def make(switch: Callable = nothing) -> OpenReader:
        tokenizer, model = read_model(text_folders["llama"])
        return OpenReader(model, tokenizer, switch)

    return make


def test_answers_are_queries_of_the_slice_best_first(
    make_reader: Callable[..., OpenReader], linker: Linker
) -> None:
    reader = make_reader()
    for question in QUESTIONS:
        answers = reader.answers(linker.slice(question), linker, beams=4)
        assert len({one.answer for one in answers}) == len(answers)
        assert [one.probability for one in answers] == sorted(
            (one.probability for one in answers), reverse=True
        )
        assert all(one.answer is None or one.answer.startswith("SELECT") for one in answers)


def test_a_kept_schema_gives_the_same_answers(
    make_reader: Callable[..., OpenReader], linker: Linker
) -> None:
    reader = make_reader()
    pairs = [("all singers", "SELECT singer.*")]
    for question in [*QUESTIONS, *QUESTIONS]:
        slice_ = linker.slice(question)
        alone = make_reader().answers(slice_, linker, pairs, beams=3)
        assert reader.answers(slice_, linker, pairs, beams=3) == alone
    assert len(reader._schemas) <= SCHEMAS


def test_the_adapter_is_off_while_schema_and_pairs_are_read(
    make_reader: Callable[..., OpenReader], linker: Linker
) -> None:
    switched = []

    @contextmanager
    def switch() -> Iterator[None]:
        switched.append("off")
        yield
        switched.append("on")

    reader = make_reader(switch)
    slice_ = linker.slice(QUESTIONS[0])
    reader.answers(slice_, linker, beams=1)
    assert switched == ["off", "on"]
    # The schema is kept; the pairs are read anew.
    reader.answers(slice_, linker, [("all singers", "SELECT singer.*")], beams=1)
    assert switched == ["off", "on"] * 2
