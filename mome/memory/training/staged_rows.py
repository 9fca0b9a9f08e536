"""Rows in training: float32 copies of some of the bank's rows with Adam's state, which exists for
these rows only.

`Pool` trains them, the tuner commits them to its bank. Axis legend: `s` staged experts, `u` experts
of one step, `d` width.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor

from mome import kernels
from mome.memory.experts.bank import Bank
from mome.memory.memory import Memory

# Adam's decay rates (beta1, beta2) and epsilon. The averages are short, because a fact takes about
# ten steps and early gradients are far larger than late ones.
DECAYS, EPSILON = (0.8, 0.9), 1e-8
SETTLING = 20
"""Steps after which a row's learning rate has fallen by the square root of two."""


class Staged:
    """Experts `positions` (s,) of a bank, in training."""

    def __init__(self, memory: Memory, bank: Bank, positions: Tensor, free: Tensor) -> None:
        """Copy the rows; `free` (s,) marks those that may change."""
        self.positions, self.dtype, self._free = positions, bank.dtype, free
        devices = [layer.weight.device for layer in memory.layers]
        self.rows = [
            rows[positions].to(device, torch.float32)
            for rows, device in zip(bank.rows, devices, strict=True)
        ]
        # The usual two averages of Adam (arXiv 1412.6980), for staged rows only.
        self._moments = [(torch.zeros_like(rows), torch.zeros_like(rows)) for rows in self.rows]
        self._steps = torch.zeros(len(positions))

    def leaves(self, chosen: Tensor) -> list[Tensor]:
        """Return for each layer the rows (u, d_out) of the staged experts `chosen` (u,) as leaves
        that collect gradients.
        """
        return [rows[chosen.to(rows.device)].requires_grad_() for rows in self.rows]

    @torch.no_grad()
    def update(self, chosen: Tensor, leaves: list[Tensor], rate: float) -> None:
        """Take one step of Adam on rows that have a gradient; other rows and their moments are
        unchanged.

        rate / sqrt(1 + steps / SETTLING) shrinks with a row's steps, so that rows pulled by several
        facts converge.
        """
        gradients = [cast(Tensor, leaf.grad) for leaf in leaves]
        # With momentum Adam would also move rows that no wording of this step uses.
        has_gradient = torch.stack([(grad != 0).any(1).cpu() for grad in gradients]).any(0)
        pulled = has_gradient & self._free[chosen]
        every = bool(pulled.all())
        chosen = chosen[pulled]
        self._steps[chosen] += 1
        steps = self._steps[chosen]
        rates = rate / (1 + steps / SETTLING).sqrt()
        for rows, moments, gradient in zip(self.rows, self._moments, gradients, strict=True):
            on = {"steps": steps.to(rows.device), "rates": rates.to(rows.device)}
            grad = gradient if every else gradient[pulled.to(rows.device)]
            kernels.adam(
                rows, moments, chosen.to(rows.device), grad, **on, decays=DECAYS, epsilon=EPSILON
            )

    def settle(self) -> None:
        """Round the rows to the bank's type."""
        self.rows = [rows.to(self.dtype).float() for rows in self.rows]

    def commit(self, bank: Bank) -> Tensor:
        """Write the rows into `bank` in place; return the positions (n,) of changed rows."""
        # Rows without a step keep their bits, and with them all facts that rest on them.
        moved = self._steps > 0
        positions = self.positions[moved]
        for target, rows in zip(bank.rows, self.rows, strict=True):
            target[positions] = rows[moved.to(rows.device)].to(target)
        return positions
