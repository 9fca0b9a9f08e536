"""A causal model as the base of a memory of facts of any kind: the prompt is plain text, and the
answer whatever follows it.

The SQL pipeline does not use it; the memory, its tuner and recall are the same for both. Axis
legend: `b` prompts, `t` tokens, `d` width.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from mome.backbones.base import Backbone, Batch
from mome.backbones.bundled.backbone import BundledBackbone
from mome.backbones.causal_model import AnswerBatch, CausalBackbone
from mome.backbones.identity import base_path
from mome.backbones.joint_reading import JointReader
from mome.backbones.loading import load, load_text_model
from mome.backbones.text_model import pad_right
from mome.errors import BackboneError, NotExpressible
from mome.kernels.bfloat16 import has_bfloat16
from mome.memory.experts.layer import using
from mome.memory.recall import token_chances

LONGEST = 32
"""Tokens of an answer that is written freely, unless another number is given."""
PLAIN_TEXT = "text+"
"""How the identity of a base of facts of any kind begins."""
SHORTER, MOST = 4, 512
"""How much shorter prompts in plain text are than those with a schema, and the most wordings that
are tuned at once: their input vectors take 2.5 GB on a model of 0.5 billion weights. Among 512
wordings there are enough answers of each length that batches have little padding.
"""
SURE = 0.75
"""Probability of a token from which greedy decoding writes it. A pass over a whole answer rounds
otherwise than decoding; that moves a log-probability by hundredths, and not by log(0.75 / 0.5).
"""


@dataclass(frozen=True)
class TextPrompt:
    """A prompt as the model reads it."""

    text: str
    data: list[int]
    """Its tokens; an instruct model's with those of its chat template."""


@dataclass(frozen=True)
class TextAnswer:
    """What the model writes after a prompt."""

    answer: str


