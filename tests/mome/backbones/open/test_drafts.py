"""Drafts read as a trie have the probabilities that they have one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

from mome.backbones.model_reading import read_model
from mome.backbones.open.drafts import Trie, score_drafts

PROMPT = "names of singers\n"
DRAFTS = ["SELECT name", "SELECT name FROM song", "NONE", "SELECT title FROM song"]


@pytest.fixture(scope="module")
def read(text_folders: dict[str, Path]) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    return read_model(text_folders["llama"])


def test_common_beginnings_are_read_once() -> None:
    trie = Trie([(1, 2, 3), (1, 2, 4), (1,), (5, 2)])
    assert trie.tokens == [1, 2, 3, 4, 5, 2]
    assert trie.parents == [-1, 0, 1, 1, -1, 4]
    assert trie.depths() == [0, 1, 2, 2, 0, 1]
    assert trie.seen().int().tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 0, 1, 0, 0],
        [0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 1, 1],
    ]


@pytest.mark.parametrize("texts", [DRAFTS, DRAFTS[:1], []], ids=len)
def test_a_draft_has_the_probability_that_it_has_alone(
    read: tuple[PreTrainedTokenizerBase, PreTrainedModel], texts: list[str]
) -> None:
    tokenizer, model = read
    prompt = tokenizer(PROMPT)["input_ids"]
    drafts = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    end = tokenizer.eos_token_id
    cache = DynamicCache(config=model.config)
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([prompt]), past_key_values=cache).logits[:, -1]
    before = cache.layers[0].keys.clone()
    scores = score_drafts(model, logits, cache, drafts, end)
    assert scores == pytest.approx([alone(model, prompt, [*ids, end]) for ids in drafts], abs=1e-4)
    assert torch.equal(cache.layers[0].keys, before), "the prompt's cache is as it was"


def alone(model: PreTrainedModel, prompt: list[int], answer: list[int]) -> float:
    """The log-probability of one answer in a pass of its own."""
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([prompt + answer])).logits[0].float()
    steps = torch.log_softmax(logits[len(prompt) - 1 : -1], dim=1)
    return float(steps[range(len(answer)), answer].sum())
