"""SQL back to questions: what the model reads, how its answers spell and point, and what it may write."""

from __future__ import annotations

from pathlib import Path

import pytest

from mome.bundled.asking import Form, ask, asked, question_text, statement
from mome.bundled.inputs import Reader
from mome.bundled.model import BundledModel
from mome.bundled.tokens import END, RAW, OutputVocabulary

FORM: Form = [
    ("word", "SELECT"), ("word", "COUNT(*)"), ("word", "FROM"), ("pointer", "singer"),
    ("word", "WHERE"), ("pointer", "singer.countryCode"), ("word", "="), ("string", "'Côte d''Ivoire'"),
    ("word", "AND"), ("pointer", "singer.age"), ("word", ">"), ("number", "30"),
]  # fmt: skip


@pytest.fixture(scope="module")
def parts(bundled_folder: Path) -> tuple[BundledModel, Reader, OutputVocabulary]:
    """A tiny random model with its tokenizers."""
    return BundledModel.from_pretrained(bundled_folder).eval(), Reader.load(bundled_folder), OutputVocabulary.load(bundled_folder)


def test_a_statement_names_what_it_points_at(parts: tuple) -> None:
    model, reader, _ = parts
    read = statement(FORM, reader)
    assert read.literals == ("Côte d'Ivoire", "30")
    assert len(read.source.positions) == 2 and len(set(read.source.positions)) == 2
    assert len(read.source.ids) == len(read.source.features) and read.source.ids[1] == reader.statement([]).ids[1]


@pytest.mark.parametrize(
    ("question", "pointed"),
    [
        ("How many singers of Côte d'Ivoire are older than 30?", 2),
        ("30 or more", 1),
        ("Nothing is said", 0),
        ("Côte d'Ivoire", 1),
        ("Zürich 東京, not 300", 0),
    ],
)
def test_a_question_is_spelled_around_the_literals_that_it_says(question: str, pointed: int, parts: tuple) -> None:
    _, reader, vocabulary = parts
    source, ids = asked(question, FORM, reader, vocabulary)
    assert source == statement(FORM, reader).source
    assert ids[0] == RAW and ids[-1] == END and sum(token >= vocabulary.size for token in ids) == pointed
    assert question_text(ids[1:], statement(FORM, reader), vocabulary) == question


def test_questions_are_the_same_for_a_seed_and_hold_only_what_a_question_may(parts: tuple) -> None:
    model, reader, vocabulary = parts
    first, again, other = (ask([FORM] * 6, model, reader, vocabulary, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first) == 6 and all(isinstance(text, str) for text in first)
