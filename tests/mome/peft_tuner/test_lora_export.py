"""A fact's experts as an activated LoRA: plain PEFT loads it and gives the same tokens."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from text_memories import ASKED, FACTS, PLAIN_PEFT, WIDE, bare_answers, peft_answers, tuned
from tiny_text_models import write_text_model

from mome.backbones.free_text import FreeText
from mome.errors import BackboneError, MemoryError_
from mome.memory import Memory, written
from mome.memory.experts.shared import SharedExperts
from mome.peft_tuner.lora_export import FactLora, fact_lora


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_text_model(tmp_path_factory.mktemp("wide"), "chat", **WIDE)


@pytest.fixture(scope="module")
def memory(folder: Path, one_thread: None) -> Memory:
    return tuned(folder)


def lora_of(memory: Memory, index: int) -> FactLora:
    assert isinstance(memory.backbone, FreeText)
    fact = memory.facts[index]
    prompts = [memory.backbone.prompt(text).data for text in fact.wordings]
    return fact_lora(memory, fact, prompts, "tiny")


@pytest.mark.parametrize("index", range(len(FACTS)))
def test_plain_peft_gives_the_same_tokens(
    memory: Memory, folder: Path, tmp_path: Path, index: int
) -> None:
    assert isinstance(memory.backbone, FreeText)
    lora_of(memory, index).save(tmp_path / "adapter")
    wordings = memory.facts[index].wordings
    prompts = [memory.backbone.prompt(text) for text in wordings]
    expected = written(memory, wordings, prompts)
    found = [peft_answers(folder, tmp_path / "adapter", [prompt.data])[0] for prompt in prompts]
    assert found == expected == [memory.facts[index].answer] * len(wordings)
    assert bare_answers(memory, wordings) != expected


def test_a_process_without_this_package_loads_it(
    memory: Memory, folder: Path, tmp_path: Path
) -> None:
    assert isinstance(memory.backbone, FreeText)
    lora_of(memory, 1).save(tmp_path / "adapter")
    prompt = memory.backbone.prompt(ASKED[1]).data
    command = [sys.executable, "-c", PLAIN_PEFT, str(folder), str(tmp_path / "adapter")]
    done = subprocess.run(
        [*command, json.dumps(prompt)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert json.loads(done.stdout) == {"answer": "Paris", "mome": False}


def test_the_matrices_are_the_experts_of_the_route(memory: Memory) -> None:
    lora = lora_of(memory, 0)
    route = memory.route([ASKED[0]])
    x = torch.randn(5, memory.bank.layers[0].d_in)
    inputs = memory.input_vectors(0, route.ids, route.gates).gated[0]
    expected = x @ inputs.T.float() @ memory.bank.gather(0, route.ids)[0].float()
    name = f"base_model.model.{memory.bank.layers[0].name}"
    down, up = (lora.tensors[f"{name}.lora_{side}.weight"] for side in "AB")
    assert down.shape[0] == up.shape[1] == memory.config.top_k
    torch.testing.assert_close(x @ down.T @ up.T, expected)


def test_what_is_written_says_the_fact_and_the_token(
    memory: Memory, folder: Path, tmp_path: Path
) -> None:
    assert isinstance(memory.backbone, FreeText)
    lora_of(memory, 2).save(tmp_path / "deep" / "adapter")
    stored = json.loads((tmp_path / "deep" / "adapter" / "fact.json").read_text("utf-8"))
    assert stored["answer"] == "pop" and stored["wordings"][0] == ASKED[2]
    config = json.loads((tmp_path / "deep" / "adapter" / "adapter_config.json").read_text("utf-8"))
    last = memory.backbone.base.tokenizer.convert_tokens_to_ids("<|assistant|>")
    assert config["alora_invocation_tokens"] == [last]
    assert config["base_model_name_or_path"] == "tiny"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["adapter"]


def test_an_existing_folder_is_left_alone(memory: Memory, tmp_path: Path) -> None:
    with pytest.raises(MemoryError_, match="give another folder"):
        lora_of(memory, 0).save(tmp_path)
    assert not [*tmp_path.iterdir()]


def test_prompts_that_end_differently_are_refused(memory: Memory) -> None:
    with pytest.raises(BackboneError, match="a model with a chat template"):
        fact_lora(memory, memory.facts[0], [[5, 1], [5, 2]])


def test_shared_experts_are_refused(memory: Memory) -> None:
    other = Memory.of(memory.stored(), memory.backbone)
    other.shared = SharedExperts((), (), ())
    with pytest.raises(MemoryError_, match="without them"):
        fact_lora(other, other.facts[0], [[1]])


def test_a_fact_of_no_memory_is_a_mistake_of_the_caller(memory: Memory) -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        fact_lora(memory, replace(memory.facts[0], id="other"), [[1]])
