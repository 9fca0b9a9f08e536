"""What an answer rests on beside its tables and columns: joins, terms, and the rows left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mome.answering.left_out import Term
from mome.answering.live_checks import LiveChecks
from mome.answering.translation import Join
from mome.answering.used_joins import lookups, used_joins
from mome.catalog import Catalog
from mome.sql_tree import parsed


@dataclass(frozen=True)
class Basis:
    """See the fields of the same names in Translation."""

    joins: tuple[Join, ...] = ()
    terms: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """On the rows that its joins leave out."""


def basis(
    question: str, sql: str, catalog: Catalog, terms: Iterable[Term], live: LiveChecks
) -> Basis:
    """Return what an answer in SQL rests on. `terms`: what a glossary defines."""
    tree = parsed(sql, catalog.dialect)
    if tree is None:
        return Basis()
    used = [term.text for term in terms if term.is_asked(question) and term.is_said(tree)]
    notes = []
    for lookup in lookups(tree, catalog):
        lost = live.number(lookup.lost())
        if lost:
            notes.append(lookup.describe(lost))
    return Basis(used_joins(tree, catalog), tuple(used), tuple(notes))
