"""The bundled backbone: an encoder over question and slice, and a small decoder that writes SQL
words or pointers.

Plain torch, because importing transformers takes longer than answering a question. Axis legend: `b`
questions, `t` source tokens, `n` items of the slice, `s` answer tokens, `d` width, `v` output
vocabulary with pointers. The pointer head multiplies the decoder's state with the encoder's state
at an item's first token (Vinyals et al., Pointer Networks, 2015).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from mome.backbones.bundled.config import BundledConfig
from mome.backbones.bundled.encoder import NORM_EPS, Encoder, attend, split_heads
from mome.backbones.bundled.layers import UnsetEmbedding, UnsetLinear
from mome.backbones.bundled.tokens import PAD, START


@dataclass(frozen=True)
class ReadSource:
    """What the decoder reads of questions and their slices; computed once for all of its steps."""

    states: Tensor
    """(b, t, d) the encoder's states."""
    mask: Tensor
    """(b, 1, 1, t) is added to attention's scores: the lowest number at padding, else 0."""
    items: Tensor
    """(b, n, d) states at the first tokens of the items."""
    keys: Tensor
    """(b, n, d) pointer keys of the items."""
    item_positions: Tensor
    """(b, n) first source tokens of the items; -1 for none."""
    beams: int = 1
    """Rows of the decoder for each question, side by side. `mask`, `items`, `keys` and
    `item_positions` have b * beams rows.
    """

    def repeated(self, beams: int) -> ReadSource:
        """Return what `beams` answers to each question read."""
        return ReadSource(
            self.states,
            self.mask.repeat_interleave(beams, 0),
            self.items.repeat_interleave(beams, 0),
            self.keys.repeat_interleave(beams, 0),
            self.item_positions.repeat_interleave(beams, 0),
            beams,
        )


