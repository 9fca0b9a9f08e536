"""Fit the head of a recommender in closed form: reduced-rank ridge regression over all baskets with
one item left out.

Of a basket of n items each item j is asked of the n - 1 others, whose state x has 1 / sqrt(n - 1)
at their slots. With the one-hot y of j, and both centred, the regression W minimises
sum |x W - y|^2 + penalty |W|^2. Its moments follow from the baskets, without writing down the n
questions. Axis legend: `r` different baskets, `n` items, `s` slots, `p` width of a projected state.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from mome import kernels
from mome.recommend.model import EXCLUDED, BasketHead

WIDTH = 96
"""Width of the base's part of a projected state at most. On folds of the Groceries baskets 80 of
169 lose nothing.
"""
# In the base's dimensions a rare item of a large catalogue has a vector of nearly no length, so
# that no expert could make it the answer. In these, which the base leaves at zero, all are long.
OWN_WIDTH = 64
"""Width of a random vector for each item, in dimensions of a projected state that experts alone
reach.
"""
OWN_SEED, OWN_STREAM = 0, -4
"""Generator stream of these vectors; other streams belong to memories, words and signatures."""
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Weights of the squared regression weights, of which a fold of the baskets chooses."""
FEW, MANY = 3.0, 60.0
"""What stands where there are too few baskets, or too many items, to choose."""
FEWEST_BASKETS, MOST_CHOSEN = 20, 1_000
"""Different baskets from which, and items up to which, the penalty is chosen."""
FOLDS, ONE_FOLD = 5, 10_000
"""The baskets are cut into so many parts, of which each is held out once; from the second number
of different baskets on, one is enough.
"""
ASKED = 4_000
"""Questions of a fold at most; they are scored 2,000 at a time."""
FIRST = 10
"""Places that count for the penalty: NDCG at 10."""
# Scores are probabilities of an item, of which softmax needs a multiple. With it the probabilities
# fit how often each answer is right, and experts move logits of a usual size.
SCALES = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0)
"""Factors on scores of which the one with the smallest cross-entropy is taken."""
SAMPLE = 2_000
"""Questions on which it is measured."""
EXACT = 512
"""Number of items up to which the singular value decomposition is exact."""
Counted = Sequence[tuple[tuple[int, ...], int]]
"""Different baskets as places of their items, each with how often it occurs."""


@dataclass(frozen=True)
class _Moments:
    """Second moments of all questions of some baskets, centred."""

    inputs: Tensor
    """(n, n) sum of x x^T."""
    answers: Tensor
    """(n, n) sum of x y^T."""
    mean: Tensor
    """(n,) mean of x."""
    share: Tensor
    """(n,) mean of y: how often each item is the answer."""
    total: float
    """Number of questions."""


def fit_head(baskets: Counted, items: int, slots: int, seed: int = 0) -> BasketHead:
    """Return the head for baskets of items 0 to `items` - 1, padded to `slots`."""
    penalty = chosen_penalty(baskets, items, seed)
    moments = _moments(baskets, items)
    head = replace(_regressed(moments, penalty), rarity=_rarities(baskets, items))
    head = _scaled(head, _questions(baskets, SAMPLE, seed))
    return rounded(_with_own(_padded(head, slots)))


def chosen_penalty(baskets: Counted, items: int, seed: int) -> float:
    """Return the penalty with the highest NDCG on baskets that are held out."""
    several = [one for one in baskets if len(one[0]) > 1]
    if len(several) < FEWEST_BASKETS:
        return FEW
    if items > MOST_CHOSEN:
        return MANY
    order = random.Random(seed).sample(range(len(several)), len(several))
    gains = dict.fromkeys(PENALTIES, 0.0)
    for fold in range(1 if len(several) >= ONE_FOLD else FOLDS):
        asked = _questions([several[place] for place in order[fold::FOLDS]], ASKED, seed)
        held_out = set(order[fold::FOLDS])
        moments = _moments([several[place] for place in order if place not in held_out], items)
        for penalty in PENALTIES:
            gains[penalty] += _gain(_full_rank(moments, penalty), asked)
    return max(gains, key=gains.__getitem__)


