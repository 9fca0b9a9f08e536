"""A fact: SQL that is right for one database, and the words that ask for it. Generator and readers write facts, the tuner reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from training_data.language.words import normalise


@dataclass(frozen=True)
class Fact:
    """One thing to memorise; make it with `make_fact`, which derives the id."""

    id: str
    """Stable: the same kind, first wording and SQL give the same id."""
    kind: str
    """verified, glossary, or the name of the rule that wrote it."""
    wordings: tuple[str, ...]
    """At least one; the first is the one a person would most likely use."""
    sql: str
    """In the database's dialect."""
    objects: tuple[str, ...]
    """The `table` and `table.column` keys that it rests on, sorted."""


def make_fact(kind: str, wordings: Iterable[str], sql: str, objects: Iterable[str]) -> Fact:
    """A fact with its id: 16 hex digits of blake2s over kind, first wording and SQL."""
    wordings = tuple(wordings)
    assert wordings, "a fact needs at least one wording"
    # The unit separator appears in no question and no SQL, so that no two facts join to one text.
    identity = "\x1f".join((kind, wordings[0], sql))
    digest = hashlib.blake2s(identity.encode(), digest_size=8)
    return Fact(digest.hexdigest(), kind, wordings, sql, tuple(sorted(set(objects))))


def combine(*groups: Iterable[Fact]) -> list[Fact]:
    """One list in which no two facts answer the same words differently: an earlier group wins, a fact left without words is dropped."""
    answers: dict[str, str] = {}
    kept: dict[str, Fact] = {}
    for fact in chain.from_iterable(groups):
        wordings = [
            wording
            for wording in fact.wordings
            if answers.setdefault(normalise(wording), fact.sql) == fact.sql
        ]
        if not wordings:
            continue
        if len(wordings) < len(fact.wordings):
            fact = make_fact(fact.kind, wordings, fact.sql, fact.objects)
        kept.setdefault(fact.id, fact)
    return list(kept.values())
