"""The interface of a base model, used by the memory, the tuner and the translator."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from mome.errors import NotExpressible
from mome.linking.slice import Linker, Slice


def unit_vectors(embeddings: Tensor, pieces: Sequence[Sequence[int]]) -> Tensor:
    """Return unit vectors (n, d) of words: the mean of their pieces' input embeddings (v, d) minus
    the mean of all embeddings.
    """
    # All embeddings share a large common part; without it, cosines tell words apart.
    middle = embeddings.mean(0)
    words = [embeddings[list(ids)].mean(0) - middle for ids in pieces]
    return functional.normalize(torch.stack(words).float(), dim=1)


@dataclass(frozen=True)
class Prompt:
    """A question with its slice, prepared by one backbone; `data` is private to that backbone."""

    question: str
    slice: Slice
    linker: Linker
    data: Any


@dataclass(frozen=True)
class Candidate:
    """One decoded answer."""

    answer: str | None
    """SQL in the catalog's dialect; None if the model answers that nothing in the slice fits the
    question.
    """
    score: float
    """Mean log-probability of its tokens."""
    probability: float = 0.0
    """Probability of the whole answer, in [0, 1]."""
    question_log_prob: float = 0.0
    """Log-probability of the question given the answer; 0 if it was not computed."""
    by_readers: tuple[float, ...] = ()
    """Its probability by each of several readers, before these were joined; empty if one read."""
    note: str = ""
    """How it was read, for people; empty for what a model wrote."""


@dataclass(frozen=True)
class Batch:
    """Padded tensors of prompts and answers, aligned on the first axis."""

    tensors: dict[str, Tensor]


class Backbone(ABC):
    """A frozen model. Axis legend: `b` questions, `t` answer tokens, `v` vocabulary, `d` width."""

    model: nn.Module
    identity: str
    """SHA-256 over its configuration and weights; a memory refuses any other model."""
    question_size: int
    """Width of `question_state`."""
    learning_rate: float = 0.02
    """Initial learning rate of the memory's rows."""
    alike: float | None = None
    """Minimum cosine of the question states of two phrases that may mean the same; None if that
    has not been measured.
    """
    pool: int = 1024
    """Maximum number of wordings whose trunk is held at once."""
    turn: AbstractContextManager[object] = nullcontext()
    """Held while the model answers a question. A lock if threads must not run the model at once."""

    @abstractmethod
    def question_state(self, questions: Sequence[str]) -> Tensor:
        """Return the mean hidden state (b, d) of each question's own tokens. No memory may be
        routed.
        """

    @abstractmethod
    def word_vectors(self, words: Sequence[str]) -> Tensor:
        """Return unit vectors (n, d) of words; see `unit_vectors`."""

    @abstractmethod
    def memory_modules(self) -> tuple[str, ...]:
        """Return qualified names of the linear maps that become memory layers."""

    def shared_modules(self) -> tuple[str, ...]:
        """Return qualified names of linear maps for shared experts; empty if training them would
        take too long.
        """
        return ()

    def loss(self, batch: Batch) -> Tensor:
        """Return the mean cross-entropy of a batch's answers, with gradients through the layers of
        `shared_modules`, under the active route.
        """
        logits, targets = self.answer_logits(batch)
        return functional.cross_entropy(
            logits.flatten(0, 1).float(), targets.flatten(), ignore_index=-100
        )

    def asking_batch(
        self, prompts: Sequence[Prompt], answers: Sequence[str]
    ) -> tuple[Batch, int] | None:
        """Return inputs and targets of the reverse direction (from answers to questions) and its
        number of rows; None if the model cannot ask.
        """
        return None

    @abstractmethod
    def prepare(self, slice_: Slice, linker: Linker) -> Prompt:
        """Return the prompt for a slice of the linker's catalog."""

    @abstractmethod
    def canonical(self, sql: str, linker: Linker) -> str:
        """Return the SQL as the backbone writes it when it recalls it: the same query, perhaps
        without aliases and column names.
        """

    @abstractmethod
    def batch(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> Batch:
        """Return inputs and targets for training. Raises NotExpressible for an answer that the
        vocabulary cannot spell.
        """

    @abstractmethod
    def trunk(self, batch: Batch) -> Batch:
        """Return the batch with the activations below the first memory layer, which are then
        computed only once.
        """

    @abstractmethod
    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return logits (b, t, v) and targets (b, t) under the active route; -100 pads the
        targets.
        """

    @torch.no_grad()
    def log_prob(self, prompt: Prompt, answer: str) -> float:
        """Return the log-probability of an answer to a question, under the active route; minus
        infinity if the model cannot write it.
        """
        try:
            batch = self.batch([prompt], [answer])
        except NotExpressible:
            return -math.inf
        logits, targets = self.answer_logits(batch)
        is_token = targets[0] != -100
        tokens = logits[0, is_token].float().log_softmax(-1)
        return float(tokens.gather(1, targets[0, is_token, None]).sum())

    def select(self, batch: Batch, rows: Sequence[int]) -> Batch:
        """Return some rows of a batch."""
        return Batch({name: tensor[list(rows)] for name, tensor in batch.tensors.items()})

    def questions(self, queries: Sequence[str], linker: Linker, *, seed: int) -> list[str]:
        """Sample a question for each SQL text by `seed`; empty texts if the model cannot ask. No
        memory may be routed.
        """
        return [""] * len(queries)

    def question_log_probs(self, prompt: Prompt, answers: Sequence[str]) -> list[float]:
        """Return the log-probability of the prompt's question given each answer; zeros if the model
        cannot ask.

        Exactly one row per answer runs through the layers, also for answers that cannot be scored.
        """
        return [0.0] * len(answers)

    def surely_writes(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> list[bool]:
        """Return False for each prompt: names and a grammar bound what is decoded."""
        return [False] * len(prompts)

    @abstractmethod
    def generate(self, prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        """Return up to `beams` different answers per prompt, best first, under the active route."""
