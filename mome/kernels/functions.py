"""The functions that the memory calls, each computed by Triton's kernels or by their twins.

The backward of `shrink` and `expand` uses the same implementation as their forward.
Axis legend: `b` questions of a batch, `c` routed questions, `t` tokens, `k` experts of a question,
`n` gradients, `s` rows, `u` rows of one step, `d` width (`d_in`, `d_out`), `q` width of a query.
`chosen` (c,) int64 holds the indices of the routed questions in the batch; None means all.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mome.kernels.backend import operations
from mome.kernels.inputs import InputVectors


def input_vectors(ids: Tensor, width: int, *, seed: int, layer: int) -> Tensor:
    """Return the input vectors a_e of experts in one layer: random signs divided by sqrt(width).

    ids: (...) int64, numbers of experts.
    Returns (..., width) float32, the same bits on every device.
    Source of the generator: Steele et al., OOPSLA 2014 (SplitMix64).
    """
    return operations(ids).input_vectors(ids, width, seed=seed, layer=layer)


def top_k(queries: Tensor, keys: tuple[Tensor, Tensor], k: int) -> tuple[Tensor, Tensor]:
    """Return the exact `k` best experts of each query by product keys, and their scores.

    queries: (b, q).
    keys: half keys (n1, q / 2) and (n2, q / 2); expert i * n2 + j has the half keys i and j.
    Returns ids (b, k) int64 and scores (b, k), best first.
    Source: Lample et al., arXiv 1907.05242, section 3.1.
    """
    return operations(queries).top_k(queries, keys, k)


def shrink(x: Tensor, inputs: InputVectors, *, chosen: Tensor | None = None) -> Tensor:
    """Return h_i = g_i (a_i . x) for each token and expert of the routed questions.

    x: (b, t, d_in).
    inputs: the vectors g_i a_i of (c, k) experts.
    Returns (c, t, k).
    """
    if torch.is_grad_enabled() and x.requires_grad:
        return _Shrink.apply(x, inputs, chosen)
    return operations(x).shrink(x, inputs, chosen)


def expand(
    y: Tensor,
    h: Tensor,
    rows: Tensor,
    *,
    positions: Tensor | None = None,
    chosen: Tensor | None = None,
) -> Tensor:
    """Add sum_i h_i b_i to `y` in place. Questions that are not routed keep every bit.

    Continue with the returned tensor: it has the same memory as `y`, but a graph of its own.

    y: (..., d_out), the b * t tokens in order.
    h: (c, t, k), the output of `shrink`.
    rows: output rows b_i, (c, k, d_out), or (s, d_out) together with `positions`.
    positions: (c, k) int64, the experts' rows in (s, d_out); negative for an untrained expert.
    """
    if torch.is_grad_enabled() and (y.requires_grad or h.requires_grad or rows.requires_grad):
        return _Expand.apply(y, h, rows, positions, chosen)
    operations(y).expand(_by_question(y, h), h, rows, positions, chosen)
    return y


def reduce_duplicates(values: Tensor, positions: Tensor, size: int) -> Tensor:
    """Sum values over equal positions, with the same bits on every run.

    values: (n, d).
    positions: (n,) int64, the row that each value belongs to; negative ones are left out.
    Returns (size, d) in the dtype of `values`.
    """
    return operations(values).reduce_duplicates(values, positions, size, values.dtype)


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
    """Take one step of Adam in place on the rows `chosen`.

    rows: (s, d).
    moments: first and second moment, each (s, d).
    chosen: (u,) int64, all different.
    grad: (u, d).
    steps: (u,), the steps of each row, this one included.
    rates: (u,), the learning rates.
    Source: Kingma and Ba, arXiv 1412.6980, algorithm 1.
    """
    operations(rows).adam(
        rows, moments, chosen, grad, steps=steps, rates=rates, decays=decays, epsilon=epsilon
    )


class _Shrink(torch.autograd.Function):
    """`shrink` with a gradient for x alone: the gates come from a frozen router."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, inputs: InputVectors, chosen: Tensor | None) -> Tensor:
        ctx.inputs = inputs
        ctx.chosen = chosen
        ctx.questions = len(x)
        ctx.dtype = x.dtype
        # Backward may run in a thread of autograd, in which `forced` has no effect.
        ctx.kernels = operations(x)
        return ctx.kernels.shrink(x, inputs, chosen)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        grad_x = ctx.kernels.shrink_backward(grad, ctx.inputs, ctx.questions, ctx.dtype, ctx.chosen)
        return grad_x, None, None


class _Expand(torch.autograd.Function):
    """`expand` with gradients for y, h and the rows.

    The output is a detached tensor with y's memory, instead of y marked as changed in place
    (`mark_dirty`). y is usually a view, the output of a linear map, and for a changed view autograd
    would copy each of its gradients several times.
    """

    @staticmethod
    def forward(
        ctx: Any,
        y: Tensor,
        h: Tensor,
        rows: Tensor,
        positions: Tensor | None,
        chosen: Tensor | None,
    ) -> Tensor:
        out = y.detach()
        ctx.kernels = operations(y)
        values = ctx.kernels.gathered(rows, positions)
        ctx.kernels.expand(_by_question(out, h), h, values, positions, chosen)
        # Only the gradient of h reads the rows' values, so they are freed where h needs none.
        kept_values = values if ctx.needs_input_grad[1] else None
        ctx.save_for_backward(h, rows, kept_values, positions, chosen)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        to_y, to_h, to_rows, *_ = ctx.needs_input_grad
        h, rows, values, positions, chosen = ctx.saved_tensors
        grad_out = _by_question(grad.contiguous(), h)
        grad_h, grad_rows = ctx.kernels.expand_backward(
            grad_out, h, rows, values, positions, chosen, to_h=to_h, to_rows=to_rows
        )
        # The output is y plus a term, so y's gradient is that of the output.
        grad_y = grad if to_y else None
        return grad_y, grad_h, grad_rows, None, None


def _by_question(tensor: Tensor, h: Tensor) -> Tensor:
    """Return (..., d) as (b, t, d), with the t of h (c, t, k)."""
    return tensor.view(-1, h.shape[1], tensor.shape[-1])
