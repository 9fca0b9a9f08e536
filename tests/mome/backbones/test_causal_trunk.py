"""The upper layers alone give what the whole model gives, with experts at an answer's positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
import transformers
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from mome.backbones.causal_trunk import CausalTrunk, shifted
from mome.backbones.prompt_reading import BLOCK
from mome.errors import BackboneError
from mome.memory.experts.layer import MemoryLayer, Part, install, uninstall, using
from mome.memory.experts.target_modules import feed_forward_outputs

SIZES: dict[str, Any] = {
    "vocab_size": 60,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "initializer_range": 0.2,
    "bos_token_id": None,
    "eos_token_id": 1,
}
GROUPED = SIZES | {"num_key_value_heads": 2}
OLD = {name: SIZES[name] for name in ("vocab_size", "hidden_size", "eos_token_id")}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "Llama": ("Llama", GROUPED),
    "Qwen2": ("Qwen2", GROUPED),
    # The window is shorter than the prompts.
    "Mistral": ("Mistral", GROUPED | {"sliding_window": 20}),
    "Gemma2": ("Gemma2", GROUPED | {"head_dim": 8, "sliding_window": 20}),
    "GPTNeoX": ("GPTNeoX", SIZES),
    "OPT": ("OPT", SIZES | {"ffn_dim": 48, "word_embed_proj_dim": 32, "init_std": 0.2}),
    # Its layers return tuples, and it takes no positions.
    "Bloom": ("Bloom", OLD | {"n_layer": 4, "n_head": 4, "initializer_range": 0.2}),
    "one layer": ("Llama", GROUPED | {"num_hidden_layers": 1}),
}
# One prompt shorter than a block, and one of two blocks and a half.
PROMPTS = [[index * 7 % 60 for index in range(size)] for size in (11, 2 * BLOCK + BLOCK // 2)]
ANSWERS = [[5, 9, 22, 31, 7, 1], [40, 2, 1]]


@pytest.fixture(autouse=True)
def unrounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep keys and values as they are computed, to compare them closely."""
    monkeypatch.setattr("mome.backbones.prompt_reading.UPPER_TYPE", torch.float32)


def make(kind: str) -> transformers.PreTrainedModel:
    name, sizes = KINDS[kind]
    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**sizes)
    model = getattr(transformers, f"{name}ForCausalLM")(config)
    return model.eval().requires_grad_(False)


def trunk_of(model: transformers.PreTrainedModel) -> CausalTrunk:
    return CausalTrunk(model, feed_forward_outputs(model, seq2seq=False))


def trunk_logits(trunk: CausalTrunk, rows: Sequence[int]) -> list[Tensor]:
    """Logits (t, v) of some answers, computed in one batch."""
    pairs = [(PROMPTS[row], ANSWERS[row]) for row in rows]
    read, states = zip(*(trunk.read(*pair) for pair in pairs), strict=True)
    ids = [torch.tensor(shifted(*pair)) for pair in pairs]
    logits = trunk.logits(
        read, pad_sequence(list(states), batch_first=True), pad_sequence(ids, batch_first=True)
    )
    return [own[: len(answer)] for own, (_, answer) in zip(logits, pairs, strict=True)]


def whole_logits(model: nn.Module, row: int) -> Tensor:
    """The same of one answer by the whole model."""
    ids = torch.tensor([[*PROMPTS[row], *ANSWERS[row]]])
    return model(input_ids=ids, use_cache=False).logits[0, len(PROMPTS[row]) - 1 : -1]


