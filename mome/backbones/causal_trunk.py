"""The part of a causal model that no route changes, computed once for an answer.

Experts act at the positions of an answer only: at the last token of its prompt, which predicts its
first token, and at its own tokens. So the keys and values of the prompt before them are those of
the frozen model, and so are the answer's states below the first memory layer. What is left for a
training step are the upper layers at the answer's positions.

Layers are left out by running a copy of the model that shares all weights and has other modules in
the list of its layers: masks, positions and the head remain the model's own.

Axis legend: `b` answers, `t` tokens of an answer, `p` tokens of a prompt before its last one, `l`
upper layers, `h` heads, `d` width, `v` vocabulary.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import Cache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

from mome.backbones.prompt_reading import KeysValues, PromptReader
from mome.errors import BackboneError
from mome.memory.experts.layer import using

# With SmolLM2-135M, rounding to bfloat16 makes 0.001, and a prompt without its last block 0.19.
APART = 0.05
"""Largest difference of the logits, relative to their own spread, at which a model's layers count
as run apart correctly.
"""
PROBE, PROBE_ANSWER = 80, 4
"""Tokens of the prompt and of the answer with which that is checked; more than a block."""
UNFIT = (
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What models raise whose layers take or keep something else."""


@dataclass(frozen=True)
class ReadPrompt:
    """What the upper layers keep of a prompt without its last token."""

    blocks: tuple[KeysValues, ...]
    """Shared with the other prompts that begin alike."""

    @property
    def length(self) -> int:
        """Number of its tokens, p."""
        return sum(block.keys.shape[2] for block in self.blocks)


class CausalTrunk:
    """Runs the lower and the upper layers of a frozen causal model apart."""

    def __init__(self, model: PreTrainedModel, memory_modules: Sequence[str]) -> None:
        """Raises BackboneError if the layers of this architecture cannot be run apart."""
        self._model = model
        self._path, self.first = _layers_of(model, memory_modules)
        """Where the layers are, and the index of the first upper one."""
        self.layers = model.get_submodule(self._path)
        self._takes_positions = "position_ids" in inspect.signature(model.forward).parameters
        self._as_tuple = False
        self.reader = PromptReader(model, self.first)
        self.token_size = self._check()
        """Bytes that a prompt's token takes while an answer is tuned."""

    @torch.no_grad()
    def read(self, ids: Sequence[int], answer: Sequence[int]) -> tuple[ReadPrompt, Tensor]:
        """Return what the upper layers need: the prompt without its last token, and the states
        (t, d) below them at that token and the answer's tokens but the last.
        """
        blocks, cache = self.reader.read(ids[:-1])
        end = _End(self._as_tuple)
        lower = self.with_layers([*self.layers[: self.first], end])
        ids = self._row(shifted(ids, answer))
        with using({}):
            # The decoder alone: nothing reads the head's logits here.
            lower.get_decoder()(input_ids=ids, past_key_values=cache, use_cache=True)
        return ReadPrompt(tuple(block.upper for block in blocks)), end.states[0]

    def logits(self, prompts: Sequence[ReadPrompt], states: Tensor, ids: Tensor) -> Tensor:
        """Return logits (b, t, v) of the answers under the active route.

        `states` (b, t, d) and the tokens `ids` (b, t) that they belong to, padded at the right.
        """
        lengths = torch.tensor([prompt.length for prompt in prompts], device=ids.device)
        longest, steps = int(lengths.max()), torch.arange(ids.shape[1], device=ids.device)
        # Padded at the left, so that the distance of two tokens is that of their places.
        places = torch.arange(longest + ids.shape[1], device=ids.device)
        inputs = {"attention_mask": (places >= (longest - lengths)[:, None]).long()}
        if self._takes_positions:
            inputs["position_ids"] = lengths[:, None] + steps
        below: list[nn.Module] = [_Passing(self._as_tuple) for _ in range(self.first)]
        if below:
            below[0] = _Start(states, self._as_tuple)
        upper = self.with_layers([*below, *self.layers[self.first :]])
        cache = _held(prompts, longest, self.first)
        return upper(input_ids=ids, past_key_values=cache, use_cache=True, **inputs).logits

    def _row(self, ids: Sequence[int]) -> Tensor:
        return torch.tensor([list(ids)], device=self._model.device)

    def with_layers(self, layers: Sequence[nn.Module]) -> PreTrainedModel:
        """Return the model with other layers; it shares all weights."""
        found = module = _shallow(self._model)
        *path, name = self._path.split(".")
        for step in path:
            module._modules[step] = module = _shallow(module._modules[step])
        module._modules[name] = nn.ModuleList(layers)
        return found

    @torch.no_grad()
    def _check(self) -> int:
        """Compare with the whole model on some tokens; return the bytes that one takes. Raises
        BackboneError.
        """
        words = self._model.get_input_embeddings().num_embeddings
        ids = [index % words for index in range(PROBE + PROBE_ANSWER)]
        prompt, answer = ids[:PROBE], ids[PROBE:]
        try:
            expected = self._whole_logits(ids)[-PROBE_ANSWER - 1 : -1]
            read, states = self.read(prompt, answer)
            with using({}):
                found = self.logits([read], states[None], self._row(shifted(prompt, answer)))[0]
            is_same = (found - expected).std() <= APART * expected.std()
        except UNFIT as error:
            raise BackboneError(self._unfit()) from error
        if not is_same:
            raise BackboneError(self._unfit())
        return sum(block.size for block in read.blocks) // read.length

    def _whole_logits(self, ids: Sequence[int]) -> Tensor:
        """Return logits (t, v) of the whole model, and find out what its layers return."""
        returned: list[bool] = []
        hook = self.layers[0].register_forward_hook(
            lambda layer, inputs, output: returned.append(isinstance(output, tuple))
        )
        try:
            with using({}):
                return self._model(input_ids=self._row(ids), use_cache=False).logits[0]
        finally:
            hook.remove()
            self._as_tuple = returned == [True]

    def _unfit(self) -> str:
        return (
            f"the layers of a {type(self._model).__name__} cannot be run apart, so it cannot hold "
            "a memory: give another base model"
        )


