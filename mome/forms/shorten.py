"""Leave out of a form what follows from its columns: the FROM clause, or all of it but a table that
no column names. A join that does not follow is written with its condition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.attach import is_complete
from mome.forms.context import Context
from mome.forms.joins import implied_joins
from mome.forms.nodes import Has, form_column
from mome.forms.related import related_rows
from mome.forms.roles import Handle
from mome.forms.trees import direct_columns, nested_queries, sources
from mome.forms.written_joins import WrittenJoins, handles_of, implied_equal, read_joins

Outer = tuple[Mapping[str, Handle], ...]
"""The handles of the sources of the queries around one, the nearest last."""


class Shortener:
    """Shortens the queries of one tree, the outermost first."""

    def __init__(self, context: Context) -> None:
        self._context = context
        # Aliases are unique in a tree, so that a name means the same everywhere in it.
        self._aliases: Counter[str] = Counter()

    def shorten(self, tree: exp.Query, outer: Outer = ()) -> None:
        """Replace the ids of sources by their handles. Raises NotExpressible."""
        if not isinstance(tree, exp.Select):
            for query in nested_queries(tree):
                self.shorten(query, outer)
            return
        inside = list(nested_queries(tree))
        for node in sources(tree):
            if isinstance(node, exp.Subquery):
                self.shorten(node.this, outer)
        handles = self._leave_out(tree) or self._write_all(tree, outer)
        around = (*outer, handles)
        for column in list(direct_columns(tree)):
            handle = _visible(column.table, around)
            name = None if isinstance(column.this, exp.Star) else column.name
            column.replace(form_column(handle[0], name, handle[1:]))
        for query in inside:
            if not self._relate(query, around):
                self.shorten(query, around)

    def _leave_out(self, select: exp.Select) -> dict[str, Handle] | None:
        """Write the shortest FROM clause that implies the joins, and return the handles; None if
        there is none.
        """
        joins = read_joins(select, self._context)
        handles = handles_of(joins, self._context) if joins else None
        if joins is None or handles is None:
            return None
        named = _named_sources(select)
        if not joins.tables or not set(named) <= set(joins.tables):
            return None
        owners = [handles[source] for source in named]
        optional = [handles[source][0] for source in joins.optional]
        for listed in _listings(joins, handles, owners):
            if self._is_implied(joins, handles, owners, listed, optional):
                _write_listed(select, listed, optional)
                return handles
        return None

    def _is_implied(
        self,
        joins: WrittenJoins,
        handles: Mapping[str, Handle],
        owners: Sequence[Handle],
        listed: Sequence[str],
        optional: Sequence[str],
    ) -> bool:
        """Return whether these tables imply the joins as they are written."""
        try:
            first, links = implied_joins(owners, listed, optional, self._context)
        except NotExpressible:
            return False
        joined = {first, *(link.handle for link in links)}
        if joined != set(handles.values()):
            return False
        return implied_equal(links) == joins.by_handle(dict(handles))

    def _relate(self, query: exp.Query, around: Outer) -> bool:
        """Write a query in EXISTS as HAS, and return whether it can be."""
        found = related_rows(query, around[-1], self._context)
        if found is None:
            return False
        inside = list(nested_queries(found.rows))
        for column in list(direct_columns(found.rows)):
            handle = found.handles[column.table]
            column.replace(form_column(handle[0], column.name, handle[1:]))
        for inner in inside:
            if not self._relate(inner, (*around, found.handles)):
                self.shorten(inner, (*around, found.handles))
        where = found.rows.args.get("where")
        table = exp.Table(this=exp.to_identifier(found.table, quoted=True))
        query.parent.replace(Has(this=table, expression=where.this if where else None))
        return True

    def _write_all(self, select: exp.Select, outer: Outer) -> dict[str, Handle]:
        """Write a complete FROM clause and return the handles."""
        taken = {handle[0] for around in outer for handle in around.values()}
        handles: dict[str, Handle] = {}
        for node in sources(select):
            name = self._name(node, taken)
            taken.add(name)
            handles[node.alias] = (name,)
            is_alias = isinstance(node, exp.Subquery) or name != node.name
            alias = exp.TableAlias(this=exp.to_identifier(name)) if is_alias else None
            node.set("alias", alias)
        if handles and not is_complete(select):
            sources(select)[0].set("only", True)
        return handles

    def _name(self, node: exp.Expr, taken: set[str]) -> str:
        """Return the key of a table, or an alias if that is taken or it is a query."""
        if isinstance(node, exp.Table) and node.name not in taken:
            return node.name
        stem = node.name.rpartition(".")[2] if isinstance(node, exp.Table) else "d"
        joiner = "_" if isinstance(node, exp.Table) else ""
        while True:
            self._aliases[stem] += 1
            # The second reading of a table gets the number 2.
            number = self._aliases[stem] + isinstance(node, exp.Table)
            alias = f"{stem}{joiner}{number}"
            if self._context.catalog.table(alias) is None:
                return alias


def _named_sources(select: exp.Select) -> list[str]:
    """Return the sources that own the query's columns, those of its joins left aside."""
    joins = select.args.get("joins")
    select.set("joins", None)
    named = dict.fromkeys(column.table for column in direct_columns(select))
    select.set("joins", joins)
    return list(named)


def _listings(
    joins: WrittenJoins, handles: Mapping[str, Handle], owners: Sequence[Handle]
) -> Iterator[list[str]]:
    """Yield the tables that FROM may list, the fewest first."""
    required = [source for source in joins.tables if source not in joins.optional]
    plain = [handles[source] for source in required if len(handles[source]) == 1]
    # Sorted, so that it does not matter in which order SQL joins them.
    unnamed = sorted(handle[0] for handle in plain if handle not in owners)
    if not joins.optional:
        yield []
    elif plain:
        yield [plain[0][0]]
    yield unnamed
    yield sorted(handle[0] for handle in plain)


def _write_listed(select: exp.Select, listed: Sequence[str], optional: Sequence[str]) -> None:
    """Write a FROM clause without conditions, or none."""
    nodes = [exp.Table(this=exp.to_identifier(name, quoted=True)) for name in listed]
    joins = [exp.Join(this=node) for node in nodes[1:]]
    for name in optional:
        table = exp.Table(this=exp.to_identifier(name, quoted=True))
        joins.append(exp.Join(this=table, side="LEFT"))
    select.set("from_", exp.From(this=nodes[0]) if nodes else None)
    select.set("joins", joins or None)


def _visible(source: str, around: Outer) -> Handle:
    """Return the handle of a source. Raises NotExpressible if a nearer source has the same."""
    nearer: set[Handle] = set()
    for handles in reversed(around):
        handle = handles.get(source)
        if handle is not None and handle not in nearer:
            return handle
        nearer |= set(handles.values())
    raise NotExpressible("a column of an outer query that an inner one hides")
