"""Read several prompts of a causal model in one pass, without experts.

A pass reads all weights, which takes longer than the arithmetic on a few tokens. So prompts in
plain text are read together, and what all of them begin with, such as a chat template's first
tokens or a schema, once for all. `free_text` calls this to train and to decode.

Axis legend: `b` prompts, `t` tokens of an answer, `l` layers, `h` heads, `n` tokens, `d` width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os.path import commonprefix

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from mome.backbones.causal_trunk import CausalTrunk, ReadPrompt
from mome.backbones.prompt_reading import UPPER_TYPE, Block, KeysValues
from mome.backbones.text_model import pad_right
from mome.memory.experts.layer import using

# More rows gain nothing on a CPU, and those of similar length have less padding. Batches are made
# of answers of similar length, whose prompts have all lengths.
AT_ONCE = 8
"""Prompts that are read in one pass."""
Pair = tuple[Sequence[int], Sequence[int]]
"""The tokens of a prompt and of its answer."""


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
        pairs = list(zip(prompts, answers, strict=True))
        by_length = sorted(range(len(pairs)), key=lambda row: sum(map(len, pairs[row])))
        found: dict[int, tuple[ReadPrompt, Tensor]] = {}
        for first in range(0, len(by_length), AT_ONCE):
            rows = by_length[first : first + AT_ONCE]
            found.update(zip(rows, self._read([pairs[row] for row in rows]), strict=True))
        read, states = zip(*(found[row] for row in range(len(pairs))), strict=True)
        return list(read), list(states)

    def _read(self, pairs: Sequence[Pair]) -> Iterator[tuple[ReadPrompt, Tensor]]:
        """Read prompts and answers of similar length in one pass."""
        blocks, cache = self.begun([ids for ids, _ in pairs])
        start = cache.get_seq_length()
        states = self._run([[*ids[start:], *answer[:-1]] for ids, answer in pairs], cache)
        begun = [block.upper for block in blocks]
        for row, (ids, answer) in enumerate(pairs):
            last = len(ids) - 1
            read = ReadPrompt((*begun, self._upper(cache, row, start, last)))
            yield read, states[row, last - start : last - start + len(answer)]

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
