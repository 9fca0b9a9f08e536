"""Makes a router for some facts: from the wordings' states alone, in seconds, with no gradient through the backbone.

Axis legend: `n` wordings, `f` facts, `d` width of a state, `q` width of a query.
A linear discriminant (Fisher: directions in which wordings of one fact agree and facts differ) starts the projection, a contrastive
loss (InfoNCE, arXiv 1807.03748) sharpens it, half keys are drawn where the queries lie, and the threshold is set on wordings held out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mome.memory.config import MemoryConfig
from mome.memory.router import Router, nearest_known

WIDEST = 1024
"""States wider than this are first projected at random, so that the eigenvalue problems stay small."""
SHRINKAGE = 0.3
STEPS, CONTRASTIVE_BATCH = 100, 1024
RATE, TEMPERATURE, NOISE = 2e-3, 0.07, 0.5
KEY_PARENTS, KEY_NOISE = 3, 0.2
LOWEST_PARAPHRASE, HIGHEST_STRANGER = 0.05, 0.99
"""Quantiles of the scores of held-out wordings and of strangers, between which the threshold lies,"""
MOST_STRANGERS = 0.5
"""Quantile of the strangers' scores above which the shared experts take part: what they learnt is a manner of asking, not one fact."""
TOWARDS_PARAPHRASES, HIGHEST_THRESHOLD = 2 / 3, 0.98
"""so far on the way from strangers to paraphrases, and no higher than the last. Where these overlap, strangers are kept out."""


@dataclass(frozen=True)
class Wordings:
    """States of wordings and which fact each belongs to."""

    states: Tensor
    """(n, d)"""
    owners: Tensor
    """(n,) from 0 to f - 1, every number used."""

    @classmethod
    def of(cls, groups: Sequence[Tensor]) -> Wordings:
        """One group (n_i, d) for each fact."""
        owners = torch.arange(len(groups)).repeat_interleave(torch.tensor([len(group) for group in groups]))
        return cls(torch.cat(list(groups)).float(), owners)

    def centres(self, values: Tensor) -> Tensor:
        """Mean (f, ...) of `values` (n, ...) over each fact's wordings."""
        counts = torch.bincount(self.owners)
        return torch.zeros(len(counts), values.shape[1]).index_add_(0, self.owners, values) / counts.unsqueeze(1)


def fit_router(groups: Sequence[Tensor], background: Sequence[Tensor], config: MemoryConfig) -> Router:
    """A router for facts whose wordings have the states `groups`; `background` holds those of questions about other things."""
    mean, projection = _fit_projection(Wordings.of([*groups, *background]), config)
    bare = Router(mean, projection, (projection, projection), 0.0, 0.0)
    keys = _draw_keys(bare.query(torch.cat([*groups, *background])), config)
    return Router(mean, projection, keys, *calibrate(groups, background, config))


def calibrate(groups: Sequence[Tensor], background: Sequence[Tensor], config: MemoryConfig) -> tuple[float, float]:
    """The lowest score that is routed, and the lowest one for the shared experts.

    A projection is fitted without the last wording of every fact and without every second background question; then the scores of
    those wordings against their own fact stand for paraphrases, the scores of those questions against all facts for strangers.
    """
    kept = [group[:-1] if len(group) > 1 else group for group in groups] or list(background[::2])
    mean, projection = _fit_projection(Wordings.of([*kept, *background[::2]]), config)
    query = Router(mean, projection, (projection, projection), 0.0, 0.0).query
    pairs = [(query(group[-1:]), query(group[:-1])) for group in (*groups, *background[1::2]) if len(group) > 1]
    paraphrases = torch.cat([nearest_known(held, rest)[0] for held, rest in pairs])
    strangers, _ = nearest_known(query(torch.cat(background[1::2])), query(torch.cat(kept)))
    stranger, paraphrase = float(strangers.quantile(HIGHEST_STRANGER)), float(paraphrases.quantile(LOWEST_PARAPHRASE))
    threshold = min(stranger + TOWARDS_PARAPHRASES * max(0.0, paraphrase - stranger), HIGHEST_THRESHOLD)
    return threshold, min(threshold, float(strangers.quantile(MOST_STRANGERS)))


