"""Every kernel in pure torch: the oracle for Triton's kernels, and the implementation on the CPU.

`backend.operations` hands this module to `mome.kernels.functions` wherever no GPU computes.
Axis legend: `b` questions of a batch, `c` routed questions, `t` tokens, `k` experts of a question,
`n` gradients, `s` rows, `u` rows of one step, `d` width (`d_in`, `d_out`), `q` width of a query.
`chosen` (c,) int64 holds the indices of the routed questions in the batch; None means all.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from mome.kernels.generator import input_vectors as input_vectors
from mome.kernels.inputs import InputVectors


def top_k(queries: Tensor, keys: tuple[Tensor, Tensor], k: int) -> tuple[Tensor, Tensor]:
    """Return the exact `k` best experts of each query by product keys, and their scores.

    Expert i * n2 + j has the half keys i of `keys[0]` and j of `keys[1]`; its score is the sum of
    the products of both halves of the query with them.
    Source: Lample et al., "Large memory layers with product keys", arXiv 1907.05242, section 3.1.

    queries: (b, q).
    keys: (n1, q / 2) and (n2, q / 2).
    Returns ids (b, k) int64 and scores (b, k), best first.
    """
    first_queries, second_queries = queries.chunk(2, 1)
    # An expert among the best k has both half keys among the best k of their half: a half key
    # outside of them has k better partners for the same other half.
    first_best = (first_queries @ keys[0].T).topk(k, dim=1)
    second_best = (second_queries @ keys[1].T).topk(k, dim=1)
    first_ranks, second_ranks = pairs(k, queries.device)
    first_scores = first_best.values.index_select(1, first_ranks)
    second_scores = second_best.values.index_select(1, second_ranks)
    best = (first_scores + second_scores).topk(k, dim=1)
    i = first_best.indices.gather(1, first_ranks[best.indices])
    j = second_best.indices.gather(1, second_ranks[best.indices])
    return i * len(keys[1]) + j, best.values


@cache
def pairs(k: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the pairs of ranks, each (p,) from 0, that can be among the best `k` experts.

    A pair of the ranks r1 and r2 (from 1) has r1 * r2 - 1 pairs that score at least as well. It can
    be among the best k only if r1 * r2 <= k.
    """
    ranks = torch.arange(1, k + 1, device=device)
    first, second = (ranks.unsqueeze(1) * ranks <= k).nonzero(as_tuple=True)
    return first, second


def shrink(x: Tensor, inputs: InputVectors, chosen: Tensor | None = None) -> Tensor:
    """Return h_i = g_i (a_i . x) for each token and expert of the routed questions.

    x: (b, t, d_in).
    inputs: the vectors g_i a_i of (c, k) experts.
    Returns (c, t, k) in the vectors' dtype.
    """
    gated = inputs.gated
    routed = x if chosen is None else x[chosen]
    return routed.to(gated.dtype) @ gated.mT


def shrink_backward(
    grad: Tensor,
    inputs: InputVectors,
    questions: int,
    dtype: torch.dtype,
    chosen: Tensor | None = None,
) -> Tensor:
    """Return the gradient of x from that of `shrink`'s output.

    grad: (c, t, k).
    questions: b, the questions of the batch. Those that are not routed get zeros.
    Returns (b, t, d_in) in `dtype`.
    """
    gated = inputs.gated
    grad_routed = (grad.to(gated.dtype) @ gated).to(dtype)
    if chosen is None:
        return grad_routed
    grad_x = grad_routed.new_zeros(questions, *grad_routed.shape[1:])
    return grad_x.index_copy_(0, chosen, grad_routed)


def expand(
    y: Tensor,
    h: Tensor,
    rows: Tensor,
    positions: Tensor | None = None,
    chosen: Tensor | None = None,
) -> Tensor:
    """Add sum_i h_i b_i to `y` in place. Questions that are not routed keep every bit.

    y: (b, t, d_out).
    h: (c, t, k), the output of `shrink`.
    rows: output rows b_i, (c, k, d_out), or (s, d_out) together with `positions`.
    positions: (c, k) int64, the experts' rows in (s, d_out); negative for an untrained expert.
    Returns `y`.
    """
    if not rows.numel():
        return y
    values = _float_rows(rows, positions, y.dtype)
    h = _zero_untrained(h, positions)
    if chosen is not None:
        # `index_add_` writes only the routed questions.
        return y.index_add_(0, chosen, (h.to(values.dtype) @ values).to(y.dtype))
    if y.dtype == values.dtype:
        return y.baddbmm_(h.to(y.dtype), values)
    return y.add_((h.to(values.dtype) @ values).to(y.dtype))


def gathered(rows: Tensor, positions: Tensor | None) -> Tensor:
    """Return the rows that `expand` and `expand_backward` both read, so they are gathered once.

    rows: (c, k, d_out), or (s, d_out) together with `positions` (c, k).
    Returns (c, k, d_out); the values at negative positions are arbitrary.
    """
    if positions is None or rows.dim() == 3 or not len(rows):
        return rows
    # Negative positions read row 0. `_zero_untrained` sets their h to 0.
    flat = rows.index_select(0, positions.clamp(min=0).flatten())
    return flat.view(*positions.shape, rows.shape[-1])


def _float_rows(rows: Tensor, positions: Tensor | None, dtype: torch.dtype) -> Tensor:
    """Return the rows (c, k, d_out) in float32, or in `dtype` if that is wider."""
    return gathered(rows, positions).to(torch.promote_types(dtype, torch.float32))


