"""A prompt's keys and values are those of the whole model, and do not depend on what was kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from mome.backbones.prompt_reading import BLOCK, Block, PromptReader
from mome.memory.experts.layer import Part, install, uninstall, using

FIRST = 2
IDS = [index * 7 % 50 for index in range(2 * BLOCK + 9)]


@pytest.fixture(scope="module")
def model() -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        vocab_size=50,
        initializer_range=0.2,
    )
    return LlamaForCausalLM(config).eval().requires_grad_(False)


@pytest.fixture
def passes(model: LlamaForCausalLM) -> Iterator[list[int]]:
    """The number of tokens of each pass through the model."""
    seen: list[int] = []
    hook = model.get_input_embeddings().register_forward_hook(
        lambda module, inputs, output: seen.append(output.shape[1])
    )
    yield seen
    hook.remove()


def is_same(first: Block, second: Block) -> bool:
    return torch.equal(first.every.keys, second.every.keys) and torch.equal(
        first.every.values, second.every.values
    )


def test_keys_and_values_are_the_whole_model_s(model: LlamaForCausalLM) -> None:
    blocks, cache = PromptReader(model, FIRST).read(IDS)
    assert [block.every.keys.shape[2] for block in blocks] == [BLOCK, BLOCK, 9]
    whole = model(input_ids=torch.tensor([IDS]), use_cache=True).past_key_values
    for index, layer in enumerate(whole.layers):
        torch.testing.assert_close(cache.layers[index].keys, layer.keys, rtol=1e-4, atol=1e-5)
        for name in ("keys", "values"):
            found = torch.cat([getattr(block.every, name)[index] for block in blocks], dim=1)
            torch.testing.assert_close(found, getattr(layer, name)[0], rtol=1e-4, atol=1e-5)


def test_upper_layers_are_kept_in_half_the_space(model: LlamaForCausalLM) -> None:
    for block in PromptReader(model, FIRST).read(IDS)[0]:
        assert block.upper.keys.dtype == torch.bfloat16 and len(block.upper.keys) == 3 - FIRST
        assert torch.equal(block.upper.keys, block.every.keys[FIRST:].bfloat16())
        assert torch.equal(block.upper.values, block.every.values[FIRST:].bfloat16())
        # A view would keep the other layers.
        assert block.upper.keys.untyped_storage().nbytes() == block.upper.keys.nbytes


def test_what_prompts_begin_with_is_read_once(model: LlamaForCausalLM, passes: list[int]) -> None:
    reader = PromptReader(model, FIRST)
    first, _ = reader.read(IDS)
    other = [*IDS[: BLOCK + 5], *reversed(IDS[BLOCK + 5 :])]
    second, _ = reader.read(other)
    assert passes == [BLOCK, BLOCK, 9, BLOCK, 9]
    assert second[0] is first[0] and not is_same(first[1], second[1])


def test_what_is_kept_does_not_change_the_result(model: LlamaForCausalLM) -> None:
    reader = PromptReader(model, FIRST)
    reader.read(IDS[: BLOCK + 1])
    fresh = PromptReader(model, FIRST).read(IDS)[0]
    assert all(map(is_same, reader.read(IDS)[0], fresh))


def test_a_changed_cache_does_not_change_what_is_kept(model: LlamaForCausalLM) -> None:
    reader = PromptReader(model, FIRST)
    before, cache = reader.read(IDS)
    model(input_ids=torch.tensor([[1, 2]]), past_key_values=cache, use_cache=True)
    after, again = reader.read(IDS)
    assert all(map(is_same, before, after)) and again.get_seq_length() == len(IDS)


def test_the_blocks_used_last_are_kept(
    model: LlamaForCausalLM, passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = PromptReader(model, FIRST)
    (block,), _ = reader.read(IDS[:BLOCK])
    monkeypatch.setattr("mome.backbones.prompt_reading.KEPT", 2 * block.every.size)
    other = list(reversed(IDS))
    reader.read(other[:BLOCK])
    reader.read(IDS[:BLOCK])
    reader.read([1, *IDS[: BLOCK - 1]])
    assert len(passes) == 3
    reader.read(IDS[:BLOCK])
    assert len(passes) == 3
    reader.read(other[:BLOCK])
    assert len(passes) == 4


def test_experts_do_not_act_while_a_prompt_is_read(model: LlamaForCausalLM) -> None:
    name = "model.layers.1.mlp.down_proj"
    (layer,) = install(model, [name])
    try:
        part = Part(1, None, torch.ones(2, 48), torch.ones(2, 32))
        with using({layer: part}):
            blocks, _ = PromptReader(model, FIRST).read(IDS)
            changed = model(input_ids=torch.tensor([IDS]), use_cache=True).past_key_values
    finally:
        uninstall(model, [name])
    assert all(map(is_same, blocks, PromptReader(model, FIRST).read(IDS)[0]))
    assert not torch.allclose(changed.layers[2].keys[0, :, :BLOCK], blocks[0].every.keys[2])