def _generator(config: MemoryConfig, purpose: int) -> torch.Generator:
    return torch.Generator().manual_seed((config.seed * 31 + purpose) % 2**63)


def _fit_projection(wordings: Wordings, config: MemoryConfig) -> tuple[Tensor, Tensor]:
    mean = wordings.states.mean(0)
    width = wordings.states.shape[1]
    basis = torch.eye(width)
    if width > WIDEST:
        basis = torch.randn(width, WIDEST, generator=_generator(config, 1)) / WIDEST**0.5
    narrow = Wordings((wordings.states - mean) @ basis, wordings.owners)
    size = min(config.query_size, narrow.states.shape[1]) // 2 * 2
    start = _discriminant(narrow, size) @ _rotation(size, config)
    return mean, basis @ _contrast(narrow, start, config)


def _discriminant(wordings: Wordings, size: int) -> Tensor:
    """(d, size): the directions in which facts differ most, in units of how much the wordings of one fact differ."""
    states, centres = wordings.states, wordings.centres(wordings.states)
    inner = states - centres[wordings.owners]
    spread = states.square().sum() / states.numel()
    within = (1 - SHRINKAGE) * inner.T @ inner / len(states) + SHRINKAGE * spread.clamp(min=1e-12) * torch.eye(states.shape[1])
    values, vectors = torch.linalg.eigh(within)
    whiten = vectors * values.rsqrt() @ vectors.T
    between = centres @ whiten
    return whiten @ torch.linalg.eigh(between.T @ between).eigenvectors[:, -size:]


def _rotation(size: int, config: MemoryConfig) -> Tensor:
    """A random rotation, so that both halves of a query tell as much."""
    return torch.linalg.qr(torch.randn(size, size, generator=_generator(config, 2))).Q


def _contrast(wordings: Wordings, start: Tensor, config: MemoryConfig) -> Tensor:
    """`start` after some steps of InfoNCE: wordings of one fact together, different facts apart."""
    projection = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([projection], lr=RATE * float(start.std()))
    generator = _generator(config, 3)
    jitter = NOISE * wordings.states.std()
    for _ in range(STEPS):
        chosen = _contrastive_batch(wordings.owners, generator)
        states = wordings.states[chosen]
        states = states + jitter * torch.randn(states.shape, generator=generator)
        loss = _info_nce(functional.normalize(states @ projection, dim=1), wordings.owners[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return projection.detach()


def _contrastive_batch(owners: Tensor, generator: torch.Generator) -> Tensor:
    """All wordings, or those of as many random facts as fill a batch."""
    if len(owners) <= CONTRASTIVE_BATCH:
        return torch.arange(len(owners))
    rank = torch.randperm(int(owners.max()) + 1, generator=generator)[owners]
    return rank.argsort(stable=True)[:CONTRASTIVE_BATCH]


def _info_nce(queries: Tensor, owners: Tensor) -> Tensor:
    """Mean negative log-probability of a wording's siblings among all others."""
    itself = torch.eye(len(queries), dtype=torch.bool)
    siblings = (owners.unsqueeze(1) == owners) & ~itself
    chances = (queries @ queries.T / TEMPERATURE).masked_fill(itself, float("-inf")).log_softmax(1).masked_fill(~siblings, 0.0)
    counts = siblings.sum(1)
    return -(chances.sum(1) / counts.clamp(min=1)).sum() / (counts > 0).sum().clamp(min=1)


def _draw_keys(queries: Tensor, config: MemoryConfig) -> tuple[Tensor, Tensor]:
    """Half keys that are random mixtures of a few queries: dense where questions lie, so that a question's best keys stand out."""
    generator = _generator(config, 4)
    first, second = (_mixtures(half, size, generator) for half, size in zip(queries.chunk(2, 1), config.halves, strict=True))
    return first, second


def _mixtures(halves: Tensor, size: int, generator: torch.Generator) -> Tensor:
    parents = halves[torch.randint(len(halves), (size, KEY_PARENTS), generator=generator)]
    shares = torch.rand(size, KEY_PARENTS, 1, generator=generator)
    keys = functional.normalize((parents * shares).sum(1), dim=1)
    noise = functional.normalize(torch.randn(keys.shape, generator=generator), dim=1)
    return functional.normalize(keys + KEY_NOISE * noise, dim=1)
