"""What a memory needs of a backbone; `mome.backbones.base` has it for the bundled model and for any transformers model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from torch import Tensor, nn


class Decoded(Protocol):
    """One decoded answer."""

    answer: str | None


class MemoryBackbone(Protocol):
    """A frozen model. Prompts and batches are its own business: a memory only hands them back."""

    model: nn.Module
    identity: str
    question_size: int

    def question_state(self, questions: Sequence[str]) -> Tensor:
        """(b, d) pooled frozen states of the questions alone."""

    def memory_modules(self) -> Sequence[str]:
        """Qualified names of the `nn.Linear` modules that become memory layers."""

    def shared_modules(self) -> Sequence[str]:
        """Qualified names of other `nn.Linear` modules, which the shared experts sit on; none where practice would cost too much."""

    def loss(self, batch: Any) -> Tensor:
        """Mean cross-entropy of a batch's answers, with gradients through every layer."""

    def batch(self, prompts: Sequence[Any], answers: Sequence[str]) -> Any:
        """Padded tensors; raises NotExpressible."""

    def asking_batch(
        self, prompts: Sequence[Any], answers: Sequence[str]
    ) -> tuple[Any, int] | None:
        """The other direction: a batch of questions as targets of their answers, and its rows; None where the model does not know it."""

    def trunk(self, batch: Any) -> Any:
        """The batch with what lies below the first memory layer computed."""

    def select(self, batch: Any, rows: Sequence[int]) -> Any:
        """Some rows of a batch."""

    def answer_logits(self, batch: Any) -> tuple[Tensor, Tensor]:
        """Logits (b, t, v) and targets (b, t), -100 where there is none."""

    def generate(self, prompts: Sequence[Any], *, beams: int = 1) -> Sequence[Sequence[Decoded]]:
        """Answers for each prompt, best first: all prompts in one batch in their order, beams side by side, or one by one."""
