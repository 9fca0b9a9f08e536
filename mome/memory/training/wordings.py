"""The wordings of a tune: which experts each has, how far it is, and what is reported of it.

`tuner` makes them, `pool` trains them. Axis legend: `n` wordings, `k` experts.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mome.memory.memory import Memory
from mome.memory.report import WordingRecall
from mome.memory.routing.router import SAME
from mome.memory.training.affected import Reach

# Wordings routed in one call; bounds the memory for scores.
ROUTED_AT_ONCE = 4096


@dataclass(eq=False)
class Wording:
    """One wording in training."""

    question: str
    answer: str
    fact: int
    """Index of its fact."""
    wording: int
    """Index among the fact's wordings."""
    row: int
    """Index among all wordings."""
    ids: Tensor
    """(k,) its experts."""
    gates: Tensor
    """(k,)"""
    exposures: int = 0
    """Training steps that it took part in."""
    chance: float = 0.0
    """Probability of its least certain answer token when last measured."""
    checked: int = 0
    """Version of the bank for which `chance` was measured."""
    reason: str = ""
    """Why it cannot be memorised; empty while it may be."""


def routes(memory: Memory, anchors: Tensor) -> tuple[Tensor, Tensor]:
    """Return the experts (n, k) and gates (n, k) that anchors (n, q) select."""
    parts = [memory.select(chunk) for chunk in anchors.split(ROUTED_AT_ONCE)]
    return torch.cat([ids for ids, _ in parts]), torch.cat([gates for _, gates in parts])


def wordings(reach: Reach, ids: Tensor, gates: Tensor) -> list[Wording]:
    """Return all wordings that take part, in order, with their experts `ids` (n, k).

    If two facts answer one question differently, the later one gets this as its reason.
    """
    items: list[Wording] = []
    first: dict[str, Wording] = {}
    for place, fact in enumerate(reach.facts):
        for index, question in enumerate(fact.wordings):
            row = len(items)
            item = Wording(question, fact.answer, place, index, row, ids[row], gates[row])
            before = reach.said_before(place, index)
            if before:
                item.reason, item.chance = before.reason, before.probability or 0.0
            other = first.setdefault(" ".join(question.casefold().split()), item)
            # Questions that differ in case may have states that differ; such two can be told apart.
            same = float(reach.queries[row] @ reach.queries[other.row]) >= SAME
            if other.answer != item.answer and same:
                item.reason = (
                    f"fact {reach.facts[other.fact].id} gives another answer to the "
                    "same question, and comes first"
                )
            items.append(item)
    return items


def verdict(item: Wording, decoded: str, mastered: float) -> WordingRecall:
    """Return the verdict on a wording; `decoded` says how its decoded answer differs, if it does.

    The first reason wins: it cannot be memorised, its training failed, its decoding differs.
    """
    reason = item.reason
    if not reason and item.chance < mastered:
        reason = (
            f"its least certain token has probability {item.chance:.2f} after "
            f"{item.exposures} training steps"
        )
    reason = reason or decoded
    probability = None if item.reason else round(item.chance, 4)
    return WordingRecall(item.question, not reason, reason, probability, item.exposures)
