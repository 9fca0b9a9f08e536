"""Facts: SQL that is right for one database, with the questions that ask for it.

The generator and the readers of given files make facts; the tuner trains on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from training_data.language.words import normalise


@dataclass(frozen=True)
class Fact:
    """One thing to memorise. `make_fact` derives the id."""

    id: str
    """Stable: the same kind, first wording and SQL give the same id."""
    kind: str
    """`verified`, `glossary`, or the name of the rule that wrote the fact."""
    wordings: tuple[str, ...]
    """Questions, at least one; the first is the one that a person would most likely ask."""
    sql: str
    """The answer, in the dialect of the database."""
    objects: tuple[str, ...]
    """The `table` and `table.column` keys that the SQL refers to, sorted."""


def make_fact(kind: str, wordings: Iterable[str], sql: str, objects: Iterable[str]) -> Fact:
    """Return a fact with its id: 16 hex digits of blake2s over kind, first wording and SQL."""
    wordings = tuple(wordings)
    assert wordings, "a fact needs at least one wording"
    # The unit separator appears in no question and no SQL, so that no two facts join to one text.
    identity = "\x1f".join((kind, wordings[0], sql))
    digest = hashlib.blake2s(identity.encode(), digest_size=8)
    return Fact(digest.hexdigest(), kind, wordings, sql, tuple(sorted(set(objects))))


def combine(*groups: Iterable[Fact]) -> list[Fact]:
    """Return one list in which no two facts answer the same question with different SQL.

    Of two answers to a question, the one in the earlier group is kept. A fact that loses all of
    its wordings is dropped; one that loses some gets a new id if the first is among them.
    """
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
