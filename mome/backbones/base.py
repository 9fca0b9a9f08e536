"""What a base model must do for the memory and the translator, and how one is found: `bundled`, a folder, or a hub id."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedModel
from transformers.utils import logging

from mome.linking.slice import Linker, Slice


def unit_vectors(embeddings: Tensor, pieces: Sequence[Sequence[int]]) -> Tensor:
    """Unit vectors (n, d) of words by their pieces, from the input embeddings (v, d) of a model; what all pieces share is taken away."""
    middle = embeddings.mean(0)
    return functional.normalize(
        torch.stack([embeddings[list(ids)].mean(0) - middle for ids in pieces]).float(), dim=1
    )


@dataclass(frozen=True)
class Prompt:
    """A question with its slice, as one backbone reads it; what `data` holds is that backbone's own affair."""

    question: str
    slice: Slice
    linker: Linker
    data: Any


@dataclass(frozen=True)
class Candidate:
    """One answer that a backbone wrote."""

    answer: str | None
    """SQL in the catalog's dialect; None where the model says that nothing in the slice answers the question."""
    score: float
    """Mean log-probability of its tokens."""
    probability: float = 0.0
    """Of the whole answer, in [0, 1]."""
    echo: float = 0.0
    """Log-probability of the question as what the answer is asked with; 0 where it was not sought."""


@dataclass(frozen=True)
class Batch:
    """Padded tensors of several prompts and their answers, aligned on the first axis."""

    tensors: dict[str, Tensor]


class Backbone(ABC):
    """A frozen model. Axis legend: `b` questions, `t` answer tokens, `v` vocabulary, `d` width."""

    model: PreTrainedModel
    identity: str
    """SHA-256 over its configuration and weights; a memory refuses any other."""
    question_size: int
    """Width of `question_state`."""
    learning_rate: float = 0.02
    """Of the memory's rows at first."""

    @abstractmethod
    def question_state(self, questions: Sequence[str]) -> Tensor:
        """Mean hidden state (b, d) of each question's own tokens; call it with no memory routed."""

    @abstractmethod
    def word_vectors(self, words: Sequence[str]) -> Tensor:
        """Unit vectors (n, d) of words: the mean of their pieces' input embeddings, less the mean of all."""

    @abstractmethod
    def memory_modules(self) -> tuple[str, ...]:
        """Qualified names of the linear maps that become memory layers."""

    def shared_modules(self) -> tuple[str, ...]:
        """Qualified names of other linear maps, for experts that all facts share; none where training them would take too long."""
        return ()

    def loss(self, batch: Batch) -> Tensor:
        """Mean cross-entropy of a batch's answers, with gradients through the layers of `shared_modules`. The current route applies."""
        logits, targets = self.answer_logits(batch)
        return functional.cross_entropy(
            logits.flatten(0, 1).float(), targets.flatten(), ignore_index=-100
        )

    def asking_batch(
        self, prompts: Sequence[Prompt], answers: Sequence[str]
    ) -> tuple[Batch, int] | None:
        """Inputs and targets of the other direction, the prompts' questions for their answers, and its rows; None where it is not known."""
        return None

    @abstractmethod
    def prepare(self, slice_: Slice, linker: Linker) -> Prompt:
        """The prompt for a slice of the linker's catalog."""

    @abstractmethod
    def canonical(self, sql: str, linker: Linker) -> str:
        """How the backbone writes this SQL when it recalls it: the same query, perhaps without aliases.

        What the columns of its rows are called may get lost with them.
        """

    @abstractmethod
    def batch(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> Batch:
        """Inputs and targets for training. Raises NotExpressible for an answer that the vocabulary cannot spell."""

    @abstractmethod
    def trunk(self, batch: Batch) -> Batch:
        """The batch with the activations below the first memory layer, so that they are computed once."""

    @abstractmethod
    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Logits (b, t, v) and the targets (b, t) that they predict; -100 pads the targets. The current route applies."""

    def select(self, batch: Batch, rows: Sequence[int]) -> Batch:
        """Some rows of a batch."""
        return Batch({name: tensor[list(rows)] for name, tensor in batch.tensors.items()})

    def questions(self, queries: Sequence[str], linker: Linker, *, seed: int) -> list[str]:
        """A question that each SQL answers, drawn at random by `seed`; empty where the model cannot ask. Call it with no memory routed."""
        return [""] * len(queries)

    def echoes(self, prompt: Prompt, answers: Sequence[str]) -> list[float]:
        """Log-probability of the prompt's question given each answer, from the other direction; zeros where the model does not know it.

        One row an answer goes through the layers, whatever can be told of it.
        """
        return [0.0] * len(answers)

    @abstractmethod
    def generate(self, prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        """Up to `beams` different answers a prompt, best first. The current route applies."""


@contextmanager
def without_bars() -> Iterator[None]:
    """No bar of transformers on an embedder's terminal while a model loads: its switch is for the whole process, so it is put back."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
