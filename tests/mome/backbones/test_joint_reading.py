"""Prompts that are read together give what each of them gives alone."""

from __future__ import annotations

import pytest
import torch
import transformers
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from mome.backbones.causal_trunk import CausalTrunk, ReadPrompt, shifted
from mome.backbones.joint_reading import JointReader
from mome.memory.experts.target_modules import feed_forward_outputs

SIZES = {
    "vocab_size": 60,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "initializer_range": 0.2,
    "eos_token_id": 1,
}
KINDS = {
    "Llama": SIZES | {"num_key_value_heads": 2},
    "Qwen2": SIZES | {"num_key_value_heads": 2},
    "Mistral": SIZES | {"num_key_value_heads": 2, "sliding_window": 5},
    "GPTNeoX": SIZES,
}
BEGIN = [3, 4, 5, 6]
PROMPTS = [[*BEGIN, 9, 11, 40, 7, 8, 30, 31, 2], [*BEGIN, 12], [*BEGIN, 50, 51]]
ANSWERS = [[5, 9, 1], [40, 2, 22, 7, 1], [1]]


@pytest.fixture(autouse=True)
def unrounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep keys and values as they are computed, to compare them closely."""
    monkeypatch.setattr("mome.backbones.prompt_reading.UPPER_TYPE", torch.float32)
    monkeypatch.setattr("mome.backbones.joint_reading.UPPER_TYPE", torch.float32)


@pytest.fixture(params=KINDS)
def trunk(request: pytest.FixtureRequest) -> CausalTrunk:
    torch.manual_seed(0)
    config = getattr(transformers, f"{request.param}Config")(**KINDS[request.param])
    model = getattr(transformers, f"{request.param}ForCausalLM")(config)
    model.eval().requires_grad_(False)
    return CausalTrunk(model, feed_forward_outputs(model, seq2seq=False))


def logits(
    trunk: CausalTrunk, prompts: list[list[int]], read: list[ReadPrompt], states: list[Tensor]
) -> list[Tensor]:
    ids = [torch.tensor(shifted(*pair)) for pair in zip(prompts, ANSWERS, strict=True)]
    found = trunk.logits(
        read, pad_sequence(states, batch_first=True), pad_sequence(ids, batch_first=True)
    )
    return [own[: len(answer)] for own, answer in zip(found, ANSWERS, strict=True)]


@pytest.mark.parametrize("at_once", [8, 2])
@pytest.mark.parametrize("last", [[*BEGIN, 50, 51], [4, 50, 51], BEGIN])
def test_reading_together_is_reading_each_alone(
    trunk: CausalTrunk, last: list[int], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mome.backbones.joint_reading.AT_ONCE", at_once)
    prompts = [*PROMPTS[:2], last]
    alone = [trunk.read(*pair) for pair in zip(prompts, ANSWERS, strict=True)]
    expected = logits(trunk, prompts, [read for read, _ in alone], [own for _, own in alone])
    read, states = JointReader(trunk).read(prompts, ANSWERS)
    assert [one.length for one in read] == [len(prompt) - 1 for prompt in prompts]
    for one, (_, own) in zip(states, alone, strict=True):
        torch.testing.assert_close(one, own, rtol=1e-4, atol=1e-4)
    for one, other in zip(logits(trunk, prompts, read, states), expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_what_all_prompts_begin_with_is_read_and_kept_once(trunk: CausalTrunk) -> None:
    read, _ = JointReader(trunk).read(PROMPTS, ANSWERS)
    assert len({id(one.blocks[0]) for one in read}) == 1
    assert read[0].blocks[0].keys.shape[2] == len(BEGIN)


@pytest.mark.parametrize(("more", "length"), [([4, 4, 4], 0), ([*BEGIN[:2], 9, 9], 2), (BEGIN, 3)])
def test_each_prompt_keeps_its_last_token(trunk: CausalTrunk, more: list[int], length: int) -> None:
    _, cache = JointReader(trunk).begun([*PROMPTS, more])
    assert cache.get_seq_length() == length