def _full_rank(moments: _Moments, penalty: float) -> BasketHead:
    """Return the regression without a bound on its rank, which takes no decomposition."""
    unit = torch.eye(len(moments.mean))
    lower = torch.linalg.cholesky(moments.inputs + penalty * unit)
    weights = torch.cholesky_solve(moments.answers, lower)
    return _head(moments, weights.T.contiguous(), unit, penalty, moments.inputs[:0])


def _gain(head: BasketHead, asked: Sequence[tuple[tuple[int, ...], int]]) -> float:
    """Return the mean NDCG at 10 of questions with one right answer each."""
    total = 0.0
    for first in range(0, len(asked), SAMPLE):
        some = asked[first : first + SAMPLE]
        scores = _scores(head, some)
        wanted = torch.tensor([answer for _, answer in some]).unsqueeze(1)
        place = (scores > scores.gather(1, wanted)).sum(1)
        total += float((1 / (place + 2.0).log2()).where(place < FIRST, 0).sum())
    return total / max(1, len(asked))


def _scores(head: BasketHead, asked: Sequence[tuple[tuple[int, ...], int]]) -> Tensor:
    """Return scores (b, n) of all items for some questions; their own items are excluded."""
    states = torch.zeros(len(asked), len(head.bias))
    for row, (items, _) in enumerate(asked):
        states[row, list(items)] = len(items) ** -0.5
    scores = (states @ head.projection.T + head.offset) @ head.vectors.T + head.bias
    return scores.masked_fill(states > 0, EXCLUDED)


def _questions(baskets: Counted, most: int, seed: int) -> list[tuple[tuple[int, ...], int]]:
    """Return some questions with their answers: each basket without each of its items."""
    asked = [
        (items[:place] + items[place + 1 :], answer)
        for items, _ in baskets
        if len(items) > 1
        for place, answer in enumerate(items)
    ]
    return random.Random(seed).sample(asked, min(most, len(asked)))


def _moments(baskets: Counted, items: int) -> _Moments:
    """Return the moments of all questions of the baskets with two items and more.

    sum over j of x_i x_k is (n - 2) / (n - 1) for two items i and k of a basket, and 1 for i = k;
    sum over j of x_i y_k is 1 / sqrt(n - 1) for i != k, and 0 else.
    """
    several = [(basket, count) for basket, count in baskets if len(basket) > 1]
    sizes = torch.tensor([len(basket) for basket, _ in several]).float()
    counts = torch.tensor([count for _, count in several]).float()
    total = float((sizes * counts).sum())
    rows = torch.arange(len(several)).repeat_interleave(sizes.long())
    columns = torch.tensor([item for basket, _ in several for item in basket])
    both, answers = counts * (sizes - 2) / (sizes - 1), counts / (sizes - 1).sqrt()
    inputs = _products(rows, columns, both, items)
    inputs.diagonal().copy_(_sums(columns, counts[rows], items))
    crossed = _products(rows, columns, answers, items)
    crossed.diagonal().zero_()
    mean = _sums(columns, (counts * (sizes - 1).sqrt())[rows], items) / total
    share = _sums(columns, counts[rows], items) / total
    inputs -= total * torch.outer(mean, mean)
    crossed -= total * torch.outer(mean, share)
    return _Moments(inputs, crossed, mean, share, total)


def _products(rows: Tensor, columns: Tensor, weights: Tensor, items: int) -> Tensor:
    """Return (n, n) the sum over baskets of their weight at each pair of their items; pair (i, i)
    is no sum.
    """
    shape = (len(weights), items)
    places = torch.stack([rows, columns])
    ones = torch.sparse_coo_tensor(places, torch.ones(len(rows)), shape, check_invariants=False)
    weighted = torch.sparse_coo_tensor(places, weights[rows], shape, check_invariants=False)
    with warnings.catch_warnings():
        # torch says once in a process that its sparse matrices are in beta state.
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse.mm(weighted.t(), ones).to_dense()


def _sums(columns: Tensor, weights: Tensor, items: int) -> Tensor:
    return torch.zeros(items).index_add_(0, columns, weights)