def _zero_untrained(h: Tensor, positions: Tensor | None) -> Tensor:
    """Return h (c, t, k) with 0 for experts at negative positions (c, k)."""
    return h if positions is None else h.masked_fill((positions < 0).unsqueeze(1), 0)


def expand_backward(
    grad: Tensor,
    h: Tensor,
    rows: Tensor,
    values: Tensor | None,
    positions: Tensor | None = None,
    chosen: Tensor | None = None,
    *,
    to_h: bool = True,
    to_rows: bool = True,
) -> tuple[Tensor | None, Tensor | None]:
    """Return the gradients of `h` and of the rows from that of `expand`'s output.

    grad: (b, t, d_out).
    h, rows, positions, chosen: as in `expand`.
    values: the result of `gathered`; only the gradient of `h` needs it.
    to_h, to_rows: whether to compute each gradient; None is returned for the other.
    Returns the gradients in the shape and dtype of `h` and of `rows`.
    """
    grad_h = expand_h_backward(grad, h, values, positions, chosen).to(h.dtype) if to_h else None
    if not to_rows:
        return grad_h, None
    grad_rows = expand_rows_backward(grad, h, chosen)
    if rows.dim() == 2 and positions is not None:
        flat_grad = grad_rows.flatten(0, 1)
        grad_rows = reduce_duplicates(flat_grad, positions.flatten(), len(rows), rows.dtype)
        return grad_h, grad_rows
    return grad_h, grad_rows.to(rows.dtype)


def expand_h_backward(
    grad: Tensor,
    h: Tensor,
    rows: Tensor,
    positions: Tensor | None = None,
    chosen: Tensor | None = None,
) -> Tensor:
    """Return the gradient of `h` (c, t, k) from that of `expand`'s output.

    grad: (b, t, d_out).
    rows, positions, chosen: as in `expand`.
    """
    if not rows.numel():
        return torch.zeros_like(h)
    values = _float_rows(rows, positions, grad.dtype)
    routed = grad if chosen is None else grad[chosen]
    return _zero_untrained(routed.to(values.dtype) @ values.mT, positions)


def expand_rows_backward(grad: Tensor, h: Tensor, chosen: Tensor | None = None) -> Tensor:
    """Return the gradient of each question's own rows from that of `expand`'s output.

    grad: (b, t, d_out).
    h: (c, t, k).
    Returns (c, k, d_out) in float32, or in the gradient's dtype if that is wider.
    """
    routed = grad if chosen is None else grad[chosen]
    dtype = torch.promote_types(routed.dtype, torch.float32)
    return h.to(dtype).mT @ routed.to(dtype)


def reduce_duplicates(values: Tensor, positions: Tensor, size: int, dtype: torch.dtype) -> Tensor:
    """Sum values over equal positions, with the same bits on every run.

    values: (n, d).
    positions: (n,) int64, the row that each value belongs to; negative ones are left out.
    Returns (size, d) in `dtype`.
    """
    # The inverted index lists the values of each row in their original order. `index_add_` would
    # sum them in an order that may differ between runs.
    order, bounds = inverted_index(positions, size)
    left_out = int(bounds[0])
    offsets = bounds - left_out
    sums = functional.embedding_bag(
        order[left_out:], values, offsets, mode="sum", include_last_offset=True
    )
    return sums.to(dtype)


def inverted_index(positions: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return where each row number occurs in `positions`.

    positions: (n,) int64.
    size: s, the number of rows.
    Returns `order` (n,), indices into `positions` sorted by their value, and `bounds` (s + 1,):
    the indices of row r are order[bounds[r]:bounds[r + 1]].
    """
    # A stable sort keeps the indices of one row in ascending order.
    ordered, order = positions.sort(stable=True)
    return order, torch.searchsorted(ordered, torch.arange(size + 1, device=positions.device))


def adam(
    rows: Tensor,
    moments: tuple[Tensor, Tensor],
    chosen: Tensor,
    grad: Tensor,
    *,
    steps: Tensor,
    rates: Tensor,
    decays: tuple[float, float],
    epsilon: float,
) -> None:
    """Take one step of Adam in place on some rows.

    With the gradient g, the step count n of a row, its learning rate r and the decays (b1, b2):
    m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
    row = row - r (m / (1 - b1^n)) / (sqrt(v / (1 - b2^n)) + epsilon).
    Source: Kingma and Ba, "Adam", arXiv 1412.6980, algorithm 1.

    rows: (s, d).
    moments: m and v, each (s, d).
    chosen: (u,) int64, the rows to change, all different.
    grad: (u, d).
    steps: (u,), the steps of each row, this one included.
    rates: (u,), the learning rates.
    """
    mean = moments[0].index_select(0, chosen)
    variance = moments[1].index_select(0, chosen)
    mean.lerp_(grad, 1 - decays[0])
    variance.lerp_(grad.square(), 1 - decays[1])
    moments[0].index_copy_(0, chosen, mean)
    moments[1].index_copy_(0, chosen, variance)
    # The new moments are stored, so `mean` and `variance` serve as buffers from here on.
    steps = steps.unsqueeze(1)
    denominator = variance.div_(1 - decays[1] ** steps).sqrt_().add_(epsilon)
    scale = -rates.unsqueeze(1) / (1 - decays[0] ** steps)
    rows.index_add_(0, chosen, mean.mul_(scale).div_(denominator))