class FreeText:
    """A `MemoryBackbone` over a causal model and the encoder that reads prompts for the router."""

    learning_rate = CausalBackbone.learning_rate

    def __init__(self, base: CausalBackbone, encoder: Backbone, *, longest: int = LONGEST) -> None:
        """Answers have at most `longest` tokens. The memory belongs to both models."""
        self.base, self.longest = base, longest
        self.encoder = encoder
        self.model = base.model
        # Not that of the base model alone: a memory of SQL on it has another prompt and router.
        self.identity = f"{PLAIN_TEXT}{base.identity}+{encoder.identity}"
        self.question_size = encoder.question_size

    @property
    def pool(self) -> int:
        """Maximum number of wordings that are tuned at once."""
        return min(MOST, SHORTER * self.base.pool)

    def prompt(self, text: str) -> TextPrompt:
        """Return the prompt of a text; `mome.memory.tune` and `recall` take this method."""
        is_chat = getattr(self.base.tokenizer, "chat_template", None)
        # Without a chat template the answer stands on a line of its own.
        return TextPrompt(text, self.base.tokens(text if is_chat else f"{text}\n"))

    def question_state(self, questions: Sequence[str]) -> Tensor:
        """Return the encoder's states (b, d) of the prompts' texts."""
        return self.encoder.question_state(questions)

    def memory_modules(self) -> tuple[str, ...]:
        """Return the feed-forward outputs of the last third of the layers."""
        return self.base.memory_modules()

    def shared_modules(self) -> tuple[str, ...]:
        """Return none: facts of any kind have no manner in common that could be practised."""
        return ()

    def loss(self, batch: Batch) -> Tensor:
        """Return the mean cross-entropy of a batch's answers."""
        return self.base.loss(batch)

    def batch(self, prompts: Sequence[TextPrompt], answers: Sequence[str]) -> AnswerBatch:
        """Return inputs and targets for training. Raises NotExpressible."""
        return self.base.batch_after([prompt.data for prompt in prompts], answers)

    def asking_batch(self, prompts: Sequence[TextPrompt], answers: Sequence[str]) -> None:
        """Return None: only the answer is trained."""

    def trunk(self, batch: Batch) -> AnswerBatch:
        """Return the batch with its prompts read, all in one pass."""
        assert isinstance(batch, AnswerBatch)
        return batch.after(*self._reader.read(batch.prompts, batch.answers))

    @cached_property
    def _reader(self) -> JointReader:
        return JointReader(self.base.apart)

    def select(self, batch: Batch, rows: Sequence[int]) -> AnswerBatch:
        """Return some rows of a batch."""
        return self.base.select(batch, rows)

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return logits (b, t, v) and targets (b, t) under the active route."""
        assert isinstance(batch, AnswerBatch)
        if not batch.read:
            batch = self.trunk(batch)
        return self.base.answer_logits(batch)

    @torch.no_grad()
    def surely_writes(self, prompts: Sequence[TextPrompt], answers: Sequence[str]) -> list[bool]:
        """Return for each prompt whether all tokens of the answer are far ahead of others. Decoding
        takes a pass for each token, and this one for all.
        """
        try:
            batch = self.batch(prompts, answers)
        except NotExpressible:
            return [False] * len(prompts)
        chances = token_chances(*self.answer_logits(batch)).amin(1).exp().tolist()
        # The token that ends an answer need not be written within the limit.
        lengths = [len(answer) - 1 for answer in batch.answers]
        return [
            chance >= SURE and length <= self.longest
            for chance, length in zip(chances, lengths, strict=True)
        ]

    @torch.no_grad()
    def generate(self, prompts: Sequence[TextPrompt], *, beams: int = 1) -> list[list[TextAnswer]]:
        """Return the greedy answer to each prompt under the active route, all in one batch.

        The prompts are read without experts but for their last tokens, as in training.
        """
        if beams != 1:
            raise ValueError("text is written greedily: beams must be 1")
        rows = [prompt.data for prompt in prompts]
        _, cache = self._reader.begun(rows)
        start = cache.get_seq_length()
        pad = self.base.tokenizer.pad_token_id
        # Padded between the beginning and the rest, so that all rows end together.
        ids = _with_gaps(rows, start, pad)
        mask = _with_gaps([[1] * len(row) for row in rows], start, 0)
        self._read(ids[:, start:-1], mask[:, :-1], cache)
        out = self.model.generate(
            input_ids=ids,
            attention_mask=mask,
            past_key_values=cache,
            do_sample=False,
            max_new_tokens=self.longest,
            pad_token_id=pad,
        )
        texts = self.base.tokenizer.batch_decode(
            out[:, ids.shape[1] :], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return [[TextAnswer(text.strip())] for text in texts]

    def _read(self, ids: Tensor, mask: Tensor, cache: DynamicCache) -> None:
        """Read prompts without experts into the cache: tokens (b, t) after what it holds, and the
        `mask` of both.
        """
        if not ids.shape[1]:
            return
        decoder = self.model.get_decoder()
        places = {}
        if _takes_positions(decoder):
            places["position_ids"] = (mask.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        with using({}):
            decoder(
                input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True, **places
            )


def _takes_positions(decoder: nn.Module) -> bool:
    return "position_ids" in inspect.signature(decoder.forward).parameters


def pad_left(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Return rows of different lengths as one tensor, aligned at their ends."""
    return pad_right([[*reversed(row)] for row in rows], value).flip(1)


def _with_gaps(rows: Sequence[Sequence[int]], start: int, value: int) -> Tensor:
    """Return rows as one tensor, aligned at their first `start` entries and at their ends."""
    ends = pad_left([row[start:] for row in rows], value)
    return torch.cat([torch.tensor([row[:start] for row in rows], dtype=ends.dtype), ends], dim=1)


def load_free_text(base: str, *, longest: int = LONGEST) -> FreeText:
    """Load a causal model by its name, folder, GGUF file or hub id, as the base of facts of any
    kind. Raises BackboneError.
    """
    path = base_path(base)
    # Converted GGUF files hold bfloat16, with which a CPU that has it is twice as fast.
    dtype = torch.bfloat16 if has_bfloat16("cpu") else torch.float32
    backbone = None if BundledBackbone.recognises(path) else load_text_model(path, dtype)
    if not isinstance(backbone, CausalBackbone):
        raise BackboneError(f"{base} is no causal model of transformers: give another base model")
    return FreeText(backbone, load(), longest=longest)