def shifted(ids: Sequence[int], answer: Sequence[int]) -> list[int]:
    """Return the tokens that predict those of an answer: the prompt's last one, and the answer's
    but the last.
    """
    return [ids[-1], *answer[:-1]]


class _Passing(nn.Module):
    """A layer that is left out."""

    def __init__(self, as_tuple: bool) -> None:
        super().__init__()
        self._as_tuple = as_tuple

    def forward(self, hidden_states: Tensor, *args: object, **kwargs: object) -> object:
        # Older models' layers return their attention weights too.
        return (hidden_states, None) if self._as_tuple else hidden_states


class _End(_Passing):
    """Keeps the states that come out of the layers before it."""

    states: Tensor

    def forward(self, hidden_states: Tensor, *args: object, **kwargs: object) -> object:
        self.states = hidden_states
        return super().forward(hidden_states)


class _Start(_Passing):
    """Gives states to the layers after it, in place of what comes in."""

    def __init__(self, states: Tensor, as_tuple: bool) -> None:
        super().__init__(as_tuple)
        self._states = states

    def forward(self, hidden_states: Tensor, *args: object, **kwargs: object) -> object:
        return super().forward(self._states)


class _Held(DynamicLayer):
    """Keys and values (b, h, p, d) of prompts, which a pass reads and does not change."""

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        super().__init__()
        self.lazy_initialization(keys, values)
        self.keys, self.values = keys, values

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: object, **kwargs: object
    ) -> tuple[Tensor, Tensor]:
        keys, values = self.keys.to(key_states.dtype), self.values.to(value_states.dtype)
        return torch.cat([keys, key_states], dim=2), torch.cat([values, value_states], dim=2)


def _held(prompts: Sequence[ReadPrompt], longest: int, first: int) -> Cache:
    """Return a cache of prompts that are padded at the left to `longest` tokens."""
    keys = _padded([[block.keys for block in prompt.blocks] for prompt in prompts], longest)
    values = _padded([[block.values for block in prompt.blocks] for prompt in prompts], longest)
    # Only the length is read of the layers that are left out.
    empty = keys.new_empty(1).expand(1, 1, longest, 1)
    layers = [_Held(empty, empty) for _ in range(first)]
    layers += [_Held(*pair) for pair in zip(keys, values, strict=True)]
    return Cache(layers=layers)


def _padded(rows: Sequence[Sequence[Tensor]], longest: int) -> Tensor:
    """Return the blocks (l, h, n, d) of each prompt in one tensor (l, b, h, p, d)."""
    layers, heads, _, width = rows[0][0].shape
    found = rows[0][0].new_zeros(layers, len(rows), heads, longest, width)
    for row, blocks in enumerate(rows):
        place = longest - sum(block.shape[2] for block in blocks)
        for block in blocks:
            found[:, row, :, place : place + block.shape[2]] = block
            place += block.shape[2]
    return found


def _layers_of(model: nn.Module, memory_modules: Sequence[str]) -> tuple[str, int]:
    """Return the qualified name of the list of layers that holds the memory modules, and the index
    of the first layer with one. Raises BackboneError.
    """
    parts = memory_modules[0].split(".")
    for end in range(1, len(parts)):
        path = ".".join(parts[:end])
        if isinstance(model.get_submodule(path), nn.ModuleList):
            return path, int(parts[end])
    raise BackboneError(
        f"{type(model).__name__} has no list of layers, so it cannot hold a memory: give another "
        "base model"
    )


def _shallow(module: nn.Module) -> nn.Module:
    """Return a copy that shares its weights and may be given other modules."""
    found = copy.copy(module)
    found._modules = dict(module._modules)
    return found
