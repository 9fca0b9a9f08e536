"""Rows of another table that belong to a row: HAS(orders), NO(orders, c), EVERY(orders, c).

The join path from the query's own tables to the other one says which rows belong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.nodes import Every, Has, HasNo
from mome.forms.roles import Handle, Pairs, pairs_of, usable_keys


class RelatedRows(exp.Select):
    """The query of rows that belong to those of the query around it, before its joins are written.

    Its FROM clause names the table alone.
    """


@dataclass(frozen=True)
class TableRelation:
    """How rows of a table belong to those of the query around."""

    outer: Handle
    entry: str
    """The first table on the way; the table itself if it is next to the outer one."""
    pairs: Pairs
    """The columns that are equal, the outer one first."""
    tables: tuple[str, ...]
    """The tables on the way, the table itself last."""


def relation(outer: Iterable[Handle], table: str, context: Context) -> TableRelation:
    """Return how a table is related to the first of the outer ones that is nearest. Raises
    NotExpressible.
    """
    plain = [handle[0] for handle in outer if len(handle) == 1]
    own = _own_key(table, context) if table in plain else None
    if own is not None:
        return TableRelation((table,), table, own, (table,))
    # A query in FROM has no keys, and a row is not its own part.
    known = [name for name in plain if name != table and context.catalog.table(name)]
    path = context.graph.path(known, [table])
    if not path:
        raise NotExpressible("tables that no key connects")
    first = path[0]
    tables = tuple(edge.right for edge in path)
    return TableRelation((first.left,), first.right, first.pairs, tables)


def _own_key(name: str, context: Context) -> Pairs | None:
    """Return the columns by which other rows of a table belong to a row of it; None if none do."""
    table = context.catalog.table(name)
    assert table is not None
    for key in usable_keys(context.catalog, table):
        if context.catalog.table(key.ref_table) is table:
            return tuple((outer, inner) for inner, outer in pairs_of(key))
    return None


def write_relations(tree: exp.Expr) -> None:
    """Write HAS, NO and EVERY as queries of related rows."""
    for node in reversed(list(tree.find_all(Has, HasNo, Every))):
        condition = node.args.get("expression")
        if isinstance(node, Every):
            rows, others = _rows(node, None), _rows(node, exp.Not(this=condition))
            node.replace(exp.And(this=rows, expression=exp.Not(this=others)))
        elif isinstance(node, HasNo):
            node.replace(exp.Not(this=_rows(node, condition)))
        else:
            node.replace(_rows(node, condition))


def _rows(node: exp.Expr, condition: exp.Expr | None) -> exp.Exists:
    rows = RelatedRows(
        expressions=[exp.Literal.number(1)],
        from_=exp.From(this=node.this.copy()),
        where=exp.Where(this=condition.copy()) if condition is not None else None,
    )
    return exp.Exists(this=rows)


def read_relations(tree: exp.Expr) -> None:
    """Read NOT HAS as NO, and HAS beside NO as EVERY."""
    for node in list(tree.find_all(exp.Not)):
        if isinstance(node.this, Has):
            node.replace(HasNo(**node.this.args))
    for chain in list(tree.find_all(exp.And)):
        if not isinstance(chain.parent, exp.And):
            _read_every(chain)


def _read_every(chain: exp.And) -> None:
    parts = list(chain.flatten(unnest=False))
    for first, second in zip(parts, parts[1:], strict=False):
        condition = second.args.get("expression") if isinstance(second, HasNo) else None
        is_pair = isinstance(first, Has) and not first.args.get("expression")
        if is_pair and first.this == second.this and isinstance(condition, exp.Not):
            every = Every(this=first.this.copy(), expression=condition.this.copy())
            place = parts.index(first)
            parts[place : place + 2] = [every]
            chain.replace(joined(parts))
            return


def joined(parts: Sequence[exp.Expr]) -> exp.Expr:
    """Return conditions joined by AND."""
    result = parts[0].copy()
    for part in parts[1:]:
        result = exp.And(this=result, expression=part.copy())
    return result
