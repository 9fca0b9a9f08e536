"""What a rule hands to the generator, a syntax tree and its wordings not yet checked, and how several rules take turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sqlglot import exp

from training_data.language.words import normalise

T = TypeVar("T")


@dataclass(frozen=True)
class Draft:
    """A fact to be."""

    sql: exp.Query
    wordings: tuple[str, ...]
    """The most likely first."""


def draft(sql: exp.Query, *wordings: str | None) -> Draft:
    """A draft of the wordings that there are, the first of those that read the same; a value that ends in a full stop ends its sentence."""
    told = [re.sub(r"\.\.$", ".", wording) for wording in wordings if wording]
    once: dict[str, str] = {}
    for wording in told:
        once.setdefault(normalise(wording), wording)
    return Draft(sql, tuple(once.values()))


def round_robin(iterables: Iterable[Iterable[T]]) -> Iterator[T]:
    """One item of each in turn, until all have run out."""
    left = [iter(iterable) for iterable in iterables]
    while left:
        running = []
        for iterator in left:
            for item in islice(iterator, 1):
                yield item
                running.append(iterator)
        left = running
