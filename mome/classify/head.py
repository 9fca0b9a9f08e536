"""Fit the head of a classifier in closed form: rarity of word pieces, a discriminant projection,
and a vector for each label.

Axis legend: `n` examples, `l` labels, `d` width of the encoder, `s` width of a state, `p` width of
a projected state, `v` word pieces.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from mome.classify.model import PROJECTED

SHRINKAGE = 0.3
"""Weight of the identity in the covariance within labels, which few examples leave singular."""
# Short vectors grow where labels are hard to tell apart, and texts that none of them fits are then
# told from the others more often. Where 0.80 of 100 texts out of scope abstain, the head alone gets
# 0.926 of CLINC150's validation split right with 30, 0.947 with 20 and 0.956 with 10.
START = 10.0
"""Length of label vectors from which they are refined."""
PENALTY, STEPS = 1e-5, 60
"""Weight of the squared distance of label vectors from their start, and iterations of L-BFGS."""
MOST_PRODUCTS = 10_000_000
"""Examples times labels up to which label vectors are refined; a step costs that many products."""


# Many labels are alike, such as burns of first and second degree. Of ICD-10's titles 0.59 reach
# p = 0.9 by the head alone with a length of 60, and 0.98 with 300; the others need experts.
SCALE_OF_MANY = 300.0
"""Length of label vectors that are not refined."""


def rarities(pieces: list[list[int]], vocabulary: int) -> Tensor:
    """Return (v,) the smoothed inverse document frequency of each word piece, at least 1."""
    counts = torch.zeros(vocabulary)
    for row in pieces:
        counts[list(set(row))] += 1
    return ((1 + len(pieces)) / (1 + counts)).log() + 1


def fit_vectors(states: Tensor, owners: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return projection, offset and label vectors of a `LabelHead` for states (n, s) of examples,
    whose labels are `owners` (n,); every label has an example.

    The projection is W = (within-label covariance)^(-1/2), as in Fisher's discriminant, and of its
    output the directions with the largest variance.
    """
    centres = label_means(states, owners)
    mean = states.mean(0)
    inner = states - centres[owners]
    spread = (states - mean).square().mean()
    # With one example a label nothing is known of the spread within labels, so W is the identity.
    covariance = inner.T @ inner / len(states)
    within = (1 - SHRINKAGE) * covariance + SHRINKAGE * spread * torch.eye(len(mean))
    values, axes = torch.linalg.eigh(within)
    whiten = axes * values.rsqrt() @ axes.T
    outer = (states - mean) @ whiten
    directions = torch.linalg.eigh(outer.T @ outer).eigenvectors[:, -PROJECTED:]
    projection = (whiten @ directions).T.contiguous()
    offset = -projection @ mean
    vectors = functional.normalize(centres @ projection.T + offset, dim=1)
    if len(states) * len(vectors) > MOST_PRODUCTS:
        return projection, offset, SCALE_OF_MANY * vectors
    projected = functional.normalize(states @ projection.T + offset, dim=1)
    return projection, offset, _refined(START * vectors, projected, owners)


def _refined(start: Tensor, projected: Tensor, owners: Tensor) -> Tensor:
    """Return label vectors (l, p) by multinomial logistic regression from `start`, which is convex.

    Of 800 held-out texts of BANKING77, with 2,500 examples, they get 0.908 right, and the means
    0.884.
    """
    vectors = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([vectors], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        found = functional.cross_entropy(projected @ vectors.T, owners)
        total = found + PENALTY / 2 * (vectors - start).square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    return vectors.detach()


def label_means(states: Tensor, owners: Tensor) -> Tensor:
    """Return the mean (l, s) of the states (n, s) of each label."""
    counts = torch.bincount(owners)
    sums = torch.zeros(len(counts), states.shape[1]).index_add_(0, owners, states)
    return sums / counts.unsqueeze(1)
