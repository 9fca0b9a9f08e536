"""SQL back to questions: what the model reads, how its answers spell and point, and what it may
write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mome.backbones.base import Prompt
from mome.backbones.bundled.backbone import BundledBackbone
from mome.backbones.bundled.inputs import LONGEST, SliceReader
from mome.backbones.bundled.model import BundledModel
from mome.backbones.bundled.sql_to_question import (
    Form,
    encode_example,
    question_text,
    sample_questions,
    sql_source,
)
from mome.backbones.bundled.stored_model import load_model
from mome.backbones.bundled.tokens import END, RAW, OutputVocabulary
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryConfig
from mome.memory.training.practise import fit_shared

FORM: Form = [
    ("word", "SELECT"),
    ("word", "COUNT(*)"),
    ("word", "FROM"),
    ("pointer", "singer"),
    ("word", "WHERE"),
    ("pointer", "singer.countryCode"),
    ("word", "="),
    ("string", "'Côte d''Ivoire'"),
    ("word", "AND"),
    ("pointer", "singer.age"),
    ("word", ">"),
    ("number", "30"),
]


@pytest.fixture(scope="module")
def parts(bundled_folder: Path) -> tuple[BundledModel, SliceReader, OutputVocabulary]:
    """A tiny random model with its tokenizers."""
    return (
        load_model(bundled_folder).eval(),
        SliceReader.load(bundled_folder),
        OutputVocabulary.load(bundled_folder),
    )


def test_a_statement_names_what_it_points_at(parts: tuple) -> None:
    model, reader, _ = parts
    read = sql_source(FORM, reader)
    assert read.literals == ("Côte d'Ivoire", "30")
    assert len(read.source.positions) == 2 and len(set(read.source.positions)) == 2
    assert (
        len(read.source.ids) == len(read.source.features)
        and read.source.ids[1] == reader.statement([]).ids[1]
    )


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
def test_a_question_is_spelled_around_the_literals_that_it_says(
    question: str, pointed: int, parts: tuple
) -> None:
    _, reader, vocabulary = parts
    source, ids = encode_example(question, FORM, reader, vocabulary)
    assert source == sql_source(FORM, reader).source
    assert (
        ids[0] == RAW
        and ids[-1] == END
        and sum(token >= vocabulary.size for token in ids) == pointed
    )
    assert question_text(ids[1:], sql_source(FORM, reader), vocabulary) == question


def test_questions_are_drawn_by_the_seed(parts: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    model, reader, vocabulary = parts
    # A random model may like nothing better than to end.
    bias = model.bias.detach().clone()
    bias[END] = -100
    monkeypatch.setattr(model.bias, "data", bias)
    first, again, other = (
        sample_questions([FORM] * 6, model, reader, vocabulary, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(first) == 6


def test_what_is_cut_off_is_spelled(parts: tuple) -> None:
    _, reader, vocabulary = parts
    long = [
        *FORM[:4],
        *[("word", "AND"), ("pointer", "singer.countryCode"), ("word", "="), ("string", "'Lisbon'")]
        * 60,
        ("string", "'Ulm'"),
    ]
    read = sql_source(long, reader)
    assert (
        read.source.positions[0] > 0
        and read.source.positions[-1] == -1
        and len(read.source.ids) <= LONGEST
    )
    _, ids = encode_example("Lisbon or Ulm", long, reader, vocabulary)
    assert [token for token in ids if token >= vocabulary.size] == [vocabulary.size]
    assert question_text(ids[1:], read, vocabulary) == "Lisbon or Ulm"


def test_practice_teaches_the_shared_experts_how_people_here_ask(
    make_bundled: Callable[..., Path], linker: Linker, tmp_path: Path
) -> None:
    backbone = BundledBackbone(make_bundled(tmp_path, seed=2))
    backbone.model.config = replace(backbone.model.config, asks=True)
    memory = Memory.create(
        backbone, MemoryConfig(), [["How many singers are there?"], ["Which songs are there?"]]
    )
    memory.attach()
    pairs = [
        ("How many singers are there?", "SELECT COUNT(*) FROM singer"),
        ("Which songs are there?", "SELECT title FROM song"),
    ]

    def prompt(question: str) -> Prompt:
        return backbone.prepare(linker.slice(question), linker)

    def score() -> float:
        return backbone.question_log_probs(prompt(pairs[0][0]), [pairs[0][1], "SELECT nothing"])[0]

    memory.shared = fit_shared(memory, [pairs] * 30, prompt, lambda done, total: None)
    bare, route = score(), replace(memory.route([pairs[0][0]]), near=torch.tensor([True]))
    with memory.shared_for(route, 2):
        assert score() > bare + 5
    with memory.shared_for(replace(route, near=torch.tensor([False])), 2):
        assert score() == bare


def test_a_model_that_did_not_learn_to_ask_tells_nothing(
    bundled_folder: Path, linker: Linker
) -> None:
    backbone = BundledBackbone(bundled_folder)
    prompts = [backbone.prepare(linker.slice("How many singers?"), linker)]
    answers = ["SELECT COUNT(*) FROM singer"]
    assert not backbone.model.config.asks
    assert backbone.question_log_probs(prompts[0], answers) == [0.0] and backbone.questions(
        answers, linker, seed=0
    ) == [""]
    assert backbone.asking_batch(prompts, answers) is None
    backbone.model.config = replace(backbone.model.config, asks=True)
    assert backbone.question_log_probs(prompts[0], [*answers, "SELECT nothing"])[0] < 0
    assert len(backbone.questions([*answers, "not SQL"], linker, seed=0)) == 2
