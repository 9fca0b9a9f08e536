"""Order of memorisation: facts that share experts go into one pool, different facts into one batch.

Axis legend: `n` wordings, `k` experts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import torch
from torch import Tensor

from mome.memory.training.wordings import Wording

CROWD = 2
"""Size limit of a pool that resolves a conflict, relative to other pools."""


def pools(items: Sequence[Wording], size: int) -> Iterator[list[Wording]]:
    """Yield whole facts, about `size` wordings at a time. Facts are sorted by their best expert,
    because neighbours are most likely to share experts.
    """
    # Reversed, so that a fact's first wording, the one that is set last, decides.
    leading = {item.fact: int(item.ids[0]) for item in reversed(items)}
    ordered = sorted(items, key=lambda item: (leading[item.fact], item.fact))
    pool: list[Wording] = []
    for _, wordings in groupby(ordered, key=lambda item: item.fact):
        fact = list(wordings)
        if pool and len(pool) + len(fact) > size:
            yield _in_order(pool)
            pool = []
        pool += fact
    if pool:
        yield _in_order(pool)


def _in_order(items: list[Wording]) -> list[Wording]:
    """Sort first wordings of all facts before second ones, which training their siblings half
    teaches; then by the length of the answer, which a step computes while the prompt is read once.
    """
    return sorted(
        items, key=lambda item: (item.wording, len(item.answer), len(item.question), item.row)
    )


def with_neighbours(
    broken: Sequence[Wording], items: Sequence[Wording], positions: Tensor, size: int
) -> Iterator[list[Wording]]:
    """Yield `broken` items in pools with those of `items` that share experts with them; `positions`
    (n, k) are positions in the bank.

    Such a pool may be `CROWD` times as large as others, because an item left out of it may be
    broken by it in turn.
    """
    for first in range(0, len(broken), size):
        chunk = broken[first : first + size]
        own = {item.row for item in chunk}
        shared = torch.isin(positions, positions[sorted(own)].unique()).sum(1)
        near = [item for item in items if shared[item.row] and item.row not in own]
        # Most shared experts first: if the pool is full, those that suffer least are left out.
        near.sort(key=lambda item: -int(shared[item.row]))
        yield _in_order([*chunk, *near[: CROWD * size - len(chunk)]])
