"""Fit the shared experts to verified questions through the whole frozen backbone. `tuner` does this
before it trains any fact.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from mome.errors import NotExpressible
from mome.kernels.bfloat16 import has_bfloat16
from mome.memory.experts.layer import using
from mome.memory.experts.shared import SharedExperts
from mome.memory.memory import Memory
from mome.memory.report import Prompter
from mome.memory.training.processes import ALONE, Team

Practice = Sequence[Sequence[tuple[str, str]]]
"""Rounds of (question, answer)."""
# AdamW's usual settings for LoRA-like maps of this size.
RATE, DECAY = 1e-3, 0.01
WARMUP = 20
"""Steps in which the learning rate rises linearly; then it falls linearly to zero."""
# Questions per step.
BATCH = 16
ALIKE = 40
"""Answers are sorted by length in units of this many characters, so that a batch has little
padding.
"""
ASKING = 2
"""Every n-th step also trains the reverse direction, from answers to questions."""


def fit_shared(
    memory: Memory,
    practice: Practice,
    prompt: Prompter,
    on_step: Callable[[int, int], None],
    team: Team = ALONE,
) -> SharedExperts | None:
    """Train shared experts on the practice, round after round; None if there is no practice or no
    shared layer.

    `on_step` is called after every step with the practice questions done and in all. Each process
    of the team takes its share of every batch.
    """
    layers, total = memory.shared_layers, sum(map(len, practice))
    if not layers or not total:
        return None
    shared = SharedExperts.start(memory.backbone.shared_modules(), layers, memory.config.seed)
    values = [value.requires_grad_() for value in shared.values]
    optimizer = torch.optim.AdamW(values, lr=RATE, weight_decay=DECAY)
    steps = sum(-(-len(round_) // BATCH) for round_ in practice)

    def rate_at(step: int) -> float:
        """Return the factor on the learning rate: linear warm-up, then linear decay."""
        return min((step + 1) / WARMUP, 1.0) * max(0.0, 1 - step / steps)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate_at)
    done, device = 0, layers[0].weight.device.type
    for step, chunk in enumerate(_chunks(practice, memory.config.seed)):
        pairs = [(prompt(question), answer) for question, answer in team.share(chunk)]
        for batch, rows in _batches(memory.backbone, pairs, step):
            with (
                using(shared.parts(layers, rows)),
                torch.autocast(device, torch.bfloat16, enabled=has_bfloat16(device)),
            ):
                # Each process has the mean over its share; weighted by the share's size, the sum of
                # their gradients is the gradient of the mean over the whole batch.
                loss = memory.backbone.loss(batch) * (len(pairs) / len(chunk))
            loss.backward()
        team.add_gradients(values)
        # Early gradients are large, because output vectors start at zero.
        torch.nn.utils.clip_grad_norm_(values, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        done += len(chunk)
        on_step(done, total)
    return team.broadcast(shared.rounded())


def _batches(
    backbone: Any, pairs: Sequence[tuple[Any, str]], step: int
) -> Iterator[tuple[Any, int]]:
    """Yield the batches of one step with their numbers of rows: SQL from questions and, at every
    n-th step, questions from SQL.
    """
    if not pairs:
        return
    written = _written(backbone, pairs)
    if written:
        yield written
    if step % ASKING:
        return
    asked = backbone.asking_batch(*zip(*pairs, strict=True))
    if asked:
        yield asked


def _chunks(practice: Practice, seed: int) -> Iterator[list[tuple[str, str]]]:
    """Yield the practice in batches of answers of similar length, round after round."""
    # All processes draw the same batches from the same seed, without talking to each other.
    rng = random.Random(seed)
    for round_ in practice:
        rows = sorted(rng.sample(list(round_), len(round_)), key=lambda row: len(row[1]) // ALIKE)
        chunks = [rows[first : first + BATCH] for first in range(0, len(rows), BATCH)]
        yield from rng.sample(chunks, len(chunks))


def _written(backbone: Any, pairs: Sequence[tuple[Any, str]]) -> tuple[Any, int] | None:
    """Return a batch of the pairs that the backbone can express, and their number; None if there is
    none.
    """
    try:
        return backbone.batch(*zip(*pairs, strict=True)), len(pairs)
    except NotExpressible:
        # One pair spoils the batch. Trying each alone is slow, so the batch is tried first.
        kept = [pair for pair in pairs if len(pairs) > 1 and _expressible(backbone, pair)]
    return _written(backbone, kept) if kept else None


def _expressible(backbone: Any, pair: tuple[Any, str]) -> bool:
    try:
        backbone.batch(*zip(pair, strict=True))
    except NotExpressible:
        return False
    return True
