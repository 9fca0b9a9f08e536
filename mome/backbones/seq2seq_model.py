"""A seq2seq model of transformers as a backbone: its encoder is the trunk."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers.modeling_outputs import BaseModelOutput

from mome.backbones.base import Batch, Prompt
from mome.backbones.text_model import TextBackbone, pad_right


class Seq2SeqBackbone(TextBackbone):
    """An encoder that reads the prompt and a decoder that writes the answer."""

    seq2seq = True

    def _prompt_ids(self, text: str) -> list[int]:
        return self.tokenizer(text)["input_ids"]

    def _answer_start(self, length: int) -> int:
        # An answer begins with a start token.
        return 1

    def batch(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> Batch:
        """See Backbone."""
        rows = [prompt.data for prompt in prompts]
        return Batch(
            {
                "input_ids": pad_right(rows, self.tokenizer.pad_token_id),
                "attention_mask": pad_right([[1] * len(row) for row in rows], 0),
                "labels": pad_right([self._answer(answer) for answer in answers], -100),
            }
        )

    @torch.no_grad()
    def trunk(self, batch: Batch) -> Batch:
        """Return the batch with the encoder's states."""
        tensors = dict(batch.tensors)
        states = self.model.get_encoder()(
            input_ids=tensors.pop("input_ids"), attention_mask=tensors["attention_mask"]
        ).last_hidden_state
        return Batch({**tensors, "states": states})

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """See Backbone."""
        tensors = dict(batch.tensors)
        states = tensors.pop("states", None)
        outputs = None if states is None else BaseModelOutput(last_hidden_state=states)
        return self.model(**tensors, encoder_outputs=outputs).logits, tensors["labels"]
