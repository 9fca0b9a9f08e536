"""Read several prompts of a causal model in one pass, without experts.

A pass reads all weights, which takes longer than the arithmetic on a few tokens. So prompts in
plain text are read together, and what all of them begin with, such as a chat template's first
tokens or a schema, once for all. `free_text` calls this to train and to decode.

Axis legend: `b` prompts, `t` tokens of an answer, `l` layers, `h` heads, `n` tokens, `d` width.
"""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from mome.backbones.causal_trunk import CausalTrunk, ReadPrompt
from mome.backbones.prompt_reading import UPPER_TYPE, Block, KeysValues
from mome.backbones.text_model import pad_right
from mome.memory.experts.layer import using


class JointReader:
    """Reads prompts together."""

    def __init__(self, trunk: CausalTrunk) -> None:
        self._trunk = trunk

    def begun(self, rows: Sequence[Sequence[int]]) -> tuple[list[Block], DynamicCache]:
        """Return the blocks of what all rows begin with, which leaves each its last token, and a
        cache of as many rows that holds them.
        """
        shortest = min(map(len, rows))
        begin = commonprefix([list(row) for row in rows])[: shortest - 1]
        if not begin:
            return [], DynamicCache()
        blocks, cache = self._trunk.reader.read(begin)
        cache.batch_repeat_interleave(len(rows))
        return blocks, cache

    @torch.no_grad()
    def read(
        self, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]
    ) -> tuple[list[ReadPrompt], list[Tensor]]:
        """Return for each prompt what `CausalTrunk.read` returns: the prompt without its last
        token, and the states (t, d) at that token and the answer's tokens but the last.

        Padding and the other rows change the last bits of a result.
        """
        blocks, cache = self.begun(prompts)
        start = cache.get_seq_length()
        rows = [[*ids[start:], *answer[:-1]] for ids, answer in zip(prompts, answers, strict=True)]
        states = self._run(rows, cache)
        begun = [block.upper for block in blocks]
        read, found = [], []
        for row, (ids, answer) in enumerate(zip(prompts, answers, strict=True)):
            last = len(ids) - 1
            own = self._upper(cache, row, start, last)
            read.append(ReadPrompt((*begun, own)))
            found.append(states[row, last - start : last - start + len(answer)])
        return read, found

    def _run(self, rows: Sequence[Sequence[int]], cache: DynamicCache) -> Tensor:
        """Fill the cache; return the states (b, n, d) below the first memory layer."""
        first, layers = self._trunk.first, [*self._trunk.layers]
        seen = _Seen(layers[first])
        layers[first] = seen
        decoder = self._trunk.with_layers(layers).get_decoder()
        # Padded at the right: no token of a row attends to what comes after it.
        ids = pad_right(rows, 0)
        with using({}):
            decoder(input_ids=ids, past_key_values=cache, use_cache=True)
        return seen.states

    def _upper(self, cache: DynamicCache, row: int, start: int, end: int) -> KeysValues:
        """Return keys and values (l, h, n, d) of one row's own tokens in the upper layers."""
        upper = cache.layers[self._trunk.first :]
        keys = torch.stack([layer.keys[row, :, start:end] for layer in upper])
        values = torch.stack([layer.values[row, :, start:end] for layer in upper])
        return KeysValues(keys.to(UPPER_TYPE), values.to(UPPER_TYPE))


class _Seen(nn.Module):
    """A layer, and the states that came into it."""

    states: Tensor

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, hidden_states: Tensor, *args: object, **kwargs: object) -> object:
        self.states = hidden_states
        return self.layer(hidden_states, *args, **kwargs)
