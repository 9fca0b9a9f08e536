"""Rows in training: float32 copies of some of the bank's rows with Adam's state, so that optimizer state exists for these alone.

Axis legend: `s` staged experts, `u` experts of one step, `d` width. `Pool` trains them, the tuner commits them to its bank.
"""

from __future__ import annotations

import torch
from torch import Tensor

from mome.memory.bank import Bank
from mome.memory.memory import Memory

FIRST_DECAY, SECOND_DECAY, EPSILON = 0.8, 0.9, 1e-8
"""Short memories: a fact takes some ten steps, and early gradients are far larger than late ones."""
SETTLING = 20
"""Steps of a row after which its learning rate has fallen by the square root of two."""


class Staged:
    """Experts `positions` (s,) of a bank, in training."""

    def __init__(self, memory: Memory, bank: Bank, positions: Tensor, free: Tensor) -> None:
        """`free` (s,) says which of them may move."""
        self.positions, self.dtype, self._free = positions, bank.dtype, free
        devices = [layer.weight.device for layer in memory.layers]
        ids = bank.ids[positions]
        self.inputs = [memory.input_vectors(index, ids).to(device) for index, device in enumerate(devices)]
        self.rows = [rows[positions].to(device, torch.float32) for rows, device in zip(bank.rows, devices, strict=True)]
        self._moments = [(torch.zeros_like(rows), torch.zeros_like(rows)) for rows in self.rows]
        self._steps = torch.zeros(len(positions))

    def leaves(self, chosen: Tensor) -> list[Tensor]:
        """For each layer the rows (u, d_out) of the staged experts `chosen` (u,), ready to collect gradients."""
        return [rows[chosen.to(rows.device)].requires_grad_() for rows in self.rows]

    @torch.no_grad()
    def update(self, chosen: Tensor, leaves: list[Tensor], rate: float) -> None:
        """One step of Adam (Kingma & Ba, 2015) on the rows that have a gradient; the others rest, their moments too.

        The step shrinks with the steps that a row has had, which settles rows that several facts pull at.
        """
        pulled = torch.stack([(leaf.grad != 0).any(1).cpu() for leaf in leaves]).any(0) & self._free[chosen]
        chosen = chosen[pulled]
        self._steps[chosen] += 1
        steps = self._steps[chosen].unsqueeze(1)
        rates = rate / (1 + steps / SETTLING).sqrt()
        for rows, moments, leaf in zip(self.rows, self._moments, leaves, strict=True):
            device = rows.device
            step = _adam(moments, chosen.to(device), leaf.grad[pulled.to(device)], steps.to(device))
            rows.index_add_(0, chosen.to(device), -rates.to(device) * step)

    def settle(self) -> None:
        """Round the rows to what the bank can hold."""
        self.rows = [rows.to(self.dtype).float() for rows in self.rows]

    def commit(self, bank: Bank) -> Tensor:
        """Write the rows into `bank` in place; returns the positions (n,) of those that training moved."""
        moved = self._steps > 0
        positions = self.positions[moved]
        for target, rows in zip(bank.rows, self.rows, strict=True):
            target[positions] = rows[moved.to(rows.device)].to(target)
        return positions


def _adam(moments: tuple[Tensor, Tensor], chosen: Tensor, grad: Tensor, steps: Tensor) -> Tensor:
    """Adam's direction (u, d) for the rows `chosen` (u,), whose moments are updated."""
    first, second = moments
    first[chosen] = first[chosen].lerp(grad, 1 - FIRST_DECAY)
    second[chosen] = second[chosen].lerp(grad.square(), 1 - SECOND_DECAY)
    mean = first[chosen] / (1 - FIRST_DECAY**steps)
    return mean / ((second[chosen] / (1 - SECOND_DECAY**steps)).sqrt() + EPSILON)
