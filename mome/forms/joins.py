"""The joins that a form leaves out: they follow from the tables that it names.

`attach` writes them, `shorten` leaves them out if they are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.roles import Handle, Pairs, key_from, owner, pairs_of


@dataclass(frozen=True)
class ImpliedJoin:
    """A table of a query with its join to one before it."""

    handle: Handle
    parent: Handle
    pairs: Pairs
    """The columns that are equal; the first of each belongs to the parent."""
    is_left: bool
    """Whether rows of the parent without a match stay."""


def implied_joins(
    handles: Sequence[Handle], listed: Sequence[str], optional: Sequence[str], context: Context
) -> tuple[Handle, list[ImpliedJoin]]:
    """Return the first table and the joins of the others.

    handles: what the query's columns belong to.
    listed: more tables that it reads.
    optional: tables that are joined by LEFT JOIN, in their order.
    Raises NotExpressible if there is no table, or no key connects them.
    """
    tables = [handle[0] for handle in handles if handle[0] not in optional]
    tables = list(dict.fromkeys([*tables, *listed]))
    if not tables:
        raise NotExpressible("a query without a table")
    edges = context.graph.tree(tables)
    if edges is None:
        raise NotExpressible("tables that no key connects")
    links = [ImpliedJoin((edge.right,), (edge.left,), edge.pairs, False) for edge in edges]
    links += _optional_joins([tables[0], *(edge.right for edge in edges)], optional, context)
    links += _role_joins(handles, optional, context)
    return (tables[0],), links


def _optional_joins(
    joined: list[str], optional: Iterable[str], context: Context
) -> Iterable[ImpliedJoin]:
    for table in optional:
        path = context.graph.path(joined, [table])
        if path is None:
            raise NotExpressible("tables that no key connects")
        for edge in path:
            joined.append(edge.right)
            yield ImpliedJoin((edge.right,), (edge.left,), edge.pairs, True)


def _role_joins(
    handles: Sequence[Handle], optional: Sequence[str], context: Context
) -> Iterable[ImpliedJoin]:
    """Yield the joins of tables that key columns lead to."""
    seen: set[Handle] = set()
    for handle in handles:
        for length in range(2, len(handle) + 1):
            role, parent = handle[:length], handle[: length - 1]
            if role in seen:
                continue
            seen.add(role)
            key = key_from(context.catalog, owner(context.catalog, parent), role[-1])
            yield ImpliedJoin(role, parent, pairs_of(key), role[0] in optional)
