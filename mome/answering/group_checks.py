"""Grouped queries that show what no question means: a value of any one row, and a group of NULL.

`candidates` asks the database whether there is such a group before it changes a query.
"""

from __future__ import annotations

from dataclasses import dataclass

from mome.answering.grouping import add_up, ungrouped
from mome.answering.live_checks import LiveChecks
from mome.answering.repairs.groups import groups_of_no_row, leave_out
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog
from mome.errors import Refused


@dataclass(frozen=True)
class SettledGroups:
    """A query whose groups are settled."""

    draft: SqlDraft
    notes: tuple[str, ...]
    """What was changed."""
    doubts: tuple[str, ...]
    """What is shown of any one row of several, and could not be mended."""


def settle_groups(draft: SqlDraft, catalog: Catalog, live: LiveChecks) -> SettledGroups:
    """Add up the quantities that a query takes from any one row of a group, and leave out groups of
    NULL. Without a database nothing is changed.
    """
    found = [] if draft.tree is None else ungrouped(draft.tree, catalog)
    several = [one for one in found if live.has_row(one.probe())]
    added = [one for one in several if one.is_quantity and one.is_of_groups]
    notes = [f"{one.name} was added up within each group" for one in added]
    doubts = [one.describe() for one in several if one not in added]
    draft, more = _without_no_row(add_up(draft, added), catalog, live)
    # A column may stand in several clauses.
    return SettledGroups(draft, _different([*notes, *more]), _different(doubts))


def _without_no_row(
    draft: SqlDraft, catalog: Catalog, live: LiveChecks
) -> tuple[SqlDraft, list[str]]:
    if draft.exact_tree is None:
        return draft, []
    tree = draft.exact_tree.copy()
    found = [one for one in groups_of_no_row(tree, catalog) if live.has_row(one.probe())]
    if not found:
        return draft, []
    leave_out(found)
    try:
        return draft.rewritten(tree), [one.describe() for one in found]
    except Refused:
        return draft, []


def _different(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
