"""A seq2seq model reads the prompt with its encoder, once for an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mome.backbones.base import Prompt
from mome.backbones.loading import load_text_model
from mome.backbones.seq2seq_model import Seq2SeqBackbone
from mome.linking.slice import Linker

ANSWERS = ["SELECT COUNT(*) FROM singer", "SELECT title FROM song"]


@pytest.fixture(scope="module")
def backbone(text_folders: dict[str, Path]) -> Seq2SeqBackbone:
    found = load_text_model(text_folders["t5"])
    assert isinstance(found, Seq2SeqBackbone)
    return found


@pytest.fixture(scope="module")
def prompts(backbone: Seq2SeqBackbone, linker: Linker) -> list[Prompt]:
    questions = ("how many singers", "titles of songs by singers from France")
    return [backbone.prepare(linker.slice(question), linker) for question in questions]


def test_a_prompt_ends_as_the_tokenizer_ends_texts(
    backbone: Seq2SeqBackbone, prompts: list[Prompt]
) -> None:
    assert all(prompt.data[-1] == backbone.tokenizer.eos_token_id for prompt in prompts)


@torch.no_grad()
def test_the_trunk_is_the_encoder(backbone: Seq2SeqBackbone, prompts: list[Prompt]) -> None:
    batch = backbone.batch(prompts, ANSWERS)
    trunk = backbone.trunk(batch)
    assert "input_ids" not in trunk.tensors
    for row, prompt in enumerate(prompts):
        states = backbone.model.get_encoder()(input_ids=torch.tensor([prompt.data]))
        torch.testing.assert_close(
            trunk.tensors["states"][row, : len(prompt.data)],
            states.last_hidden_state[0],
            rtol=1e-4,
            atol=1e-5,
        )
    assert torch.equal(backbone.answer_logits(trunk)[1], batch.tensors["labels"])
