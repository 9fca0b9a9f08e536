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
    by_form: dict[str, str] = {}
    for wording in wordings:
        if wording:
            # A value that ends in a full stop, such as `Inc.`, gives a sentence two of them.
            wording = re.sub(r"\.\.$", ".", wording)
            by_form.setdefault(normalise(wording), wording)
    return Draft(sql, tuple(by_form.values()))


def round_robin(iterables: Iterable[Iterable[T]]) -> Iterator[T]:
    """One item of each in turn, until all have run out."""
    remaining = [iter(iterable) for iterable in iterables]
    while remaining:
        running = []
        for iterator in remaining:
            # islice gives no item where the iterator is exhausted, which then leaves the turns.
            for item in islice(iterator, 1):
                yield item
                running.append(iterator)
        remaining = running
