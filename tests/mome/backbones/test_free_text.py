"""A causal model memorises facts of any kind and writes freely under the memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_text_models import write_text_model

from mome.backbones.causal_model import CausalBackbone
from mome.backbones.free_text import FreeText, TextAnswer, TextPrompt, load_free_text
from mome.backbones.loading import load_text_model
from mome.errors import BackboneError, OtherBackbone
from mome.memory import (
    TEXT,
    Memory,
    MemoryConfig,
    MemoryFact,
    MemoryStore,
    recall,
    text_fact,
    tune,
    written,
)
from mome.memory.experts.layer import Part, install, uninstall, using

FACTS = {
    "name of the pop song?": "a rock song",
    "which city has most singers?": "Paris",
    "what genre is sold most?": "pop",
}
STRANGE = "how old was the emperor when the lighthouse burned down"
WIDE = {"hidden_size": 96, "intermediate_size": 96, "head_dim": 24}
"""Enough for a random model to be sure of a token."""


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> FreeText:
    return load_free_text(
        str(write_text_model(tmp_path_factory.mktemp("wide"), "chat", **WIDE)), longest=8
    )


@pytest.fixture(scope="module")
def facts() -> list[MemoryFact]:
    return [text_fact(prompt, answer) for prompt, answer in FACTS.items()]


@pytest.fixture(scope="module")
def memory(backbone: FreeText, facts: list[MemoryFact]) -> Memory:
    wordings = [fact.wordings for fact in facts]
    found = Memory.create(backbone, MemoryConfig(), wordings, TEXT, any_subject=True)
    assert tune(found, facts, backbone.prompt).recalled == len(facts)
    return found


def test_facts_are_recalled_and_other_prompts_are_as_without_a_memory(
    backbone: FreeText, memory: Memory
) -> None:
    asked = [*FACTS, STRANGE]
    prompts = [backbone.prompt(text) for text in asked]
    bare = [found[0].answer for found in backbone.generate(prompts)]
    answers = written(memory, asked, prompts)
    assert answers == [*FACTS.values(), bare[-1]]
    assert not set(answers[:-1]) & set(bare)
    assert memory.route(asked).hit.tolist() == [True, True, True, False]


def test_other_wordings_are_recalled_too(
    backbone: FreeText, memory: Memory, facts: list[MemoryFact]
) -> None:
    report = recall(memory, facts, backbone.prompt)
    assert [len(fact.wordings) for fact in report.facts] == [2, 3, 3]
    assert all(fact.recalled for fact in report.facts)


def test_answers_that_are_sure_are_not_decoded(
    backbone: FreeText, memory: Memory, facts: list[MemoryFact], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, decode = [], backbone.generate

    def generate(prompts: list[TextPrompt], *, beams: int = 1) -> list[list[TextAnswer]]:
        asked.extend(prompt.text for prompt in prompts)
        return decode(prompts, beams=beams)

    monkeypatch.setattr(backbone, "generate", generate)
    assert recall(memory, facts, backbone.prompt).recalled == len(facts)
    assert asked == []
    wrong = replace(facts[0], answer="Paris")
    (missed,) = recall(memory, [wrong, *facts[1:]], backbone.prompt).missed
    assert set(asked) == set(wrong.wordings)
    assert "gives another answer: a rock song" in missed.wordings[0].reason


def test_an_answer_beyond_the_limit_is_not_sure(
    backbone: FreeText, memory: Memory, facts: list[MemoryFact]
) -> None:
    asked, answers = [*FACTS], [*FACTS.values()]
    prompts = [backbone.prompt(text) for text in asked]
    lengths = [len(row) - 1 for row in backbone.batch(prompts, answers).answers]
    short = FreeText(backbone.base, backbone.encoder, longest=max(lengths) - 1)
    with memory.routed(asked):
        assert backbone.surely_writes(prompts, answers) == [True] * len(facts)
        assert short.surely_writes(prompts, answers) == [n < max(lengths) for n in lengths]
        assert backbone.surely_writes(prompts, ["\u0000"] * len(facts)) == [False] * len(facts)


def test_a_stored_memory_answers_on_the_same_models_only(
    backbone: FreeText, memory: Memory, tmp_path: Path
) -> None:
    store = MemoryStore(tmp_path)
    with store.lock():
        store.write(memory.stored())
    again = Memory.load(tmp_path, backbone, TEXT)
    assert again.router.threshold == memory.router.threshold
    again.attach()
    prompts = [backbone.prompt(text) for text in FACTS]
    assert written(again, [*FACTS], prompts) == [*FACTS.values()]
    again.detach()
    other = FreeText(backbone.base, backbone.encoder)
    other.identity = "another"
    with pytest.raises(OtherBackbone, match="another base model"):
        Memory.load(tmp_path, other, TEXT)


@pytest.fixture
def unrounded(tmp_path: Path, backbone: FreeText) -> FreeText:
    """In float32: rounded to bfloat16 two tokens of a random model may be as likely as each
    other.
    """
    base = load_text_model(write_text_model(tmp_path, "chat", **WIDE), torch.float32)
    assert isinstance(base, CausalBackbone)
    return FreeText(base, backbone.encoder, longest=8)


def test_prompts_of_several_lengths_are_answered_as_each_alone(unrounded: FreeText) -> None:
    backbone = unrounded
    prompts = [backbone.prompt(text) for text in (*FACTS, "pop", STRANGE)]
    torch.manual_seed(0)
    layers = install(backbone.model, backbone.memory_modules())
    parts = {layer: Part(1, None, torch.randn(2, 96), torch.randn(2, 96)) for layer in layers}
    with using(parts):
        together = backbone.generate(prompts)
        alone = [backbone.generate([prompt])[0] for prompt in prompts]
    bare = backbone.generate(prompts)
    uninstall(backbone.model, backbone.memory_modules())
    assert together == alone != bare
    short = FreeText(backbone.base, backbone.encoder, longest=2).generate(prompts)
    for (part,), (whole,) in zip(short, bare, strict=True):
        assert whole.answer.startswith(part.answer)
    assert short != bare


def test_an_instruct_model_gets_its_template_and_others_a_line_of_their_own(
    backbone: FreeText, text_folders: dict[str, Path]
) -> None:
    chat, plain = backbone, load_free_text(str(text_folders["llama"]))
    read = [one.base.tokenizer.decode(one.prompt("pop").data) for one in (chat, plain)]
    assert read == ["<|user|>pop</s><|assistant|>", "pop\n"]


def test_beams_are_refused(backbone: FreeText) -> None:
    with pytest.raises(ValueError, match="beams must be 1"):
        backbone.generate([backbone.prompt("pop")], beams=2)


@pytest.mark.parametrize("kind", ["t5", "bundled"])
def test_a_model_that_is_not_causal_is_refused(text_folders: dict[str, Path], kind: str) -> None:
    base = "bundled" if kind == "bundled" else str(text_folders[kind])
    with pytest.raises(BackboneError, match="causal model of transformers"):
        load_free_text(base)
