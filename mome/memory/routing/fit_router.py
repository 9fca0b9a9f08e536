"""Fit a router to the wordings of some facts, in seconds and without gradients through the
backbone.

A linear discriminant (Fisher) initialises the projection: directions in which wordings of one fact
agree and facts differ. A contrastive loss (InfoNCE, arXiv 1807.03748) refines it. Half keys are
drawn where queries lie, and the threshold is calibrated on held-out wordings. Axis legend: `n`
wordings, `f` facts, `d` width of a state, `q` width of a query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from mome.linking.names import all_stems
from mome.memory.config import MemoryConfig
from mome.memory.routing.router import Router, Words, count_foreign, less_foreign, nearest_known

WIDEST = 1024
"""Wider states are projected at random first, because the eigenvalue problems are cubic in the
width.
"""
# Weight of the identity in the within-fact covariance. A fact has few wordings, so the estimate is
# singular without it, and `rsqrt` of its eigenvalues would be infinite.
SHRINKAGE = 0.3
# InfoNCE compares all pairs of a batch, so the batch bounds the quadratic part.
STEPS, CONTRASTIVE_BATCH = 100, 1024
# The rate is relative to the start's standard deviation; 0.07 is the usual temperature of
# contrastive losses (arXiv 1911.05722). The noise stands for the wordings that nobody wrote down.
RATE, TEMPERATURE, NOISE = 2e-3, 0.07, 0.5
# With one parent all queries near it would share their half keys; the noise separates the rest.
KEY_PARENTS, KEY_NOISE = 2, 0.2
LEAST_OTHERS = 96
"""Minimum number of background questions among which keys are drawn; otherwise as many as known
ones.
"""
STRANGERS, HIGHEST_THRESHOLD = 0.99, 0.98
"""Fraction of background questions that the threshold must reject, and the upper bound of the
threshold.
"""
# The background has more foreign words a question than plain questions about another schema, such
# as "number of teams". With the 0.35 that it gave, 2% of 1,116 were near; from 0.5 on, 0.5% are.
LOWEST_THRESHOLD = 0.5
"""Lower bound of the threshold."""
SIGMAS, ONE_SIGMA = 3.0, 0.8413
"""How far above the median the threshold of `apart` lies, in standard deviations, and the quantile
that is one above it in a normal distribution.
"""
LOWEST_APART = 0.65
"""Lower bound of that threshold, for some dozens of facts and fewer, whose quantiles say little."""


@dataclass(frozen=True)
class Wordings:
    """States of wordings with the fact that each belongs to."""

    states: Tensor
    """(n, d)"""
    owners: Tensor
    """(n,) fact index from 0 to f - 1; every index occurs."""

    @classmethod
    def of(cls, groups: Sequence[Tensor]) -> Wordings:
        """Build from one group (n_i, d) per fact."""
        owners = torch.arange(len(groups)).repeat_interleave(
            torch.tensor([len(group) for group in groups])
        )
        return cls(torch.cat(list(groups)).float(), owners)

    def centres(self, values: Tensor) -> Tensor:
        """Return the mean (f, ...) of `values` (n, ...) over each fact's wordings."""
        counts = torch.bincount(self.owners)
        sums = torch.zeros(len(counts), values.shape[1]).index_add_(0, self.owners, values)
        return sums / counts.unsqueeze(1)


def fit_router(
    groups: Sequence[Tensor],
    background: Sequence[Tensor],
    config: MemoryConfig,
    foreign: Tensor | None = None,
) -> Router:
    """Fit a router to facts whose wordings have the states `groups`; `background` holds states of
    unrelated questions.

    `foreign` comes from `foreign_words` and is given if questions will be asked with their words.
    """
    threshold = calibrate(groups, background, config, foreign)
    # The tuner raises the first threshold if it trains shared experts.
    router = fit_without_threshold(groups, background, config)
    return replace(router, threshold=threshold, shared_threshold=threshold)


