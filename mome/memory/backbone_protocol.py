"""What a memory needs from a backbone. `mome.backbones` implements it for the bundled model and for
transformers models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from torch import Tensor, nn


class Decoded(Protocol):
    """One decoded answer."""

    @property
    def answer(self) -> str | None:
        """The decoded text; None if the model has no answer."""


class MemoryBackbone(Protocol):
    """A frozen model. Prompts and batches are opaque to a memory, which only passes them back."""

    @property
    def model(self) -> nn.Module:
        """The model that memory layers are installed in."""

    @property
    def identity(self) -> str:
        """SHA-256 over its configuration and weights."""

    @property
    def question_size(self) -> int:
        """Width of `question_state`."""

    def question_state(self, questions: Sequence[str]) -> Tensor:
        """Return pooled hidden states (b, d) of the questions' own tokens."""

    def memory_modules(self) -> Sequence[str]:
        """Return qualified names of the `nn.Linear` modules that become memory layers."""

    def shared_modules(self) -> Sequence[str]:
        """Return qualified names of the `nn.Linear` modules for shared experts; empty if training
        them would take too long.
        """

    def loss(self, batch: Any) -> Tensor:
        """Return the mean cross-entropy of a batch's answers, with gradients through every
        layer.
        """

    def batch(self, prompts: Sequence[Any], answers: Sequence[str]) -> Any:
        """Return padded tensors of prompts and answers. Raises NotExpressible."""

    def asking_batch(
        self, prompts: Sequence[Any], answers: Sequence[str]
    ) -> tuple[Any, int] | None:
        """Return a batch with answers as inputs and questions as targets, and its number of rows;
        None if the model cannot ask.
        """

    def trunk(self, batch: Any) -> Any:
        """Return the batch with the activations below the first memory layer."""

    def select(self, batch: Any, rows: Sequence[int]) -> Any:
        """Return some rows of a batch."""

    def answer_logits(self, batch: Any) -> tuple[Tensor, Tensor]:
        """Return logits (b, t, v) and targets (b, t); -100 marks positions without a target."""

    def surely_writes(self, prompts: Sequence[Any], answers: Sequence[str]) -> Sequence[bool]:
        """Return for each prompt whether greedy decoding is sure to give the answer under the
        active route; False where only decoding tells.
        """

    def generate(self, prompts: Sequence[Any], *, beams: int = 1) -> Sequence[Sequence[Decoded]]:
        """Return answers for each prompt, best first. All prompts run in one batch in order with
        beams side by side, or one by one.
        """
