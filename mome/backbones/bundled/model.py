"""The bundled backbone as a transformers model: an encoder over question and slice, and a small
decoder that writes SQL words or pointers.

Axis legend: `b` questions, `t` source tokens, `n` items of the slice, `s` answer tokens, `d` width,
`v` output vocabulary with pointers. The pointer head multiplies the decoder's state with the
encoder's state at an item's first token (Vinyals et al., Pointer Networks, 2015).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel, PretrainedConfig, PreTrainedModel
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.generation import GenerationMixin
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

from mome.backbones.bundled.inputs import FEATURES


class BundledConfig(PretrainedConfig):
    """Sizes of the bundled backbone. `vocab_size` counts output words and pointers; `asks` says
    whether it was trained to ask questions.
    """

    model_type = "mome_bundled"

    def __init__(
        self,
        output_size: int = 1600,
        max_items: int = 192,
        encoder_vocab_size: int = 30522,
        d_model: int = 384,
        encoder_layers: int = 6,
        decoder_layers: int = 3,
        heads: int = 12,
        d_ff: int = 1536,
        max_source: int = 512,
        max_answer: int = 512,
        dropout: float = 0.1,
        asks: bool = False,
        **kwargs,
    ) -> None:
        self.output_size, self.max_items = output_size, max_items
        self.encoder_vocab_size, self.d_model, self.d_ff, self.heads = (
            encoder_vocab_size,
            d_model,
            d_ff,
            heads,
        )
        self.encoder_layers, self.decoder_layers = encoder_layers, decoder_layers
        self.max_source, self.max_answer, self.dropout, self.asks = (
            max_source,
            max_answer,
            dropout,
            asks,
        )
        tokens = {"pad_token_id": 0, "decoder_start_token_id": 1, "eos_token_id": 2}
        super().__init__(
            **(tokens | {"is_encoder_decoder": True, "tie_word_embeddings": False} | kwargs)
        )
        self.vocab_size = output_size + max_items
        self.num_hidden_layers = decoder_layers

    def bert(self) -> BertConfig:
        """Return the encoder's configuration."""
        return BertConfig(
            vocab_size=self.encoder_vocab_size,
            hidden_size=self.d_model,
            num_hidden_layers=self.encoder_layers,
            num_attention_heads=self.heads,
            intermediate_size=self.d_ff,
            max_position_embeddings=self.max_source,
            hidden_dropout_prob=self.dropout,
            attention_probs_dropout_prob=0.0,
        )