@dataclass(frozen=True)
class DecoderCache:
    """Keys and values (b, heads, s, d / heads) by the index of the decoder's layer."""

    answer: dict[int, tuple[Tensor, Tensor]] = field(default_factory=dict)
    """Of the answer so far."""
    source: dict[int, tuple[Tensor, Tensor]] = field(default_factory=dict)
    """Of the source."""

    @property
    def length(self) -> int:
        """Number of answer tokens that were read."""
        return self.answer[0][0].shape[2] if self.answer else 0

    def extended(self, index: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add keys and values of the newest tokens to those of a layer, and return all."""
        if index in self.answer:
            before = self.answer[index]
            keys, values = torch.cat([before[0], keys], 2), torch.cat([before[1], values], 2)
        self.answer[index] = keys, values
        return keys, values

    def reorder(self, rows: Tensor) -> None:
        """Go on from these rows (b,). A beam is replaced by one of the same question, so that what
        was read of the source stays as it is.
        """
        for index, (keys, values) in self.answer.items():
            self.answer[index] = keys.index_select(0, rows), values.index_select(0, rows)


class Scored(NamedTuple):
    """What a forward pass returns."""

    logits: Tensor
    """(b, s, v)"""
    loss: Tensor | None
    """Mean cross-entropy of the labels; None without labels."""


class Attention(nn.Module):
    """Multi-head attention; keys and values of earlier steps come from a cache."""

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.query, self.key, self.value, self.out = (
            UnsetLinear(config.d_model, config.d_model) for _ in range(4)
        )

    def project(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys and values of `x`."""
        return split_heads(self.key(x), self.heads), split_heads(self.value(x), self.heads)

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
        """Attend from `x` (b, s, d); `mask` is added to the scores."""
        return self.out(attend(split_heads(self.query(x), self.heads), keys, values, mask))


class DecoderLayer(nn.Module):
    """A decoder layer with post-norm as in BERT, so that it can be initialised from the encoder."""

    def __init__(self, config: BundledConfig, index: int) -> None:
        super().__init__()
        self.index = index
        self.own, self.cross = Attention(config), Attention(config)
        self.fc1, self.fc2 = (
            UnsetLinear(config.d_model, config.d_ff),
            UnsetLinear(config.d_ff, config.d_model),
        )
        self.norm1, self.norm2, self.norm3 = (
            nn.LayerNorm(config.d_model, eps=NORM_EPS) for _ in range(3)
        )
        self.dropout = nn.Dropout(config.dropout)

    def attend(
        self,
        x: Tensor,
        mask: Tensor | None,
        read: ReadSource,
        cache: DecoderCache | None,
    ) -> Tensor:
        """Apply both attentions to `x` (b, s, d), the answer so far or its newest tokens."""
        keys, values = self.own.project(x)
        if cache is not None:
            keys, values = cache.extended(self.index, keys, values)
        x = self.norm1(x + self.dropout(self.own(x, keys, values, mask)))
        keys, values = self._of_source(read, cache)
        return self.norm2(x + self.dropout(self.cross(x, keys, values, read.mask)))

    def forward(self, x: Tensor) -> Tensor:
        """Apply the feed-forward part, which follows the attentions."""
        return self.norm3(x + self.dropout(self.fc2(functional.gelu(self.fc1(x)))))

    def _of_source(self, read: ReadSource, cache: DecoderCache | None) -> tuple[Tensor, Tensor]:
        if cache is None:
            return self.cross.project(read.states)
        if self.index not in cache.source:
            keys, values = self.cross.project(read.states)
            rows = keys.repeat_interleave(read.beams, 0), values.repeat_interleave(read.beams, 0)
            cache.source[self.index] = rows
        return cache.source[self.index]


class Decoder(nn.Module):
    """A decoder in which words have their own embeddings and a pointer is embedded as the item that
    it points at.
    """

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.words = UnsetEmbedding(config.output_size, config.d_model)
        self.positions = UnsetEmbedding(config.max_answer, config.d_model)
        self.pointed = UnsetLinear(config.d_model, config.d_model)
        self.norm = nn.LayerNorm(config.d_model, eps=NORM_EPS)
        self.layers = nn.ModuleList(
            DecoderLayer(config, index) for index in range(config.decoder_layers)
        )

    def forward(self, ids: Tensor, read: ReadSource, cache: DecoderCache | None) -> Tensor:
        """Return states (b, s, d) of answer tokens `ids` (b, s): all so far, or with a `cache` the
        newest.

        The last layer's feed-forward part is left to `finish`; everything before it is the memory's
        trunk.
        """
        past = cache.length if cache is not None else 0
        steps = torch.arange(past, past + ids.shape[1], device=ids.device)
        x = self.norm(self._embedded(ids, read.items) + self.positions(steps))
        causal = steps[:, None] >= torch.arange(past + ids.shape[1], device=ids.device)
        mask = None if ids.shape[1] == 1 else causal
        for layer in self.layers[:-1]:
            x = layer(layer.attend(x, mask, read, cache))
        return self.layers[-1].attend(x, mask, read, cache)

    def _embedded(self, ids: Tensor, items: Tensor) -> Tensor:
        """Return embeddings (b, s, d) of words, and of pointers as what they point at."""
        size = self.words.num_embeddings
        pointer = (ids - size).clamp(0, items.shape[1] - 1)
        pointed = self.pointed(
            items.gather(1, pointer.unsqueeze(-1).expand(-1, -1, items.shape[-1]))
        )
        words = self.words(ids.clamp(max=size - 1))
        return torch.where((ids >= size).unsqueeze(-1), pointed, words)

    def finish(self, x: Tensor) -> Tensor:
        """Return the states (b, s, d) that the heads read."""
        return self.layers[-1](x)


class BundledModel(nn.Module):
    """Question and slice to SQL. Inputs come from `inputs.collate`; `tokens` defines the ids."""

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.decoder = Encoder(config), Decoder(config)
        self.head = UnsetLinear(config.d_model, config.d_model)
        self.pointer_query, self.pointer_key = (
            UnsetLinear(config.d_model, config.d_model) for _ in range(2)
        )
        self.bias = nn.Parameter(torch.zeros(config.output_size))

    def initialise(self) -> BundledModel:
        """Draw all weights anew, as for BERT, and return the model; it reads no feature yet."""
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
        nn.init.zeros_(self.encoder.features.weight)
        return self

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        feature_ids: Tensor,
        item_positions: Tensor,
        labels: Tensor,
    ) -> Scored:
        """Return logits and loss of answers; -100 in `labels` (b, s) is ignored."""
        read = self.read(input_ids, attention_mask, feature_ids, item_positions)
        states = self.decoder(self.shift(labels), read, None)
        logits = self.logits(states, read.keys, item_positions)
        loss = functional.cross_entropy(
            logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-100
        )
        return Scored(logits, loss)

    def read(
        self, input_ids: Tensor, attention_mask: Tensor, feature_ids: Tensor, item_positions: Tensor
    ) -> ReadSource:
        """Return what the decoder reads. `item_positions` (b, n) are the items' first source
        tokens, -1 for none.
        """
        states = self.encoder(input_ids, attention_mask, feature_ids)
        first = item_positions.clamp(min=0).unsqueeze(-1).expand(-1, -1, states.shape[-1])
        unread = (attention_mask == 0)[:, None, None]
        mask = torch.zeros_like(unread, dtype=states.dtype)
        mask = mask.masked_fill(unread, torch.finfo(states.dtype).min)
        items = states.gather(1, first)
        return ReadSource(states, mask, items, self.pointer_key(items), item_positions)

    def shift(self, labels: Tensor) -> Tensor:
        """Return the decoder inputs that predict `labels`."""
        start = torch.full_like(labels[:, :1], START)
        return torch.cat([start, labels[:, :-1].masked_fill(labels[:, :-1] == -100, PAD)], 1)

    def logits(self, states: Tensor, keys: Tensor, item_positions: Tensor) -> Tensor:
        """Return logits (b, s, v) from the decoder's states (b, s, d) before `finish`, and the
        items' pointer keys (b, n, d).
        """
        states = self.decoder.finish(states)
        words = functional.linear(self.head(states), self.decoder.words.weight, self.bias)
        pointers = self.pointer_query(states) @ keys.transpose(1, 2)
        pointers = pointers / math.sqrt(self.config.d_model)
        lowest = torch.finfo(pointers.dtype).min
        pointers = pointers.masked_fill((item_positions < 0).unsqueeze(1), lowest)
        missing = self.config.max_items - keys.shape[1]
        return torch.cat([words, functional.pad(pointers, (0, missing), value=lowest)], -1)
