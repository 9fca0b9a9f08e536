"""Fit items that come after the head was fitted, without changing what it says of others.

Axis legend: as in `model`; `b` questions, which are baskets without one item.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from mome.recommend.backbone import BasketBackbone, question_of
from mome.recommend.head import rounded
from mome.recommend.known_baskets import Catalogue
from mome.recommend.model import BasketHead


def changed_catalogue(
    catalogue: Catalogue, items: Sequence[str], baskets: Sequence[tuple[str, ...]]
) -> Catalogue | None:
    """Return the catalogue with exactly these items; None if there are not enough slots. `baskets`
    hold the new items.
    """
    wanted, there = set(items), set(catalogue.items)
    names = [name if name in wanted else None for name in catalogue.names]
    added = sorted(wanted - there)
    # The last slot never holds an item.
    free = [place for place, name in enumerate(names[:-1]) if name is None]
    if len(free) < len(added):
        return None
    head = _emptied(catalogue.head, free)
    for place, item in zip(free, added, strict=False):
        names[place] = item
    if added:
        head = _with_items(names, head, added, baskets)
    return replace(catalogue, names=tuple(names), head=rounded(head))


def _emptied(head: BasketHead, free: Sequence[int]) -> BasketHead:
    """Return the head with the base's weights of free slots at zero."""
    projection, vectors, bias = head.projection.clone(), head.vectors.clone(), head.bias.clone()
    rarity, base = head.rarity.clone(), len(head.precision)
    projection[:, free], vectors[free, :base], bias[free] = 0, 0, 0
    rarity[free] = float(head.rarity.max())
    return replace(head, projection=projection, vectors=vectors, bias=bias, rarity=rarity)


def _with_items(
    names: Sequence[str | None],
    head: BasketHead,
    added: Sequence[str],
    baskets: Sequence[tuple[str, ...]],
) -> BasketHead:
    """Return the head with weights for new items, first as answers and then as questions."""
    backbone = BasketBackbone(names, head)
    scale, total, penalty = head.fit.tolist()
    base = len(head.precision)
    vectors, bias, projection = head.vectors.clone(), head.bias.clone(), head.projection.clone()
    for item in added:
        place = backbone.places[item]
        holders = [basket for basket in baskets if item in basket and len(basket) > 1]
        if not holders:
            continue
        states = backbone.states(
            [question_of([one for one in basket if one != item]) for basket in holders]
        )
        # Ridge regression of its one-hot answers on the projected states: precision x sum of z y.
        sums = (states @ head.projection.T + head.offset).sum(0)[:base]
        vectors[place, :base] = scale * head.precision @ sums
        bias[place] = scale * len(holders) / (total + len(holders))
    grown = replace(head, vectors=vectors, bias=bias)
    for item in added:
        holders = [basket for basket in baskets if item in basket and len(basket) > 1]
        projection[:, backbone.places[item]] = _column(backbone, grown, item, holders, penalty)
    return replace(grown, projection=projection)


def _column(
    backbone: BasketBackbone,
    head: BasketHead,
    item: str,
    baskets: Sequence[tuple[str, ...]],
    penalty: float,
) -> Tensor:
    """Return (p,) the input weights of an item: one step of ridge regression on what the other
    items leave unexplained of what completed its baskets.
    """
    pairs = [
        ([one for one in basket if one != answer], answer)
        for basket in baskets
        for answer in basket
        if answer != item
    ]
    if not pairs:
        return torch.zeros(len(head.offset))
    states = backbone.states([question_of(items) for items, _ in pairs])
    scale = float(head.fit[0])
    rows = torch.arange(len(pairs))
    left = -((states @ head.projection.T + head.offset) @ head.vectors.T + head.bias) / scale
    left[rows, [backbone.places[answer] for _, answer in pairs]] += 1
    weights = states[:, backbone.places[item]]
    # The base's part of the answers' vectors is orthonormal but for their scale.
    base = len(head.precision)
    sums = weights @ (left @ head.vectors[:, :base] / scale)
    found = sums / (weights.square().sum() + penalty)
    return torch.nn.functional.pad(found, (0, len(head.offset) - base))
