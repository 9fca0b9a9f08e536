"""The processes of one tune, each with its share of the facts. torchrun or `accelerate launch`
starts several, otherwise there is one.

All call `tune` with the same arguments and end with the same memory. Axis legend: `s` rows of the
bank, `m` rows that a process trained, `d` width.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from mome.errors import LaunchError
from mome.memory.experts.bank import Bank

PATIENCE = timedelta(hours=12)
"""Timeout of collective operations; the first process may be reading a large database."""
T = TypeVar("T")


@dataclass(frozen=True)
class Team:
    """One process among `size`; alone it communicates with nobody."""

    rank: int = 0
    size: int = 1

    def share(self, everything: Sequence[T]) -> Sequence[T]:
        """Return this process's contiguous part; the parts of all ranks in order give the whole."""
        # These bounds never leave a gap, and parts differ by one at most.
        first = len(everything) * self.rank // self.size
        last = len(everything) * (self.rank + 1) // self.size
        return everything[first:last]

    def all_gather(self, mine: T) -> list[T]:
        """Return each process's value, in the order of ranks."""
        found: list[Any] = [mine] * self.size
        if self.size > 1:
            dist.all_gather_object(found, mine)
        return found

    def broadcast(self, said: T) -> T:
        """Return the first process's value."""
        found = [said]
        if self.size > 1:
            dist.broadcast_object_list(found, 0)
        return found[0]

    def add_gradients(self, values: Iterable[Tensor]) -> None:
        """Sum gradients of `values` over all processes; a missing gradient counts as zero."""
        if self.size > 1:
            for value in values:
                value.grad = torch.zeros_like(value) if value.grad is None else value.grad
                dist.all_reduce(value.grad)

    def merge_rows(self, bank: Bank, mine: Tensor, before: Sequence[Tensor]) -> Tensor:
        """Give every process the rows of `bank` that each has trained; return the sorted positions
        of all changed rows.

        `mine` (m,) are the positions that this process trained, `before` their former rows (m, d)
        per layer. If several processes change a row, their updates are summed in the order of
        ranks, so that all processes get the same bits; facts that this breaks are retrained.
        """
        trained = [rows[mine] for rows in bank.rows]
        changes = [(now != was).any(1) for now, was in zip(trained, before, strict=True)]
        moved = torch.stack(changes).any(0)
        positions = self.all_gather(mine[moved])
        found, counts = torch.cat(positions).unique(return_counts=True)
        contested = found[counts > 1]
        for rows, now, was in zip(bank.rows, trained, before, strict=True):
            # row = start + sum over ranks of (row of the rank - start), for rows that several
            # changed. Start from the former rows, which are the same in every process.
            rows[mine] = was
            start = rows[contested].float()
            total = start.clone()
            for rank, places in enumerate(positions):
                values = now[moved] if rank == self.rank else rows[places]
                # As bytes, so that the backend need not know the rows' type.
                dist.broadcast(values.view(torch.uint8), rank)
                rows[places] = values
                here = torch.isin(places, contested)
                at = torch.searchsorted(contested, places[here])
                total[at] += values[here].float() - start[at]
            rows[contested] = total.to(rows.dtype)
        return found


ALONE = Team()


@contextmanager
def join() -> Iterator[Team]:
    """Join the process group that this process was started in. Raises LaunchError if the processes
    cannot meet.
    """
    if int(os.environ.get("WORLD_SIZE", "").strip() or 1) == 1:
        yield ALONE
        return
    # An embedder may have made the process group; then it is also the embedder's to destroy.
    started = dist.is_initialized()
    if not started:
        # gloo works on CPU tensors and everywhere; the facts' rows are merged on the CPU.
        try:
            dist.init_process_group("gloo", timeout=PATIENCE)
        except (RuntimeError, ValueError) as error:
            raise LaunchError(f"the processes of this tune cannot meet: {error}") from error
    try:
        yield Team(dist.get_rank(), dist.get_world_size())
    finally:
        if not started:
            dist.destroy_process_group()
