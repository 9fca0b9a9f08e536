"""The methods that `bench_edits` compares: each answers prompts with one model."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

import torch
from edit_sets import Edit
from peft import LoraConfig, get_peft_model
from torch import Tensor
from torch.nn import functional

from mome.backbones.free_text import FreeText
from mome.backbones.text_model import pad_right
from mome.linking.names import COMMON_STEMS, question_words, stem
from mome.memory import Memory
from mome.memory.recall import written

BATCH = 32
"""Prompts that are answered at once."""
Tokens = tuple[Tensor, Tensor]


class Side(Protocol):
    """One method."""

    def answers(self, texts: Sequence[str]) -> list[str]:
        """Return the greedy answers to one batch of prompts."""

    def routed(self, texts: Sequence[str]) -> list[bool]:
        """Return which prompts a memory answers."""

    def forced(self, texts: Sequence[str], answers: Sequence[str]) -> list[Tokens]:
        """Return for each answer its most likely tokens, each after the given ones, and its own."""


def in_batches(
    ask: Callable[..., list[Any]],
    texts: Sequence[str],
    *others: Sequence[str],
    routed: Sequence[bool] = (),
) -> list[Any]:
    """Call `ask` with batches of texts of similar length; return its values in the given order.

    `routed`: which texts are answered by a memory. They come in batches of their own, for the
    answers of the model alone are longer, and a batch is written until its longest one ends.
    """
    hits = routed or [False] * len(texts)
    order = sorted(range(len(texts)), key=lambda place: (hits[place], len(texts[place])))
    found: dict[int, Any] = {}
    for first in range(0, len(order), BATCH):
        places = order[first : first + BATCH]
        chosen = [[column[place] for place in places] for column in (texts, *others)]
        found.update(zip(places, ask(*chosen), strict=True))
    return [found[place] for place in range(len(texts))]


class Bare:
    """The model alone."""

    def __init__(self, backbone: FreeText) -> None:
        self.backbone = backbone

    def prompt(self, text: str) -> str:
        """Return what the model reads for a prompt."""
        return text

    def answers(self, texts: Sequence[str]) -> list[str]:
        """See Side."""
        prompts = [self.backbone.prompt(self.prompt(text)) for text in texts]
        return [found[0].answer for found in self.backbone.generate(prompts)]

    def routed(self, texts: Sequence[str]) -> list[bool]:
        """Return which prompts a memory answers."""
        return [False] * len(texts)

    @torch.no_grad()
    def forced(self, texts: Sequence[str], answers: Sequence[str]) -> list[Tokens]:
        """See Side."""
        prompts = [self.backbone.prompt(self.prompt(text)) for text in texts]
        batch = self.backbone.batch(prompts, answers)
        return _at_answers(*self.backbone.answer_logits(batch))


def _at_answers(logits: Tensor, labels: Tensor) -> list[Tokens]:
    rows = zip(logits.argmax(2), labels, strict=True)
    return [(best[label != -100], label[label != -100]) for best, label in rows]


class Remembering(Bare):
    """The model under a memory."""

    def __init__(self, backbone: FreeText, memory: Memory) -> None:
        super().__init__(backbone)
        self.memory = memory

    def answers(self, texts: Sequence[str]) -> list[str]:
        """See Side."""
        return written(self.memory, texts, [self.backbone.prompt(text) for text in texts])

    def routed(self, texts: Sequence[str]) -> list[bool]:
        """See Bare."""
        return in_batches(lambda some: self.memory.route(some).hit.tolist(), texts)

    def forced(self, texts: Sequence[str], answers: Sequence[str]) -> list[Tokens]:
        """See Side."""
        with self.memory.routed(texts):
            return super().forced(texts, answers)


class Retrieving(Bare):
    """The model with the facts that BM25 finds in its prompt (Robertson and Zaragoza, 2009)."""

    FOUND, K1, B = 3, 1.5, 0.75

    def __init__(self, backbone: FreeText, edits: Sequence[Edit]) -> None:
        super().__init__(backbone)
        self._edits = edits
        self._counts = [Counter(_stems(f"{edit.prompt} {edit.answer}")) for edit in edits]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / len(edits)
        self._having = Counter(word for counts in self._counts for word in counts)

    def _score(self, words: Sequence[str], place: int) -> float:
        counts, score = self._counts[place], 0.0
        norm = self.K1 * (1 - self.B + self.B * self._lengths[place] / self._mean)
        for word in words:
            having = self._having[word]
            rarity = math.log(1 + (len(self._edits) - having + 0.5) / (having + 0.5))
            score += rarity * counts[word] * (self.K1 + 1) / (counts[word] + norm)
        return score

    def prompt(self, text: str) -> str:
        """Return the prompt behind the facts that are nearest to it."""
        words = _stems(text)
        ranked = sorted(
            range(len(self._edits)), key=lambda place: self._score(words, place), reverse=True
        )
        facts = [self._edits[place] for place in ranked[: self.FOUND]]
        known = "\n".join(f"{fact.prompt} {fact.answer}" for fact in facts)
        return f"Known facts:\n{known}\n\nAnswer with a few words and nothing else.\n{text}"


def _stems(text: str) -> list[str]:
    stems = [stem(word.text) for word in question_words(text) if word.text[0].isalnum()]
    return [word for word in stems if word not in COMMON_STEMS]


class Adapted(Bare):
    """The model with a LoRA that was trained for some seconds. It stays in the model."""

    RANK, RATE, ROWS = 32, 2e-4, 8

    def __init__(
        self, backbone: FreeText, pairs: Sequence[tuple[str, str]], seconds: float
    ) -> None:
        """`pairs` of prompts and answers are trained for these seconds."""
        super().__init__(backbone)
        model: Any = backbone.model
        config = LoraConfig(
            r=self.RANK,
            lora_alpha=2 * self.RANK,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        )
        self._adapter = get_peft_model(model, config)
        self.steps = self._train(pairs, seconds)

    def _train(self, pairs: Sequence[tuple[str, str]], seconds: float) -> int:
        start, steps, chooser = time.perf_counter(), 0, random.Random(0)
        values = [value for value in self._adapter.parameters() if value.requires_grad]
        optimizer = torch.optim.AdamW(values, lr=self.RATE)
        waiting: list[tuple[str, str]] = []
        while time.perf_counter() - start < seconds:
            if len(waiting) < self.ROWS:
                waiting = chooser.sample(list(pairs), len(pairs))
            rows, waiting = waiting[: self.ROWS], waiting[self.ROWS :]
            self._loss(rows).backward()
            optimizer.step()
            optimizer.zero_grad()
            steps += 1
        return steps

    def _loss(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        texts, answers = zip(*pairs, strict=True)
        logits, labels = self._logits(texts, answers)
        return functional.cross_entropy(
            logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-100
        )

    def _logits(self, texts: Sequence[str], answers: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return logits and labels of whole rows: the adapter acts on the prompt, too."""
        batch = self.backbone.batch([self.backbone.prompt(text) for text in texts], answers)
        rows = list(zip(batch.prompts, batch.answers, strict=True))
        ids = pad_right([[*before, *answer] for before, answer in rows], 0)
        labels = pad_right([[-100] * len(before) + answer for before, answer in rows], -100)
        mask = pad_right([[1] * (len(before) + len(answer)) for before, answer in rows], 0)
        return self._adapter(input_ids=ids, attention_mask=mask).logits[:, :-1], labels[:, 1:]

    @torch.no_grad()
    def forced(self, texts: Sequence[str], answers: Sequence[str]) -> list[Tokens]:
        """See Side."""
        return _at_answers(*self._logits(texts, answers))

    @cached_property
    def bytes(self) -> int:
        """Size of the adapter in float16, as the memory's rows are stored."""
        values = [value for value in self._adapter.parameters() if value.requires_grad]
        return 2 * sum(value.numel() for value in values)
