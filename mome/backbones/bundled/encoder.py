"""The encoder of the bundled backbone: MiniLM over word pieces with features from linking.

Its parameters have BERT's names (Devlin et al., 2019), so that MiniLM's weights fit. Axis legend:
`b` questions, `t` source tokens, `d` width.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

import torch
from torch import Tensor, nn
from torch.nn import functional

from mome.backbones.bundled.config import BundledConfig
from mome.backbones.bundled.inputs import FEATURES
from mome.backbones.bundled.layers import UnsetEmbedding, UnsetLinear

OFFSETS = (0, *accumulate(FEATURES[:-1]))
"""First row of each feature in the table of all features' embeddings."""
# BERT's own; torch's default is 1e-5.
NORM_EPS = 1e-12


def split_heads(x: Tensor, heads: int) -> Tensor:
    """Reshape (b, s, d) to (b, heads, s, d / heads)."""
    return x.view(x.shape[0], -1, heads, x.shape[-1] // heads).transpose(1, 2)


def attend(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
    """Return the mixed values (b, s, d) of split queries, keys and values."""
    mixed = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
    return mixed.transpose(1, 2).flatten(2)


class Embeddings(nn.Module):
    """Embeddings of word pieces at their positions."""

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.word_embeddings = UnsetEmbedding(config.encoder_vocab_size, config.d_model)
        self.position_embeddings = UnsetEmbedding(config.max_source, config.d_model)
        # Two kinds of sentences; a source is of the first kind alone.
        self.token_type_embeddings = UnsetEmbedding(2, config.d_model)
        self.LayerNorm = nn.LayerNorm(config.d_model, eps=NORM_EPS)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, words: Tensor) -> Tensor:
        """Return embeddings (b, t, d) of embedded words (b, t, d)."""
        x = words + self.token_type_embeddings.weight[0]
        x = x + self.position_embeddings.weight[: words.shape[1]]
        return self.dropout(self.LayerNorm(x))


class Residual(nn.Module):
    """A linear map whose output is added to its layer's input."""

    def __init__(self, d_in: int, config: BundledConfig) -> None:
        super().__init__()
        self.dense = UnsetLinear(d_in, config.d_model)
        self.LayerNorm = nn.LayerNorm(config.d_model, eps=NORM_EPS)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        """Return the states (b, t, d) for `x` and the states `before` the layer."""
        return self.LayerNorm(self.dropout(self.dense(x)) + before)


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward part, with post-norm."""

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.heads = config.heads
        width = config.d_model
        projections = {name: UnsetLinear(width, width) for name in ("query", "key", "value")}
        self.attention = nn.ModuleDict(
            {"self": nn.ModuleDict(projections), "output": Residual(width, config)}
        )
        self.intermediate = nn.ModuleDict({"dense": UnsetLinear(width, config.d_ff)})
        self.output = Residual(config.d_ff, config)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Return the states (b, t, d) after this layer."""
        projected = self.attention["self"]
        queries, keys, values = (
            split_heads(projected[name](x), self.heads) for name in ("query", "key", "value")
        )
        x = self.attention["output"](attend(queries, keys, values, mask), x)
        return self.output(functional.gelu(self.intermediate["dense"](x)), x)


class MiniLM(nn.Module):
    """BERT without a pooler."""

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.embeddings = Embeddings(config)
        layers = (EncoderLayer(config) for _ in range(config.encoder_layers))
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})

    def forward(self, words: Tensor, attention_mask: Tensor) -> Tensor:
        """Return hidden states (b, t, d) of embedded words (b, t, d)."""
        *_, last = self.layers(words, attention_mask)
        return last

    def layers(self, words: Tensor, attention_mask: Tensor) -> Iterator[Tensor]:
        """Yield the hidden states (b, t, d) after each layer in turn."""
        # Without a mask, attention takes a faster path.
        mask = None if bool(attention_mask.all()) else attention_mask.bool()[:, None, None]
        x = self.embeddings(words)
        for layer in self.encoder["layer"]:
            x = layer(x, mask)
            yield x


class Encoder(nn.Module):
    """MiniLM over word pieces whose embeddings include features from linking."""

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.bert = MiniLM(config)
        self.features = UnsetEmbedding(sum(FEATURES), config.d_model)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, feature_ids: Tensor | None = None
    ) -> Tensor:
        """Return hidden states (b, t, d) of `input_ids` (b, t) with `feature_ids` (b, t,
        len(FEATURES)).
        """
        words = self.bert.embeddings.word_embeddings(input_ids)
        if feature_ids is not None:
            offsets = torch.tensor(OFFSETS, device=feature_ids.device)
            words = words + self.features(feature_ids + offsets).sum(2)
        return self.bert(words, attention_mask)
