"""The experts of one adapter: a bank of settled experts and a table of those in training.

The holder makes one `Experts` per adapter. An expert moves into the table when a training batch
first routes to it, and stays there until `settle`. The rows of the table are parameters. The table
has a fixed size because an optimizer made before the first batch must know all of its rows; rows
of experts to which a batch does not route get no gradient from it.

Axis legend: `s` experts of the bank, `u` experts in training, `k` experts of a route, `n` known
questions, `q` query width, `d` width.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.distributed import get_world_size, is_available, is_initialized

from mome.errors import MemoryError_
from mome.kernels import InputVectors
from mome.memory.config import MemoryConfig
from mome.memory.experts.bank import Bank, LayerShape
from mome.memory.routing.router import SAME, nearest_known


class Experts:
    """The experts of one adapter, at first without layers and without trained experts.

    `size`: rows of the table; 0 for an adapter that is not trained.
    `width`: width q of the queries.
    """

    def __init__(self, config: MemoryConfig, size: int, width: int) -> None:
        self.config = config
        self.size = size
        self.bank = Bank((), torch.empty(0, dtype=torch.int64), ())
        self.staged = torch.empty(0, dtype=torch.int64)
        """(u,) ids of the experts in training, in the order of their rows in the table."""
        self.table = nn.ParameterList()
        """For each layer (size, d_out)."""
        self._devices: list[torch.device] = []
        self.known = torch.empty(0, width)
        """(n, q) queries of all questions on which the adapter was trained."""

    def add_layer(self, shape: LayerShape, device: torch.device) -> None:
        """Add a memory layer; allowed only while the adapter is being made."""
        self.bank = Bank.empty((*self.bank.layers, shape), torch.float32)
        self._devices.append(device)
        if self.size:
            self.table.append(nn.Parameter(torch.zeros(self.size, shape.d_out, device=device)))

    @property
    def layers(self) -> tuple[LayerShape, ...]:
        """Return the shapes of the memory layers."""
        return self.bank.layers

    @property
    def training(self) -> bool:
        """Return whether the table takes gradients."""
        return any(rows.requires_grad for rows in self.table)

    def learn(self, queries: Tensor) -> None:
        """Add those of the queries (b, q) to the known ones that are not among them yet."""
        score, _ = nearest_known(queries, self.known)
        self.known = torch.cat([self.known, queries[score < SAME]])

    @torch.no_grad()
    def stage(self, ids: Tensor) -> None:
        """Move the experts `ids` (...) into the table, except those that are there.

        Raises MemoryError_ if the table is full or several processes train.
        """
        # Each process would stage other experts, so rows at the same place would not match.
        if is_available() and is_initialized() and get_world_size() > 1:
            raise MemoryError_(
                "a memory trains in one process through PEFT: "
                "start one, or tune it with `mome tune`"
            )
        ids = ids.unique()
        self._copy_to_table(ids[~torch.isin(ids, self.staged)])

    def _copy_to_table(self, new: Tensor) -> None:
        """Append the bank's rows of the experts `new` (n,) to the rows in use."""
        first = len(self.staged)
        last = first + len(new)
        if last > self.size:
            raise MemoryError_(
                f"the memory has room for {self.size} experts in training: "
                "raise `staged` in MomeConfig, or call settle() first"
            )
        for layer, rows in enumerate(self.table):
            rows[first:last] = self.bank.gather(layer, new).to(rows)
        self.staged = torch.cat([self.staged, new])

    def vectors(self, layer: int, ids: Tensor, gates: Tensor) -> InputVectors:
        """Return the input vectors of the experts `ids` (b, k) in one layer, with scaled gates."""
        device = self._devices[layer]
        gates = (gates * self.config.scale).to(device)
        return InputVectors(ids.to(device), gates, self.layers[layer].d_in, self.config.seed, layer)

    def rows(self, layer: int, ids: Tensor) -> Tensor:
        """Return the output rows (..., d_out) of the experts `ids` (...) in one layer.

        Rows of experts in training come from the table and pass gradients to it.
        """
        if not len(self.staged):
            return self.bank.gather(layer, ids)
        # `staged` is in the order of the table; searchsorted needs it sorted.
        order = self.staged.argsort()
        index = torch.searchsorted(self.staged[order], ids).clamp_(max=len(order) - 1)
        places = order[index]
        in_table = (self.staged[places] == ids).unsqueeze(-1)
        table = self.table[layer]
        rows = table[places.to(table.device)].float()
        if in_table.all():
            return rows
        settled = self.bank.gather(layer, ids).to(rows.device)
        return torch.where(in_table.to(rows.device), rows, settled)

    @torch.no_grad()
    def merged(self) -> Bank:
        """Return a bank of all experts; those in training have the rows of the table."""
        bank = self.bank.resized(torch.cat([self.bank.ids, self.staged]))
        # A table on the meta device, before anything is loaded, has no rows to copy.
        if not len(self.staged):
            return bank
        positions, _ = bank.find(self.staged)
        for layer, table in enumerate(self.table):
            bank.rows[layer][positions] = table[: len(self.staged)].to(bank.rows[layer])
        return bank

    def tensors(self) -> dict[str, Tensor]:
        """Return ids and rows of all experts, and the known queries."""
        return self.merged().tensors() | {"known": self.known}

    @property
    def hash(self) -> str:
        """SHA-256 in hex over `tensors`."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self.tensors().items()):
            digest.update(f"{name}{tuple(tensor.shape)}".encode())
            digest.update(tensor.contiguous().numpy().tobytes())
        return digest.hexdigest()

    def settle(self) -> None:
        """Move the experts in training into the bank and empty the table.

        An optimizer made before must be replaced: its state belongs to the experts moved out.
        """
        self.bank = self.merged().pruned()
        nothing_staged = self.staged[:0]
        self.restore(nothing_staged, self.bank, self.known)

    @torch.no_grad()
    def restore(self, staged: Tensor, bank: Bank, known: Tensor) -> None:
        """Replace the bank and the known queries, and stage the experts `staged` in this order.

        Raises MemoryError_ if the table is too small.
        """
        self.bank = replace(bank, layers=self.layers)
        self.known = known
        self.staged = torch.empty(0, dtype=torch.int64)
        for layer, rows in enumerate(self.table):
            # With `low_cpu_mem_usage` PEFT makes the adapter on the meta device, without storage.
            if rows.is_meta:
                empty = torch.empty_like(rows, device=self._devices[layer])
                rows = nn.Parameter(empty, requires_grad=rows.requires_grad)
                self.table[layer] = rows
            rows.zero_()
        if self.size:
            self._copy_to_table(staged)
