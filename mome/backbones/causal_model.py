"""A causal model of transformers as a backbone: experts act at the positions of answers only.

Axis legend: `b` prompts, `t` tokens of an answer, `d` width, `v` vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from mome.backbones.base import Backbone, Batch, Prompt
from mome.backbones.causal_trunk import CausalTrunk, ReadPrompt, shifted
from mome.backbones.text_model import TextBackbone, pad_right

HELD = 2**30
"""Bytes of prompts that are held while their answers are tuned, if none begins like another one."""
LONG_PROMPT = 1024
"""Tokens of a prompt for which they suffice."""
FEWEST = 32
"""Answers that are tuned at once, however large the model is."""


@dataclass(frozen=True)
class AnswerBatch(Batch):
    """Answers: `ids` (b, t), the tokens that predict theirs, `labels` (b, t), and after the trunk
    the `states` (b, t, d) of `ids` below the first memory layer.
    """

    prompts: tuple[list[int], ...]
    """Their tokens."""
    answers: tuple[list[int], ...]
    """Their tokens, without padding."""
    read: tuple[ReadPrompt, ...] = ()
    """The prompts as the trunk reads them; empty before it."""

    def after(self, read: Sequence[ReadPrompt], states: Sequence[Tensor]) -> AnswerBatch:
        """Return the batch with what the trunk read: prompts, and states (t, d) of each answer."""
        tensors = {**self.tensors, "states": pad_sequence(list(states), batch_first=True)}
        return AnswerBatch(tensors, self.prompts, self.answers, tuple(read))


class CausalBackbone(TextBackbone):
    """A model that reads the prompt without experts, and writes the answer with them."""

    seq2seq = False

    @cached_property
    def apart(self) -> CausalTrunk:
        """The model with its lower and upper layers run apart."""
        return CausalTrunk(self.model, self.memory_modules())

    @property
    def pool(self) -> int:
        """See Backbone."""
        fitting = HELD // (LONG_PROMPT * self.apart.token_size)
        return min(Backbone.pool, max(FEWEST, fitting))

    def _prompt_ids(self, text: str) -> list[int]:
        # A chat template writes the special tokens itself.
        special = not getattr(self.tokenizer, "chat_template", None)
        return self.tokenizer(text, add_special_tokens=special)["input_ids"]

    def _answer_start(self, length: int) -> int:
        # The prompt is repeated.
        return length

    def _read_before(self, prompt: Prompt, beams: int) -> dict[str, Any]:
        """Return the prompt's keys and values, but for its last token: from there on experts
        act.
        """
        _, cache = self.apart.reader.read(prompt.data[:-1])
        cache.batch_repeat_interleave(beams)
        return {"past_key_values": cache}

    def batch(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> AnswerBatch:
        """See Backbone."""
        return self.batch_after([prompt.data for prompt in prompts], answers)

    def batch_after(self, before: Sequence[list[int]], answers: Sequence[str]) -> AnswerBatch:
        """Return a batch of answers after the tokens of their prompts. Raises NotExpressible."""
        targets = tuple(self._answer(answer) for answer in answers)
        rows = [shifted(row, target) for row, target in zip(before, targets, strict=True)]
        tensors = {
            "ids": pad_right(rows, self.tokenizer.pad_token_id),
            "labels": pad_right(targets, -100),
        }
        return AnswerBatch(tensors, tuple(before), targets)

    def trunk(self, batch: Batch) -> AnswerBatch:
        """Return the batch with its prompts read and the states below the first memory layer."""
        assert isinstance(batch, AnswerBatch)
        rows = zip(batch.prompts, batch.answers, strict=True)
        read, states = zip(*(self.apart.read(*row) for row in rows), strict=True)
        return batch.after(read, states)

    def select(self, batch: Batch, rows: Sequence[int]) -> AnswerBatch:
        """See Backbone."""
        assert isinstance(batch, AnswerBatch)
        return AnswerBatch(
            super().select(batch, rows).tensors,
            tuple(batch.prompts[row] for row in rows),
            tuple(batch.answers[row] for row in rows),
            tuple(batch.read[row] for row in rows) if batch.read else (),
        )

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """See Backbone."""
        assert isinstance(batch, AnswerBatch)
        if not batch.read:
            batch = self.trunk(batch)
        tensors = batch.tensors
        logits = self.apart.logits(batch.read, tensors["states"], tensors["ids"])
        return logits, tensors["labels"]
