"""What the memory calls: each computes with Triton's kernels or their twins, and gradients go the same way.

Axis legend as in `twins`, where each is described: `b` questions of a batch, `c` those that are routed, `t` tokens, `k` experts of a
question, `s` rows, `u` rows of one step, `d` width.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mome.kernels.backend import operations
from mome.kernels.inputs import InputVectors


def input_vectors(ids: Tensor, width: int, *, seed: int, layer: int) -> Tensor:
    """The vectors a_e (..., width) of experts `ids` (...) in one layer."""
    return operations(ids).input_vectors(ids, width, seed=seed, layer=layer)


def top_k(queries: Tensor, keys: tuple[Tensor, Tensor], k: int) -> tuple[Tensor, Tensor]:
    """The `k` best experts (b, k) of queries (b, q) by product keys, exactly, and their scores (b, k), best first."""
    return operations(queries).top_k(queries, keys, k)


def shrink(x: Tensor, inputs: InputVectors, *, chosen: Tensor | None = None) -> Tensor:
    """g_i (a_i . x) for each expert: (b, t, d_in) -> (c, t, k); `chosen` (c,) are the routed questions, None for all."""
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
    """Add sum_i h_i b_i to `y` (..., d_out), the b x t tokens in order, in place.

    `h` is (c, t, k) and `rows` (c, k, d_out), or (s, d_out) with the experts' rows at `positions` (c, k), negative for none.
    Use what is returned: to autograd it is another tensor.
    """
    if torch.is_grad_enabled() and (y.requires_grad or h.requires_grad or rows.requires_grad):
        return _Expand.apply(y, h, rows, positions, chosen)
    operations(y).expand(_questions(y, h), h, rows, positions, chosen)
    return y


def reduce_duplicates(values: Tensor, positions: Tensor, size: int) -> Tensor:
    """Sum `values` (n, d) over equal `positions` (n,), the same bits on every run: (size, d). Negative positions are left out."""
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
    """A step of Adam in place on the rows `chosen` (u,), all different, of `rows` (s, d) and of both moments (s, d)."""
    operations(rows).adam(
        rows, moments, chosen, grad, steps=steps, rates=rates, decays=decays, epsilon=epsilon
    )


class _Shrink(torch.autograd.Function):
    """Gradients reach x alone: gates come from a frozen router."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, inputs: InputVectors, chosen: Tensor | None) -> Tensor:
        ctx.inputs, ctx.chosen, ctx.questions, ctx.dtype, ctx.kernels = (
            inputs,
            chosen,
            len(x),
            x.dtype,
            operations(x),
        )
        return ctx.kernels.shrink(x, inputs, chosen)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        return (
            ctx.kernels.shrink_backward(grad, ctx.inputs, ctx.questions, ctx.dtype, ctx.chosen),
            None,
            None,
        )


class _Expand(torch.autograd.Function):
    """Gradients reach y, h and the rows.

    What is returned shares y's memory and takes its place. Were y marked as changed instead, autograd would copy every gradient of
    it several times, for the output of a linear map is a view.
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
        out, ctx.kernels = y.detach(), operations(y)
        values = ctx.kernels.gathered(rows, positions)
        ctx.kernels.expand(_questions(out, h), h, values, positions, chosen)
        ctx.save_for_backward(
            h, rows, values if ctx.needs_input_grad[1] else None, positions, chosen
        )
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        to_y, to_h, to_rows, *_ = ctx.needs_input_grad
        own = _questions(grad.contiguous(), ctx.saved_tensors[0])
        found = ctx.kernels.expand_backward(own, *ctx.saved_tensors, to_h=to_h, to_rows=to_rows)
        return grad if to_y else None, *found, None, None


def _questions(tensor: Tensor, h: Tensor) -> Tensor:
    """(..., d) as (b, t, d)."""
    return tensor.view(-1, h.shape[1], tensor.shape[-1])
