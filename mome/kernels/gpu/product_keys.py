"""Top-k by product keys: the program of a question keeps all its scores in registers.

A program reads the scores of the 2 sqrt(N) half keys instead of those of all N experts.
Axis legend: `b` questions, `n1` and `n2` half keys, `k` experts, `p` pairs of ranks, `q` width of a
query.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from mome.kernels import twins
from mome.kernels.gpu.launch import launch

MAX_K = 256
"""Most experts of a question whose pairs fit into registers; for more, the twin computes."""


@triton.jit
def _pack(scores, ids, valid):
    """Pack float32 scores and ids into int64 values that sort by score, then by lower id."""
    # A positive float sorts as its bits do. The bits of a negative one sort in reverse, so all but
    # the sign bit are inverted.
    bits = scores.to(tl.int32, bitcast=True)
    ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    packed = (ordered.to(tl.int64) << 32) | (0x7FFFFFFF - ids).to(tl.int64)
    # Padding gets the lowest int64, which is below every score.
    return tl.where(valid, packed, -(2**63))


@triton.jit
def _unpack(packed):
    """Return the float32 scores and int32 ids that `_pack` packed."""
    ordered = (packed >> 32).to(tl.int32)
    scores = (ordered ^ ((ordered >> 31) & 0x7FFFFFFF)).to(tl.float32, bitcast=True)
    return scores, 0x7FFFFFFF - (packed & 0x7FFFFFFF).to(tl.int32)


@triton.jit
def _best_half(scores, question, n, N: tl.constexpr, K: tl.constexpr):
    """Return scores and indices (K,) of the best of n half keys; N is n as a power of two."""
    keys = tl.arange(0, N)
    values = tl.load(scores + question * n + keys, mask=keys < n, other=float("-inf"))
    return _unpack(tl.topk(_pack(values, keys, keys < n), K))


@triton.jit
def _top_k(
    first,
    second,
    ranks1,
    ranks2,
    ids,
    scores,
    n1,
    n2,
    k,
    pairs,
    N1: tl.constexpr,
    N2: tl.constexpr,
    K: tl.constexpr,
    P: tl.constexpr,
):
    """Write ids and scores (k,) of one question from the scores of its half keys."""
    # int64, because b * n1 may pass 2^31.
    question = tl.program_id(0).to(tl.int64)
    values1, keys1 = _best_half(first, question, n1, N1, K)
    values2, keys2 = _best_half(second, question, n2, N2, K)
    # P is a power of two and may pass the number of pairs.
    pair = tl.arange(0, P)
    rank1 = tl.load(ranks1 + pair, mask=pair < pairs, other=0).to(tl.int32)
    rank2 = tl.load(ranks2 + pair, mask=pair < pairs, other=0).to(tl.int32)
    sums = tl.gather(values1, rank1, 0) + tl.gather(values2, rank2, 0)
    experts = tl.gather(keys1, rank1, 0) * n2 + tl.gather(keys2, rank2, 0)
    best_scores, best_experts = _unpack(tl.topk(_pack(sums, experts, pair < pairs), K))
    ranks = tl.arange(0, K)
    tl.store(ids + question * k + ranks, best_experts.to(tl.int64), mask=ranks < k)
    tl.store(scores + question * k + ranks, best_scores, mask=ranks < k)


def top_k(queries: Tensor, keys: tuple[Tensor, Tensor], k: int) -> tuple[Tensor, Tensor]:
    """Return the exact `k` best experts of each query and their scores, as `twins.top_k`.

    Of equal scores, the expert with the lower id comes first.

    queries: (b, q).
    keys: (n1, q / 2) and (n2, q / 2), with n1 * n2 below 2^31.
    Returns ids (b, k) int64 and scores (b, k) float32, best first.
    Source: Lample et al., arXiv 1907.05242, section 3.1.
    """
    sizes = [len(key) for key in keys]
    # `_pack` leaves 31 bits for an id.
    assert k <= min(sizes) and sizes[0] * sizes[1] < 2**31
    if k > MAX_K:
        return twins.top_k(queries, keys, k)
    halves = [half @ key.T for half, key in zip(queries.float().chunk(2, 1), keys, strict=True)]
    ids = torch.empty(len(queries), k, dtype=torch.int64, device=queries.device)
    scores = torch.empty(len(queries), k, device=queries.device)
    # `tl.topk` of one value gives a scalar instead of a tensor.
    wide = max(triton.next_power_of_2(k), 2)
    ranks = twins.pairs(k, queries.device)
    pairs = len(ranks[0])
    # `tl.topk` needs at least as many values as it returns, and a power of two of them.
    padded = {f"N{i}": max(triton.next_power_of_2(size), wide) for i, size in enumerate(sizes, 1)}
    padded["P"] = max(triton.next_power_of_2(pairs), wide)
    grid = (len(queries),)
    launch(_top_k, grid, *halves, *ranks, ids, scores, *sizes, k, pairs, **padded, K=wide)
    return ids, scores
