"""Feed-forward outputs are found by name, in models of several families."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers import (
    BertConfig,
    BertLMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

from mome.errors import BackboneError
from mome.memory.experts.layer import MemoryLayer, install
from mome.memory.experts.target_modules import feed_forward_outputs

SHAPE = {"vocab_size": 8, "hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2}


def test_the_last_third_of_the_layers() -> None:
    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig(num_hidden_layers=4, **SHAPE))
    assert feed_forward_outputs(model, seq2seq=False) == (
        "model.layers.2.mlp.down_proj",
        "model.layers.3.mlp.down_proj",
    )


def test_the_decoders_side() -> None:
    with torch.device("meta"):
        model = T5ForConditionalGeneration(
            T5Config(vocab_size=8, d_model=8, d_kv=4, d_ff=8, num_layers=2, num_heads=2)
        )
    assert feed_forward_outputs(model, seq2seq=True) == (
        "decoder.block.1.layer.2.DenseReluDense.wo",
    )


def test_an_attentions_output_is_none() -> None:
    with torch.device("meta"):
        model = BertLMHeadModel(
            BertConfig(num_hidden_layers=2, is_decoder=True, add_cross_attention=True, **SHAPE)
        )
    assert feed_forward_outputs(model, seq2seq=False) == ("bert.encoder.layer.1.output.dense",)


def test_memory_layers_are_found_as_the_maps_that_they_were() -> None:
    model = nn.ModuleDict({"up": nn.Linear(2, 2), "block": nn.ModuleDict({"fc2": nn.Linear(2, 2)})})
    install(model, ["block.fc2"])
    assert isinstance(model.get_submodule("block.fc2"), MemoryLayer)
    assert feed_forward_outputs(model, seq2seq=False) == ("block.fc2",)


def test_a_model_without_known_names_is_refused() -> None:
    with pytest.raises(BackboneError, match="Linear has no feed-forward output under a known name"):
        feed_forward_outputs(nn.Linear(2, 2), seq2seq=False)
