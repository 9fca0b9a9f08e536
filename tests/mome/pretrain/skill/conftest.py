"""A tiny random causal model with a byte-level tokenizer, saved as people's models are."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from mome.pretrain.examples import Example
from mome.pretrain.new_model import train_pieces
from mome.pretrain.skill.examples import Group, GroupDrawer
from mome.pretrain.skill.rows import SkillTokenizer, TokenizedGroup

PIECES = 300


@pytest.fixture(scope="session")
def causal_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a model of two layers."""
    folder = tmp_path_factory.mktemp("causal")
    pieces = train_pieces(["SELECT staff.name WHERE shop.city = question"], PIECES)
    pieces.add_special_tokens(["<end>"])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces, eos_token="<end>")
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=tokenizer.eos_token_id,
        # With small weights no hidden state gives one token a high probability.
        initializer_range=0.3,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def groups(examples: list[Example]) -> list[Group]:
    """Return all examples about the shop as one group."""
    return list(GroupDrawer(examples).held_out())


@pytest.fixture(scope="session")
def tokenized(groups: list[Group], causal_folder: Path) -> list[TokenizedGroup]:
    """Return the same in the tiny model's tokens."""
    tokenizer = SkillTokenizer(PreTrainedTokenizerFast.from_pretrained(causal_folder))
    found = [tokenizer.group(group) for group in groups]
    return [group for group in found if group]