class Encoder(nn.Module):
    """MiniLM over word pieces whose embeddings include features from linking."""

    main_input_name = "input_ids"

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.bert = BertModel(config.bert(), add_pooling_layer=False)
        self.features = nn.Embedding(sum(FEATURES), config.d_model)
        offsets = torch.tensor([sum(FEATURES[:i]) for i in range(len(FEATURES))])
        self.register_buffer("offsets", offsets, persistent=False)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        feature_ids: Tensor | None = None,
        **_: object,
    ) -> BaseModelOutput:
        """Return hidden states (b, t, d) of `input_ids` (b, t) with `feature_ids` (b, t,
        len(FEATURES)).
        """
        embedded = self.bert.embeddings.word_embeddings(input_ids)
        if feature_ids is not None:
            embedded = embedded + self.features(feature_ids + self.offsets).sum(2)
        return BaseModelOutput(
            self.bert(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        )


class Attention(nn.Module):
    """Multi-head attention; keys and values of earlier steps come from a cache."""

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.heads, self.width = config.heads, config.d_model // config.heads
        self.query, self.key, self.value, self.out = (
            nn.Linear(config.d_model, config.d_model) for _ in range(4)
        )

    def split(self, x: Tensor) -> Tensor:
        """Reshape (b, s, d) to (b, heads, s, d / heads)."""
        return x.view(x.shape[0], -1, self.heads, self.width).transpose(1, 2)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys and values of `x`."""
        return self.split(self.key(x)), self.split(self.value(x))

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
        """Attend from `x` (b, s, d); `mask` is added to the scores."""
        mixed = functional.scaled_dot_product_attention(
            self.split(self.query(x)), keys, values, attn_mask=mask
        )
        return self.out(mixed.transpose(1, 2).flatten(2))


class DecoderLayer(nn.Module):
    """A decoder layer with post-norm as in BERT, so that it can be initialised from the encoder."""

    def __init__(self, config: BundledConfig, index: int) -> None:
        super().__init__()
        self.index = index
        self.own, self.cross = Attention(config), Attention(config)
        self.fc1, self.fc2 = (
            nn.Linear(config.d_model, config.d_ff),
            nn.Linear(config.d_ff, config.d_model),
        )
        self.norm1, self.norm2, self.norm3 = (
            nn.LayerNorm(config.d_model, eps=1e-12) for _ in range(3)
        )
        self.dropout = nn.Dropout(config.dropout)

    def attend(
        self,
        x: Tensor,
        mask: Tensor | None,
        source: Tensor,
        source_mask: Tensor,
        cache: EncoderDecoderCache | None,
    ) -> Tensor:
        """Apply both attentions to `x` (b, s, d), the answer so far or its newest tokens."""
        keys, values = self.own.project(x)
        if cache is not None:
            keys, values = cache.self_attention_cache.update(keys, values, self.index)
        x = self.norm1(x + self.dropout(self.own(x, keys, values, mask)))
        return self.norm2(
            x + self.dropout(self.cross(x, *self._source(source, cache), source_mask))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Apply the feed-forward part, which follows the attentions."""
        return self.norm3(x + self.dropout(self.fc2(functional.gelu(self.fc1(x)))))

    def _source(self, source: Tensor, cache: EncoderDecoderCache | None) -> tuple[Tensor, Tensor]:
        if cache is None:
            return self.cross.project(source)
        if not cache.is_updated.get(self.index):
            cache.cross_attention_cache.update(*self.cross.project(source), self.index)
            cache.is_updated[self.index] = True
        layer = cache.cross_attention_cache.layers[self.index]
        return layer.keys, layer.values


class Decoder(nn.Module):
    """A decoder in which words have their own embeddings and a pointer is embedded as the item that
    it points at.
    """

    def __init__(self, config: BundledConfig) -> None:
        super().__init__()
        self.words = nn.Embedding(config.output_size, config.d_model)
        self.positions = nn.Embedding(config.max_answer, config.d_model)
        self.pointed = nn.Linear(config.d_model, config.d_model)
        self.norm = nn.LayerNorm(config.d_model, eps=1e-12)
        self.layers = nn.ModuleList(
            DecoderLayer(config, index) for index in range(config.decoder_layers)
        )

    def forward(
        self,
        ids: Tensor,
        items: Tensor,
        source: Tensor,
        source_mask: Tensor,
        cache: EncoderDecoderCache | None,
    ) -> Tensor:
        """Return states (b, s, d) of answer tokens `ids` (b, s) over `items` (b, n, d) and encoder
        states `source` (b, t, d).

        The last layer's feed-forward part is left to `finish`; everything before it is the memory's
        trunk.
        """
        past = cache.get_seq_length() if cache is not None else 0
        size = self.words.num_embeddings
        pointer = (ids - size).clamp(0, items.shape[1] - 1)
        pointed = self.pointed(
            items.gather(1, pointer.unsqueeze(-1).expand(-1, -1, items.shape[-1]))
        )
        embedded = torch.where(
            (ids >= size).unsqueeze(-1), pointed, self.words(ids.clamp(max=size - 1))
        )
        steps = torch.arange(past, past + ids.shape[1], device=ids.device)
        x = self.norm(embedded + self.positions(steps))
        causal = steps[:, None] >= torch.arange(past + ids.shape[1], device=ids.device)
        mask = None if ids.shape[1] == 1 else causal
        for layer in self.layers[:-1]:
            x = layer(layer.attend(x, mask, source, source_mask, cache))
        return self.layers[-1].attend(x, mask, source, source_mask, cache)

    def finish(self, x: Tensor) -> Tensor:
        """Return the states (b, s, d) that the heads read."""
        return self.layers[-1](x)


class BundledModel(PreTrainedModel, GenerationMixin):
    """Question and slice to SQL. Inputs come from `inputs.collate`; `tokens` defines the ids."""

    config_class = BundledConfig
    base_model_prefix = "model"
    main_input_name = "input_ids"
    _supports_sdpa = True

    def __init__(self, config: BundledConfig) -> None:
        super().__init__(config)
        self.encoder, self.decoder = Encoder(config), Decoder(config)
        self.head = nn.Linear(config.d_model, config.d_model)
        self.pointer_query, self.pointer_key = (
            nn.Linear(config.d_model, config.d_model) for _ in range(2)
        )
        self.bias = nn.Parameter(torch.zeros(config.output_size))
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
        if isinstance(module, BundledModel):
            nn.init.zeros_(module.bias)
        if isinstance(module, Encoder):
            nn.init.zeros_(module.features.weight)
            module.offsets.copy_(torch.tensor([sum(FEATURES[:i]) for i in range(len(FEATURES))]))

    def get_encoder(self, modality: str | None = None) -> Encoder:
        """Return the part that `generate` runs once per question."""
        return self.encoder

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        feature_ids: Tensor | None = None,
        item_positions: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        encoder_outputs: BaseModelOutput | None = None,
        past_key_values: EncoderDecoderCache | None = None,
        labels: Tensor | None = None,
        use_cache: bool | None = None,
        **_: object,
    ) -> Seq2SeqLMOutput:
        """Return logits (b, s, v). `item_positions` (b, n) are the items' first source tokens, -1
        for none; -100 in `labels` (b, s) is ignored.
        """
        if encoder_outputs is None:
            encoder_outputs = self.encoder(input_ids, attention_mask, feature_ids)
        source = encoder_outputs[0]
        if decoder_input_ids is None:
            decoder_input_ids = self.shift(labels)
        if use_cache and past_key_values is None:
            past_key_values = EncoderDecoderCache(DynamicCache(), DynamicCache())
        states, items = self.decode(
            source, attention_mask, item_positions, decoder_input_ids, past_key_values
        )
        logits = self.logits(states, items, item_positions)
        loss = (
            None
            if labels is None
            else functional.cross_entropy(
                logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-100
            )
        )
        return Seq2SeqLMOutput(
            loss=loss,
            logits=logits,
            past_key_values=past_key_values,
            encoder_last_hidden_state=source,
        )

    def shift(self, labels: Tensor) -> Tensor:
        """Return the decoder inputs that predict `labels`."""
        start = torch.full_like(labels[:, :1], self.config.decoder_start_token_id)
        return torch.cat(
            [start, labels[:, :-1].masked_fill(labels[:, :-1] == -100, self.config.pad_token_id)], 1
        )

    def decode(
        self,
        source: Tensor,
        attention_mask: Tensor,
        item_positions: Tensor,
        ids: Tensor,
        cache: EncoderDecoderCache | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Return the decoder's states (b, s, d) before its last feed-forward part and the items'
        states (b, n, d).
        """
        items = source.gather(
            1, item_positions.clamp(min=0).unsqueeze(-1).expand(-1, -1, source.shape[-1])
        )
        unread = (attention_mask == 0)[:, None, None]
        mask = torch.zeros_like(unread, dtype=source.dtype).masked_fill(
            unread, torch.finfo(source.dtype).min
        )
        return self.decoder(ids, items, source, mask, cache), items

    def logits(self, states: Tensor, items: Tensor, item_positions: Tensor) -> Tensor:
        """Return logits (b, s, v) from the result of `decode`."""
        states = self.decoder.finish(states)
        words = functional.linear(self.head(states), self.decoder.words.weight, self.bias)
        pointers = (
            self.pointer_query(states)
            @ self.pointer_key(items).transpose(1, 2)
            / math.sqrt(self.config.d_model)
        )
        pointers = pointers.masked_fill(
            (item_positions < 0).unsqueeze(1), torch.finfo(pointers.dtype).min
        )
        missing = self.config.max_items - items.shape[1]
        return torch.cat(
            [words, functional.pad(pointers, (0, missing), value=torch.finfo(pointers.dtype).min)],
            -1,
        )
