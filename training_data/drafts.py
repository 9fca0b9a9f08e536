"""Drafts: unchecked facts that a rule hands to the generator, and the order in which rules run.

Rules and the glossary make drafts; `generate` and `glossary_facts` check them.
"""

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
    """A syntax tree with its questions, not yet checked on the database."""

    sql: exp.Query
    wordings: tuple[str, ...]
    """Questions that the SQL answers, the most likely first."""


def draft(sql: exp.Query, *wordings: str | None) -> Draft:
    """Return a draft with each wording once.

    `wordings`: the most likely first; None and empty texts are left out. Of several that are equal
    once they are normalised, the first is kept.
    """
    by_form: dict[str, str] = {}
    for wording in wordings:
        if wording:
            # A value that ends in a full stop, such as `Inc.`, gives a sentence two of them.
            wording = re.sub(r"\.\.$", ".", wording)
            by_form.setdefault(normalise(wording), wording)
    return Draft(sql, tuple(by_form.values()))


def round_robin(iterables: Iterable[Iterable[T]]) -> Iterator[T]:
    """Yield one item of each iterable in turn, until all are exhausted."""
    remaining = [iter(iterable) for iterable in iterables]
    while remaining:
        running = []
        for iterator in remaining:
            # islice gives no item where the iterator is exhausted, which then leaves the turns.
            for item in islice(iterator, 1):
                yield item
                running.append(iterator)
        remaining = running
