"""Read prompts with a frozen causal model, without experts: their keys and values, in blocks.

Prompts about one database begin alike, so a block is kept with all tokens up to its end as its key,
and read again only if it was dropped. `causal_trunk` and the decoding of `causal_model` call it.

Axis legend: `l` layers, `h` heads, `n` tokens of a block, `p` tokens of a prompt, `d` width.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from mome.memory.experts.layer import using

# Longer blocks are shared less often; shorter ones cost more passes, each of which reads all
# weights.
BLOCK = 64
"""Number of tokens of a block."""
KEPT = 2**29
"""Bytes of blocks that are kept for other prompts: about 20 prompts of 500 tokens for a model of
30 layers with 3 heads.
"""
UPPER_TYPE = torch.bfloat16
"""Type of the upper layers' keys and values while an answer is tuned. It takes half the space of
float32; with SmolLM2-135M it changes a token's log-probability by 0.001 on average, at most by
0.015.
"""


@dataclass(frozen=True)
class KeysValues:
    """Keys (l, h, n, d) and values of a block's tokens in some layers."""

    keys: Tensor
    values: Tensor

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self.keys.nbytes + self.values.nbytes


@dataclass(frozen=True)
class Block:
    """What a model keeps of some tokens of a prompt."""

    every: KeysValues
    """Of all layers, to read on and to decode."""
    upper: KeysValues
    """Of the layers from the first memory layer's on, as they are kept while an answer is tuned."""


class PromptReader:
    """Reads prompts and keeps the blocks used last. Thread-safe.

    Each block is a pass of its own, whether those before it were kept or not, so that a prompt's
    keys and values do not depend on what was read before.
    """

    def __init__(self, model: PreTrainedModel, first: int) -> None:
        """`first`: index of the first upper layer."""
        self._model, self._first = model, first
        self._blocks: OrderedDict[tuple[int, ...], Block] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    @torch.no_grad()
    def read(self, ids: Sequence[int]) -> tuple[list[Block], DynamicCache]:
        """Return the blocks of a prompt's tokens, and a cache with them that may be changed."""
        blocks = self._known(ids)
        cache = filled_cache([block.every for block in blocks])
        for start in range(len(blocks) * BLOCK, len(ids), BLOCK):
            part = list(ids[start : start + BLOCK])
            # A prompt is read without experts, also where a route is active.
            with using({}):
                self._model.get_decoder()(
                    input_ids=torch.tensor([part], device=self._model.device),
                    past_key_values=cache,
                    use_cache=True,
                )
            block = self._block(cache, start)
            if len(part) == BLOCK:
                self._keep(tuple(ids[: start + BLOCK]), block)
            blocks.append(block)
        return blocks, cache

    def _known(self, ids: Sequence[int]) -> list[Block]:
        """Return the kept blocks that a prompt begins with."""
        found = []
        with self._lock:
            for end in range(BLOCK, len(ids) + 1, BLOCK):
                block = self._blocks.get(tuple(ids[:end]))
                if block is None:
                    break
                self._blocks.move_to_end(tuple(ids[:end]))
                found.append(block)
        return found

    def _block(self, cache: DynamicCache, start: int) -> Block:
        """Return what a cache holds from token `start` on."""
        # Copies: a view would keep the whole cache.
        keys = torch.stack([layer.keys[0, :, start:] for layer in cache.layers])
        values = torch.stack([layer.values[0, :, start:] for layer in cache.layers])
        upper = KeysValues(
            keys[self._first :].to(UPPER_TYPE, copy=True),
            values[self._first :].to(UPPER_TYPE, copy=True),
        )
        return Block(KeysValues(keys, values), upper)

    def _keep(self, key: tuple[int, ...], block: Block) -> None:
        with self._lock:
            if key not in self._blocks:
                self._size += block.every.size
            self._blocks[key] = block
            while self._size > KEPT and len(self._blocks) > 1:
                self._size -= self._blocks.popitem(last=False)[1].every.size


def filled_cache(blocks: Sequence[KeysValues]) -> DynamicCache:
    """Return a cache that holds the blocks of one prompt."""
    # Without the model's configuration, so that layers with a sliding window keep all tokens too:
    # they have to be split into blocks. The model's mask hides those outside of the window.
    cache = DynamicCache()
    if blocks:
        keys = torch.cat([block.keys for block in blocks], dim=2).unsqueeze(1)
        values = torch.cat([block.values for block in blocks], dim=2).unsqueeze(1)
        for layer, (key, value) in enumerate(zip(keys, values, strict=True)):
            cache.update(key, value, layer)
    return cache
