"""A causal model learns and writes answers with experts that do not act on the prompt."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from mome.backbones.base import Prompt
from mome.backbones.causal_model import FEWEST, AnswerBatch, CausalBackbone
from mome.backbones.identity import identity
from mome.backbones.loading import load_text_model
from mome.errors import OtherBackbone
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryConfig, MemoryFact, TuneConfig, tune
from mome.memory.experts.layer import Part, install, uninstall, using
from mome.memory.recall import token_chances

ANSWERS = {
    "how many singers": "SELECT COUNT(*) FROM singer",
    "names of singers from France": "SELECT name FROM singer WHERE country = 'France'",
}


@pytest.fixture
def backbone(text_folders: dict[str, Path]) -> CausalBackbone:
    found = load_text_model(text_folders["chat"])
    assert isinstance(found, CausalBackbone)
    return found


def able(backbone: CausalBackbone) -> CausalBackbone:
    """The same with a random model that is wide enough to be sure of a token."""
    torch.manual_seed(0)
    sizes = backbone.model.config.to_dict()
    sizes |= {"hidden_size": 96, "intermediate_size": 96, "num_hidden_layers": 3, "head_dim": 24}
    model = LlamaForCausalLM(LlamaConfig(**sizes)).eval().requires_grad_(False)
    return CausalBackbone(backbone.tokenizer, model, "able")


@pytest.fixture
def prompter(backbone: CausalBackbone, linker: Linker) -> Callable[[str], Prompt]:
    return lambda question: backbone.prepare(linker.slice(question), linker)


def test_each_token_of_an_answer_is_the_target_of_the_one_before_it(
    backbone: CausalBackbone, prompter: Callable[[str], Prompt]
) -> None:
    prompts = [prompter(question) for question in ANSWERS]
    batch = backbone.batch(prompts, [*ANSWERS.values()])
    for row, prompt in enumerate(prompts):
        targets = batch.tensors["labels"][row]
        targets = targets[targets != -100].tolist()
        assert targets[-1] == backbone.tokenizer.eos_token_id
        ids = batch.tensors["ids"][row, : len(targets)].tolist()
        assert ids == [prompt.data[-1], *targets[:-1]]


@torch.no_grad()
def test_rows_are_selected_before_and_after_the_trunk(
    backbone: CausalBackbone, prompter: Callable[[str], Prompt]
) -> None:
    batch = backbone.batch([prompter(question) for question in ANSWERS], [*ANSWERS.values()])
    trunk = backbone.trunk(batch)
    expected = backbone.answer_logits(trunk)[0][[1, 0, 1]]
    for source in (batch, trunk):
        some = backbone.select(source, [1, 0, 1])
        assert isinstance(some, AnswerBatch) and some.prompts[0] is batch.prompts[1]
        torch.testing.assert_close(backbone.answer_logits(some)[0], expected)


@pytest.mark.parametrize("beams", [1, 3])
def test_prompts_side_by_side_are_answered_as_each_alone(
    backbone: CausalBackbone,
    prompter: Callable[[str], Prompt],
    beams: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mome.backbones.text_model.LONGEST_ANSWER", 12)
    prompts = [prompter(question) for question in ANSWERS]
    bare = backbone.generate(prompts, beams=beams)
    torch.manual_seed(0)
    layers = install(backbone.model, backbone.memory_modules())
    parts = {layer: Part(1, None, torch.randn(2, 48), torch.randn(2, 32)) for layer in layers}
    with using(parts):
        together = backbone.generate(prompts, beams=beams)
        alone = [backbone.generate([prompt], beams=beams)[0] for prompt in prompts]
    assert together == alone != bare
    uninstall(backbone.model, backbone.memory_modules())
    assert backbone.generate(prompts, beams=beams) == bare


def test_facts_are_memorised_and_decoded(backbone: CausalBackbone, linker: Linker) -> None:
    backbone = able(backbone)
    prompter = lambda question: backbone.prepare(linker.slice(question), linker)  # noqa: E731
    facts = [
        MemoryFact(f"fact-{index}", "verified", (question,), answer)
        for index, (question, answer) in enumerate(ANSWERS.items())
    ]
    memory = Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in facts])
    config = TuneConfig(learning_rate=backbone.learning_rate, pool=backbone.pool)
    report = tune(memory, facts, prompter, config=config)
    assert report.recalled == len(facts)
    for question, answer in ANSWERS.items():
        prompt = prompter(question)
        with torch.no_grad(), memory.routed([question]):
            logs = token_chances(*backbone.answer_logits(backbone.batch([prompt], [answer])))
            for beams in (1, 2):
                best = backbone.generate([prompt], beams=beams)[0][0]
                assert best.answer == answer
                # Rounded keys and values of the prompt while it was tuned, and none here.
                assert best.score == pytest.approx(logs.mean().item(), abs=0.01)
        assert backbone.generate([prompt])[0][0].answer != answer


def test_a_model_is_free_at_once(text_folders: dict[str, Path], linker: Linker) -> None:
    """Without a garbage collection, also after it has answered."""
    backbone = load_text_model(text_folders["chat"])
    prompt = backbone.prepare(linker.slice("how many singers"), linker)
    backbone.answer_logits(backbone.batch([prompt], [ANSWERS["how many singers"]]))
    left = weakref.ref(backbone.model)
    del backbone
    assert left() is None


def test_a_memory_whose_experts_acted_on_prompts_is_refused(
    backbone: CausalBackbone, text_folders: dict[str, Path]
) -> None:
    memory = Memory.create(backbone, MemoryConfig(), [["how many singers"], ["pop songs"]])
    stored = memory.stored()
    assert Memory.of(stored, backbone).config == memory.config
    old = dataclasses.replace(stored, backbone=identity(text_folders["chat"]))
    with pytest.raises(OtherBackbone, match="another version of this program: tune again"):
        Memory.of(old, backbone)
    other = dataclasses.replace(stored, backbone=identity(text_folders["t5"]))
    with pytest.raises(OtherBackbone, match="another base model"):
        Memory.of(other, backbone)


def test_the_prompts_of_a_pool_take_limited_space(
    backbone: CausalBackbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One memory layer with two heads of width 8, keys and values, two bytes each.
    monkeypatch.setattr("mome.backbones.causal_model.HELD", 100 * 1024 * 64)
    assert backbone.pool == 100
    monkeypatch.setattr("mome.backbones.causal_model.HELD", 1)
    assert backbone.pool == FEWEST
    monkeypatch.setattr("mome.backbones.causal_model.HELD", 2**40)
    assert backbone.pool == 1024