def close(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_without_a_route_it_is_the_whole_model(kind: str) -> None:
    model = make(kind)
    trunk = trunk_of(model)
    together = trunk_logits(trunk, [0, 1])
    for row in (0, 1):
        close(together[row], whole_logits(model, row))
        close(trunk_logits(trunk, [row])[0], together[row])


@torch.no_grad()
def test_bfloat16_changes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mome.backbones.prompt_reading.UPPER_TYPE", torch.bfloat16)
    model = make("Llama")
    for row, found in enumerate(trunk_logits(trunk_of(model), [0, 1])):
        expected = whole_logits(model, row)
        assert 0 < (found - expected).std() < 0.005 * expected.std()


class Experts:
    """Two experts in each memory layer, installed in a model."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._names = feed_forward_outputs(model, seq2seq=False)
        self.layers: tuple[MemoryLayer, ...] = install(model, self._names)
        torch.manual_seed(1)
        self.shrink = [torch.randn(2, layer.base_layer.in_features) for layer in self.layers]
        self.expand = [
            torch.randn(2, layer.base_layer.out_features, requires_grad=True)
            for layer in self.layers
        ]

    def route(self, questions: int) -> dict[MemoryLayer, Part]:
        parts = zip(self.layers, self.shrink, self.expand, strict=True)
        return {layer: Part(questions, None, shrink, expand) for layer, shrink, expand in parts}

    def at_answer(self, row: int) -> Tensor:
        """Logits of the whole model whose experts are masked at the positions of the prompt before
        its last token.
        """
        mask = torch.zeros(len(PROMPTS[row]) + len(ANSWERS[row]), 1)
        mask[len(PROMPTS[row]) - 1 :] = 1

        def adding(shrink: Tensor, expand: Tensor) -> Callable[..., Tensor]:
            def add(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> Tensor:
                added = mask * (inputs[0] @ shrink.T @ expand).view(len(mask), -1)
                return output + added.view(output.shape)

            return add

        parts = zip(self.layers, self.shrink, self.expand, strict=True)
        hooks = [layer.register_forward_hook(adding(*values)) for layer, *values in parts]
        try:
            return whole_logits(self._model, row)
        finally:
            for hook in hooks:
                hook.remove()

    def gradients(self, logits: Sequence[Tensor]) -> list[Tensor]:
        loss = sum(
            nn.functional.cross_entropy(own, torch.tensor(answer), reduction="sum")
            for own, answer in zip(logits, ANSWERS, strict=True)
        )
        return list(torch.autograd.grad(loss, self.expand))


@pytest.mark.parametrize("kind", KINDS)
def test_experts_act_at_the_answer_s_positions_only(kind: str) -> None:
    model = make(kind)
    trunk = trunk_of(model)
    experts = Experts(model)
    with using(experts.route(2)):
        found = trunk_logits(trunk, [0, 1])
    expected = [experts.at_answer(row) for row in (0, 1)]
    for row in (0, 1):
        close(found[row], expected[row])
        # The first token is predicted with experts too.
        assert not torch.allclose(found[row][0], whole_logits(model, row)[0], atol=0.1)
    for own, other in zip(experts.gradients(found), experts.gradients(expected), strict=True):
        assert own.abs().max() > 0
        torch.testing.assert_close(own, other, rtol=1e-3, atol=1e-3)


def test_the_model_is_left_as_it_was() -> None:
    model = make("Llama")
    before = [*model.modules()]
    trunk_logits(trunk_of(model), [0])
    assert all(one is other for one, other in zip(before, model.modules(), strict=True))
    assert not any(module._forward_hooks for module in model.modules())


def test_memory_layers_may_come_and_go_after_the_trunk_was_made() -> None:
    model = make("Llama")
    trunk = trunk_of(model)
    names = feed_forward_outputs(model, seq2seq=False)
    before = trunk_logits(trunk, [0])[0]
    experts = Experts(model)
    with using(experts.route(1)):
        assert not torch.allclose(trunk_logits(trunk, [0])[0], before, atol=0.1)
    uninstall(model, names)
    assert torch.equal(trunk_logits(trunk, [0])[0], before)


def test_states_of_another_kind_than_keys_and_values_are_refused() -> None:
    sizes = GROUPED | {"attn_layer_period": 2, "attn_layer_offset": 1, "num_experts": 2}
    model = transformers.JambaForCausalLM(transformers.JambaConfig(**sizes)).eval()
    with pytest.raises(BackboneError, match="a JambaForCausalLM cannot be run apart") as caught:
        trunk_of(model)
    assert "\n" not in str(caught.value)


def test_layers_that_depend_on_how_many_tokens_they_get_are_refused() -> None:
    model = make("Llama")
    model.model.layers[-1].register_forward_hook(
        lambda layer, inputs, output: output * torch.linspace(0, 1, output.shape[1])[:, None]
    )
    with pytest.raises(BackboneError, match="cannot be run apart"):
        trunk_of(model)


def test_a_model_without_a_list_of_layers_is_refused() -> None:
    model = make("Llama")
    with pytest.raises(BackboneError, match="no list of layers"):
        CausalTrunk(model, ["lm_head"])