def fit_without_threshold(
    groups: Sequence[Tensor], background: Sequence[Tensor], config: MemoryConfig
) -> Router:
    """Fit a router as `fit_router` does, with thresholds of 0, in half the time."""
    mean, projection = _fit_projection(Wordings.of([*groups, *background]), config)
    bare = Router(mean, projection, (projection, projection), 0.0, 0.0)
    # The empty tensor lets `cat` work without any fact.
    known = torch.cat([*groups, mean.new_empty(0, len(mean))])
    others = torch.cat(list(background))
    # Keys lie where queries lie: known and background questions get about half of them each.
    others = others[:: max(1, len(others) // max(len(known), LEAST_OTHERS))]
    keys = _draw_keys(bare.query(torch.cat([known, others])), config)
    return replace(bare, keys=keys)


def calibrate(
    groups: Sequence[Tensor],
    background: Sequence[Tensor],
    config: MemoryConfig,
    foreign: Tensor | None = None,
) -> float:
    """Return the lowest score that is routed: a quantile of unrelated questions that the router was
    not fitted to.

    The last wording of each fact is held out, so that known questions are as far away as real
    paraphrases.
    """
    # One half of the background fits this projection and the other half measures it, because a
    # projection keeps away what it was fitted to.
    kept = _kept(groups, background)
    mean, projection = _fit_projection(Wordings.of([*kept, *background[::2]]), config)
    query = Router(mean, projection, (projection, projection), 0.0, 0.0).query
    strangers, _ = nearest_known(query(torch.cat([*background[1::2]])), query(torch.cat(kept)))
    if foreign is not None:
        strangers = less_foreign(strangers, foreign)
    # Without the bound, one background question that resembles a fact would keep out paraphrases.
    found = float(strangers.quantile(STRANGERS))
    return min(max(found, LOWEST_THRESHOLD), HIGHEST_THRESHOLD)


def apart(groups: Sequence[Tensor], router: Router) -> Router:
    """Return a router whose threshold keeps facts about any subject apart: for these, the other
    facts are the best examples of what a question may be that means none of them.

    threshold = median + 3 sigma of the cosines between a fact's first wording and the nearest one
    of another fact. Sigma is taken from quantiles, so that facts of which there are two do not
    raise it.
    """
    wordings = Wordings.of(groups)
    known = router.query(wordings.states)
    firsts = torch.tensor([len(group) for group in groups]).cumsum(0).roll(1)
    firsts[0] = 0
    # In parts: all cosines of 10,000 facts at once would take 1 GB.
    nearest = []
    for part in firsts.split(CONTRASTIVE_BATCH):
        is_own = wordings.owners[part, None] == wordings.owners
        nearest.append((known[part] @ known.T).masked_fill(is_own, -1.0).amax(1))
    cosines = torch.cat(nearest)
    median, upper = (float(cosines.quantile(share)) for share in (0.5, ONE_SIGMA))
    found = median + SIGMAS * (upper - median)
    threshold = min(max(found, LOWEST_APART), HIGHEST_THRESHOLD)
    return replace(router, threshold=threshold, shared_threshold=threshold)


def foreign_words(
    groups: Sequence[Sequence[str]], background: Sequence[Sequence[str]], words: Words
) -> Tensor:
    """Return the number of foreign words in each question that `calibrate` uses; `words` says which
    words can be foreign.
    """
    said = all_stems(wording for group in _kept(groups, background) for wording in group)
    return count_foreign(chain.from_iterable(background[1::2]), words, said)


def _kept(groups: Sequence[Any], background: Sequence[Any]) -> list[Any]:
    """Return every fact's wordings without the last of several; without facts, every other
    background question.
    """
    kept = [group[:-1] if len(group) > 1 else group for group in groups]
    return kept or list(background[::2])


def _generator(config: MemoryConfig, purpose: int) -> torch.Generator:
    # Each purpose has a stream of its own: more draws for one leave the others as they were.
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
    """Return (d, size) the directions in which facts differ most, relative to the spread within
    facts.
    """
    states, centres = wordings.states, wordings.centres(wordings.states)
    inner = states - centres[wordings.owners]
    covariance = inner.T @ inner / len(states)
    # Shrink towards the identity at the states' own scale; the clamp covers states that are all 0.
    spread = (states.square().sum() / states.numel()).clamp(min=1e-12)
    within = (1 - SHRINKAGE) * covariance + SHRINKAGE * spread * torch.eye(states.shape[1])
    # W^(-1/2) makes the spread within facts the same in all directions; the eigenvectors of the
    # whitened scatter between facts are then Fisher's directions.
    values, vectors = torch.linalg.eigh(within)
    whiten = vectors * values.rsqrt() @ vectors.T
    between = centres @ whiten
    return whiten @ torch.linalg.eigh(between.T @ between).eigenvectors[:, -size:]


def _rotation(size: int, config: MemoryConfig) -> Tensor:
    """Return a random rotation, so that both halves of a query carry equal information."""
    return torch.linalg.qr(torch.randn(size, size, generator=_generator(config, 2))).Q


def _contrast(wordings: Wordings, start: Tensor, config: MemoryConfig) -> Tensor:
    """Refine `start` by InfoNCE steps: pull wordings of one fact together and push facts apart."""
    projection = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([projection], lr=RATE * float(start.std()))
    generator = _generator(config, 3)
    # Noise in the states keeps the projection from separating facts by one wording's accidents.
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
    """Return all wordings, or those of as many random facts as fill a batch."""
    if len(owners) <= CONTRASTIVE_BATCH:
        return torch.arange(len(owners))
    rank = torch.randperm(int(owners.max()) + 1, generator=generator)[owners]
    return rank.argsort(stable=True)[:CONTRASTIVE_BATCH]


def _info_nce(queries: Tensor, owners: Tensor) -> Tensor:
    """Return the mean negative log-probability of a wording's siblings among all others."""
    itself = torch.eye(len(queries), dtype=torch.bool)
    siblings = (owners.unsqueeze(1) == owners) & ~itself
    chances = (
        (queries @ queries.T / TEMPERATURE)
        .masked_fill(itself, float("-inf"))
        .log_softmax(1)
        .masked_fill(~siblings, 0.0)
    )
    counts = siblings.sum(1)
    return -(chances.sum(1) / counts.clamp(min=1)).sum() / (counts > 0).sum().clamp(min=1)


def _draw_keys(queries: Tensor, config: MemoryConfig) -> tuple[Tensor, Tensor]:
    """Draw half keys as interpolations between two queries: dense where questions lie, so that
    similar questions still get different keys.
    """
    generator = _generator(config, 4)
    left, right = queries.chunk(2, 1)
    first = _mixtures(left, config.halves[0], generator)
    second = _mixtures(right, config.halves[1], generator)
    return first, second


def _mixtures(halves: Tensor, size: int, generator: torch.Generator) -> Tensor:
    parents = halves[torch.randint(len(halves), (size, KEY_PARENTS), generator=generator)]
    shares = torch.rand(size, KEY_PARENTS, 1, generator=generator)
    keys = functional.normalize((parents * shares).sum(1), dim=1)
    noise = functional.normalize(torch.randn(keys.shape, generator=generator), dim=1)
    return functional.normalize(keys + KEY_NOISE * noise, dim=1)
