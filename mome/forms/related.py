"""Find queries in EXISTS whose rows belong to those around by keys; `shorten` calls it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.joins import implied_joins
from mome.forms.nodes import FormColumn
from mome.forms.relations import TableRelation, joined, relation
from mome.forms.roles import Handle
from mome.forms.trees import given_arguments
from mome.forms.written_joins import WrittenJoins, handles_of, implied_equal, read_joins

Ties = set[tuple[tuple[str, str], tuple[str, str]] | None]
"""Pairs of an outer and an inner column, each with its source."""
_CLAUSES = {"expressions", "from_", "joins", "where"}


@dataclass(frozen=True)
class Related:
    """A query in EXISTS that HAS can say."""

    rows: exp.Select
    """The query, without what HAS leaves out."""
    table: str
    handles: dict[str, Handle]
    """The handles of its sources."""


def related_rows(query: exp.Query, outer: Mapping[str, Handle], context: Context) -> Related | None:
    """Return what HAS says of a query; None if HAS cannot say it."""
    if not isinstance(query, exp.Select) or not isinstance(query.parent, exp.Exists):
        return None
    joins = read_joins(query, context) if set(given_arguments(query)) <= _CLAUSES else None
    handles = handles_of(joins, context) if joins and not joins.optional else None
    where = query.args.get("where")
    if joins is None or handles is None or where is None:
        return None
    parts = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    ties = [part for part in parts if any(c.table not in joins.tables for c in _columns(part))]
    pairs = {_tie(part, joins) for part in ties}
    others = [part for part in parts if part not in ties]
    owners = dict.fromkeys(column.table for part in others for column in _columns(part))
    named = [handles[source] for source in owners]
    for table, found in _relations(outer, handles, context):
        if None in pairs or not _is_tied(pairs, found, handles, outer):
            continue
        if _is_joined(found, named, joins, handles, context):
            query.set("where", exp.Where(this=joined(others)) if others else None)
            query.set("expressions", [exp.Literal.number(1)])
            query.set("joins", None)
            return Related(query, table, handles)
    return None


def _columns(part: exp.Expr) -> list[FormColumn]:
    """Return the columns of a condition, those of queries inside it left aside."""
    select = part.parent_select
    return [column for column in part.find_all(FormColumn) if column.parent_select is select]


def _tie(part: exp.Expr, joins: WrittenJoins) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """Return the outer and the inner column that a condition sets equal."""
    left, right = part.args.get("this"), part.args.get("expression")
    if not isinstance(part, exp.EQ) or not isinstance(left, FormColumn):
        return None
    if not isinstance(right, FormColumn):
        return None
    if left.table in joins.tables:
        left, right = right, left
    if left.table in joins.tables or right.table not in joins.tables:
        return None
    return (left.table, left.name), (right.table, right.name)


def _relations(
    outer: Mapping[str, Handle], handles: Mapping[str, Handle], context: Context
) -> Iterator[tuple[str, TableRelation]]:
    """Yield the tables that HAS may name, the farthest first, and how each is related."""
    found = []
    for handle in handles.values():
        try:
            related = relation(outer.values(), handle[0], context)
        except NotExpressible:
            continue
        found.append((handle[0], related))
    yield from sorted(found, key=lambda entry: (-len(entry[1].tables), entry[0]))


def _is_tied(
    pairs: Ties, found: TableRelation, handles: Mapping[str, Handle], outer: Mapping[str, Handle]
) -> bool:
    """Return whether the columns of both queries that are equal are those of a relation."""
    for left, right in pairs:
        if outer.get(left[0]) != found.outer or handles[right[0]] != (found.entry,):
            return False
    return {(left[1], right[1]) for left, right in pairs} == set(found.pairs)


def _is_joined(
    found: TableRelation,
    named: list[Handle],
    joins: WrittenJoins,
    handles: dict[str, Handle],
    context: Context,
) -> bool:
    """Return whether a relation and the columns of the conditions imply a query's joins."""
    try:
        first, links = implied_joins(named, found.tables, (), context)
    except NotExpressible:
        return False
    is_whole = {first, *(link.handle for link in links)} == set(handles.values())
    return is_whole and implied_equal(links) == joins.by_handle(handles)
