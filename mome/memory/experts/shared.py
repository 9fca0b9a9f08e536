"""Shared experts: low-rank parts of many layers that all questions near the known ones go through (DeepSeekMoE, arXiv 2401.06066, 3.2).

A fact's own experts hold exactly that fact; the shared ones learn how this database is asked, from all practice together, so that a
question that nobody verified is answered like its neighbours. `tune` fits them first, through the whole frozen backbone; then they are
frozen too, and the facts' experts are trained on top.
Axis legend: `b` questions, `r` rank, `d` width.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from mome.errors import NotExpressible
from mome.memory.experts.layer import MemoryLayer, Part, using
from mome.memory.team import ALONE, Team

if TYPE_CHECKING:
    from mome.memory.memory import Memory
    from mome.memory.report import Prompter

Practice = Sequence[Sequence[tuple[str, str]]]
"""Rounds of (question, answer)."""
RANK = 16
RATE, DECAY = 1e-3, 0.01
WARMUP = 20
"""Steps in which the learning rate rises; then it falls to zero."""
BATCH = 16
ALIKE = 40
"""Answers whose lengths in characters differ by less are put into batches together."""
ASKING = 2
"""One step of so many practises the other direction, too: what questions are asked for an answer."""
WEIGHT = 2.0
"""Factor on what the shared experts add."""


@dataclass(frozen=True)
class SharedExperts:
    """One rank-r map for each shared layer of the backbone, in the order of their names."""

    names: tuple[str, ...]
    shrink: tuple[Tensor, ...]
    """(r, d_in) each"""
    expand: tuple[Tensor, ...]
    """(r, d_out) each"""

    @classmethod
    def start(cls, names: Sequence[str], layers: Sequence[MemoryLayer], seed: int) -> SharedExperts:
        """Random input vectors and zero output vectors: they add nothing yet."""
        generator = torch.Generator().manual_seed(seed)
        shapes = [layer.weight.shape for layer in layers]
        shrink = tuple(torch.randn(RANK, d_in, generator=generator) * d_in**-0.5 for _, d_in in shapes)
        return cls(tuple(names), shrink, tuple(torch.zeros(RANK, d_out) for d_out, _ in shapes))

    @property
    def values(self) -> list[Tensor]:
        """All that is trained."""
        return [*self.shrink, *self.expand]

    def rounded(self) -> SharedExperts:
        """With values that half precision can hold, so that stored and trained ones are the same."""
        shrink, expand = (tuple(t.detach().half().float() for t in tensors) for tensors in (self.shrink, self.expand))
        return SharedExperts(self.names, shrink, expand)

    def parts(self, layers: Sequence[MemoryLayer], questions: int, rows: Tensor | None = None) -> dict[MemoryLayer, Part]:
        """What each layer adds for `rows` (h,) of a batch of `questions`; for all of them where `rows` is None."""
        if rows is not None and not len(rows):
            return {}
        some = None if rows is None or len(rows) == questions else rows
        found = {}
        for layer, shrink, expand in zip(layers, self.shrink, self.expand, strict=True):
            device = layer.weight.device
            found[layer] = Part(questions, None if some is None else some.to(device), WEIGHT * shrink.to(device), expand.to(device))
        return found

    def tensors(self) -> dict[str, Tensor]:
        """As they are stored."""
        named = {f"shared.{i}.shrink": t.half() for i, t in enumerate(self.shrink)}
        return named | {f"shared.{i}.expand": t.half() for i, t in enumerate(self.expand)}

    @classmethod
    def from_tensors(cls, names: Sequence[str], tensors: dict[str, Tensor]) -> SharedExperts:
        """Undo `tensors`; raises KeyError when one is missing."""
        shrink, expand = (tuple(tensors[f"shared.{i}.{part}"].float() for i in range(len(names))) for part in ("shrink", "expand"))
        return cls(tuple(names), shrink, expand)


def fit_shared(
    memory: Memory, practice: Practice, prompt: Prompter, told: Callable[[int, int], None], team: Team = ALONE
) -> SharedExperts | None:
    """Shared experts that answer the practice, a round after the other; None where there is no practice or no shared layer.

    `told` hears of every step: practice questions that are through, and all. Each process of the team takes its share of every batch.
    """
    layers, total = memory.shared_layers, sum(map(len, practice))
    if not layers or not total:
        return None
    shared = SharedExperts.start(memory.backbone.shared_modules(), layers, memory.config.seed)
    values = [value.requires_grad_() for value in shared.values]
    optimizer = torch.optim.AdamW(values, lr=RATE, weight_decay=DECAY)
    steps = sum(-(-len(round_) // BATCH) for round_ in practice)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / WARMUP, 1.0) * max(0.0, 1 - step / steps))
    done, device = 0, layers[0].weight.device.type
    for step, chunk in enumerate(_chunks(practice, memory.config.seed)):
        pairs = [(prompt(question), answer) for question, answer in team.share(chunk)]
        batches = [
            _written(memory.backbone, pairs) if pairs else None,
            memory.backbone.asking_batch(*zip(*pairs, strict=True)) if pairs and step % ASKING == 0 else None,
        ]
        for batch, rows in filter(None, batches):
            with using(shared.parts(layers, rows)), torch.autocast(device, torch.bfloat16, enabled=_has_bfloat16(device)):
                loss = memory.backbone.loss(batch) * (len(pairs) / len(chunk))
            loss.backward()
        team.add_gradients(values)
        torch.nn.utils.clip_grad_norm_(values, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        done += len(chunk)
        told(done, total)
    return team.told(shared.rounded())


def _chunks(practice: Practice, seed: int) -> Iterator[list[tuple[str, str]]]:
    """The practice in batches of answers of like length, a round after the other."""
    rng = random.Random(seed)
    for round_ in practice:
        rows = sorted(rng.sample(list(round_), len(round_)), key=lambda row: len(row[1]) // ALIKE)
        chunks = [rows[first : first + BATCH] for first in range(0, len(rows), BATCH)]
        yield from rng.sample(chunks, len(chunks))


def _written(backbone: Any, pairs: Sequence[tuple[Any, str]]) -> tuple[Any, int] | None:
    """A batch of the pairs that the backbone can write, and how many; None where it can write none."""
    try:
        return backbone.batch(*zip(*pairs, strict=True)), len(pairs)
    except NotExpressible:
        kept = [pair for pair in pairs if _expressible(backbone, pair)] if len(pairs) > 1 else []
    return _written(backbone, kept) if kept else None


def _expressible(backbone: Any, pair: tuple[Any, str]) -> bool:
    try:
        backbone.batch(*zip(pair, strict=True))
    except NotExpressible:
        return False
    return True


def _has_bfloat16(device: str) -> bool:
    """Whether products in bfloat16 are faster here than in float32."""
    if device != "cpu":
        return True
    known = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))
