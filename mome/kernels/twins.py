"""Every kernel in pure torch: the oracle that Triton's kernels are tested against, and the path on CPU.

Axis legend: `b` questions of a batch, `c` those that are routed, `t` tokens, `k` experts of a question, `n` gradients, `s` rows,
`u` rows of one step, `d` width, `q` width of a query. `chosen` (c,) says which questions are routed; None for all.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from mome.kernels.generator import input_vectors as input_vectors
from mome.kernels.generator import stream as stream

if TYPE_CHECKING:
    from mome.kernels.inputs import InputVectors


def top_k(queries: Tensor, keys: tuple[Tensor, Tensor], k: int) -> tuple[Tensor, Tensor]:
    """The `k` best experts (b, k) of queries (b, q), exactly, and their scores (b, k), best first.

    Expert i * n2 + j has the half keys i of (n1, q / 2) and j of (n2, q / 2). The best pairs lie among the pairs of the best half
    keys: a half key outside its own best k has k better partners (Lample et al., arXiv 1907.05242). So has a pair whose ranks
    (from 1) multiply to more than k.
    """
    halves = [
        (half @ key.T).topk(k, dim=1) for half, key in zip(queries.chunk(2, 1), keys, strict=True)
    ]
    first, second = pairs(k, queries.device)
    best = (
        halves[0].values.index_select(1, first) + halves[1].values.index_select(1, second)
    ).topk(k, dim=1)
    i = halves[0].indices.gather(1, first[best.indices])
    j = halves[1].indices.gather(1, second[best.indices])
    return i * len(keys[1]) + j, best.values


@cache
def pairs(k: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Ranks from 0, among the best half keys of each half, of the pairs that can be among the best `k`."""
    ranks = torch.arange(1, k + 1, device=device)
    first, second = (ranks.unsqueeze(1) * ranks <= k).nonzero(as_tuple=True)
    return first, second


def shrink(x: Tensor, inputs: InputVectors, chosen: Tensor | None = None) -> Tensor:
    """g_i (a_i . x) for each expert: (b, t, d_in) -> (c, t, k)."""
    gated = inputs.gated
    return (x if chosen is None else x[chosen]).to(gated.dtype) @ gated.mT


def shrink_backward(
    grad: Tensor,
    inputs: InputVectors,
    questions: int,
    dtype: torch.dtype,
    chosen: Tensor | None = None,
) -> Tensor:
    """From the gradient of `shrink`'s output (c, t, k) to that of x (b, t, d_in) in `dtype`, `questions` being b."""
    gated = inputs.gated
    found = (grad.to(gated.dtype) @ gated).to(dtype)
    return (
        found
        if chosen is None
        else found.new_zeros(questions, *found.shape[1:]).index_copy_(0, chosen, found)
    )


def expand(
    y: Tensor,
    h: Tensor,
    rows: Tensor,
    positions: Tensor | None = None,
    chosen: Tensor | None = None,
) -> Tensor:
    """Add sum_i h_i b_i to `y` (b, t, d_out) in place; questions that are not routed keep every bit.

    `h` is (c, t, k); the experts' rows are `rows` (c, k, d_out), or the rows of (s, d_out) at `positions` (c, k). A negative position
    stands for an expert that nothing touched.
    """
    if not rows.numel():
        return y
    values, h = _values(rows, positions, y.dtype), _touched(h, positions)
    if chosen is not None:
        return y.index_add_(0, chosen, (h.to(values.dtype) @ values).to(y.dtype))
    if y.dtype == values.dtype:
        return y.baddbmm_(h.to(y.dtype), values)
    return y.add_((h.to(values.dtype) @ values).to(y.dtype))


def gathered(rows: Tensor, positions: Tensor | None) -> Tensor:
    """What forward and backward of `expand` read, so that rows need be gathered once: here (c, k, d_out), anything at negative ones."""
    if positions is None or rows.dim() == 3 or not len(rows):
        return rows
    return rows.index_select(0, positions.clamp(min=0).flatten()).view(
        *positions.shape, rows.shape[-1]
    )


def _values(rows: Tensor, positions: Tensor | None, like: torch.dtype) -> Tensor:
    """Rows (c, k, d_out), in float32 where `like` is shorter."""
    return gathered(rows, positions).to(torch.promote_types(like, torch.float32))


def _touched(h: Tensor, positions: Tensor | None) -> Tensor:
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
    """From the gradient (b, t, d_out) of `expand`'s output to those of `h` and of the rows, each only where asked for.

    `values` are what `gathered` gave; those of the rows are needed for the gradient of `h` alone.
    """
    grad_h = expand_h_backward(grad, h, values, positions, chosen).to(h.dtype) if to_h else None
    if not to_rows:
        return grad_h, None
    grad_rows = expand_rows_backward(grad, h, chosen)
    if rows.dim() == 2 and positions is not None:
        return grad_h, reduce_duplicates(
            grad_rows.flatten(0, 1), positions.flatten(), len(rows), rows.dtype
        )
    return grad_h, grad_rows.to(rows.dtype)


def expand_h_backward(
    grad: Tensor,
    h: Tensor,
    rows: Tensor,
    positions: Tensor | None = None,
    chosen: Tensor | None = None,
) -> Tensor:
    """From the gradient (b, t, d_out) of `expand`'s output to that of `h` (c, t, k)."""
    if not rows.numel():
        return torch.zeros_like(h)
    values = _values(rows, positions, grad.dtype)
    return _touched(
        (grad if chosen is None else grad[chosen]).to(values.dtype) @ values.mT, positions
    )


def expand_rows_backward(grad: Tensor, h: Tensor, chosen: Tensor | None = None) -> Tensor:
    """From the gradient (b, t, d_out) of `expand`'s output to that of each question's own rows (c, k, d_out)."""
    some = grad if chosen is None else grad[chosen]
    kind = torch.promote_types(some.dtype, torch.float32)
    return h.to(kind).mT @ some.to(kind)


def reduce_duplicates(values: Tensor, positions: Tensor, size: int, dtype: torch.dtype) -> Tensor:
    """Sum `values` (n, d) over equal `positions` (n,): (size, d) in `dtype`. Negative positions are left out.

    By an inverted index, each sum in the order of its summands: the same bits on every run.
    """
    order, bounds = inverted_index(positions, size)
    left_out = int(bounds[0])
    return functional.embedding_bag(
        order[left_out:], values, bounds - left_out, mode="sum", include_last_offset=True
    ).to(dtype)


def inverted_index(positions: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Indices (n,) into `positions` in the order of what they hold, and where each of `size` numbers begins in them (size + 1,)."""
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
    """A step of Adam (Kingma & Ba, 2015) in place on the rows `chosen` (u,), all different, of `rows` (s, d) and of both moments (s, d).

    `grad` is (u, d); `steps` (u,) counts the steps of each row, this one included; `rates` (u,) are the learning rates.
    """
    first, second = (moment.index_select(0, chosen) for moment in moments)
    first.lerp_(grad, 1 - decays[0])
    second.lerp_(grad.square(), 1 - decays[1])
    for moment, values in zip(moments, (first, second), strict=True):
        moment.index_copy_(0, chosen, values)
    steps = steps.unsqueeze(1)
    size = second.div_(1 - decays[1] ** steps).sqrt_().add_(epsilon)
    rows.index_add_(
        0, chosen, first.mul_(-rates.unsqueeze(1) / (1 - decays[0] ** steps)).div_(size)
    )