def _regressed(moments: _Moments, penalty: float) -> BasketHead:
    """Return the regression as a head without rarities, by Cholesky decomposition L L^T of the
    inputs: the largest singular values of L^-1 (sum of x y^T) are those of the fitted answers.
    """
    items = len(moments.mean)
    lower = torch.linalg.cholesky(moments.inputs + penalty * torch.eye(items))
    fitted = torch.linalg.solve_triangular(lower, moments.answers, upper=False)
    left, values, right = _decomposed(fitted, min(WIDTH, items))
    weights = torch.linalg.solve_triangular(lower.T, left * values, upper=True)
    # Of z = A^T (x - mean), with the projection A: (sum of z z^T + penalty)^-1.
    spread = weights.T @ moments.inputs @ weights
    precision = torch.linalg.inv(spread + penalty * torch.eye(len(values)))
    return _head(moments, weights.T.contiguous(), right, penalty, precision)


def _head(
    moments: _Moments, projection: Tensor, vectors: Tensor, penalty: float, precision: Tensor
) -> BasketHead:
    """Return a head without rarities, whose scores of the mean question are the shares."""
    ones, offset = torch.ones(len(moments.mean)), -projection @ moments.mean
    fit = torch.tensor([1.0, moments.total, penalty])
    return BasketHead(ones, projection, offset, vectors, moments.share, precision, fit)


def _decomposed(matrix: Tensor, rank: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the `rank` largest singular values (p,) with their vectors (n, p) and (n, p)."""
    if len(matrix) <= EXACT:
        left, values, right = torch.linalg.svd(matrix)
        return left[:, :rank], values[:rank], right[:rank].T.contiguous()
    # The approximation draws random numbers: the same in every tune, and no one else's.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return torch.svd_lowrank(matrix, rank, niter=4)


def _scaled(head: BasketHead, asked: Sequence[tuple[tuple[int, ...], int]]) -> BasketHead:
    """Return the head with the factor on its scores that fits the answers to some questions."""
    scores = _scores(head, asked)
    wanted = torch.tensor([answer for _, answer in asked])
    losses = [float(torch.nn.functional.cross_entropy(k * scores, wanted)) for k in SCALES]
    scale = SCALES[losses.index(min(losses))]
    fit = torch.cat([torch.tensor([scale]), head.fit[1:]])
    return replace(head, vectors=scale * head.vectors, bias=scale * head.bias, fit=fit)


def _rarities(baskets: Counted, items: int) -> Tensor:
    """Return (n,) the smoothed inverse frequency of each item, at least 1."""
    counts = torch.zeros(items)
    total = 0
    for basket, count in baskets:
        counts[list(basket)] += count
        total += count
    return ((1 + total) / (1 + counts)).log() + 1


def _padded(head: BasketHead, slots: int) -> BasketHead:
    free = slots - len(head.bias)
    pad = torch.nn.functional.pad
    return replace(
        head,
        # The last slot, which is the same in all states, tells no baskets apart.
        rarity=pad(pad(head.rarity, (0, free - 1), value=1.0), (0, 1)),
        projection=pad(head.projection, (0, free)),
        vectors=pad(head.vectors, (0, 0, 0, free)),
        bias=pad(head.bias, (0, free)),
    )


def _with_own(head: BasketHead) -> BasketHead:
    """Return the head with dimensions that experts alone reach."""
    slots = len(head.bias)
    own = kernels.input_vectors(torch.arange(slots), OWN_WIDTH, seed=OWN_SEED, layer=OWN_STREAM)
    pad = torch.nn.functional.pad
    return replace(
        head,
        projection=pad(head.projection, (0, 0, 0, OWN_WIDTH)),
        offset=pad(head.offset, (0, OWN_WIDTH)),
        vectors=torch.cat([head.vectors, head.fit[0] * own], 1),
    )


def rounded(head: BasketHead) -> BasketHead:
    """Return the head as it is stored, so that trained and stored ones agree."""
    stored = {name: tensor.half().float() for name, tensor in head.tensors().items()}
    # These are as small as 1e-6, and as large as the number of questions.
    return BasketHead(**stored | {"precision": head.precision, "fit": head.fit})
