"""Give a form its FROM clauses: each query reads the tables that own its columns, joined by keys.

Sources get ids, which `aliases` replaces by names. A FROM clause with a condition, an alias, a
query or the word ONLY is complete: then a column of another table belongs to a query around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.joins import ImpliedJoin, implied_joins
from mome.forms.nodes import FormColumn, form_column, steps
from mome.forms.relations import RelatedRows, joined, relation
from mome.forms.roles import Handle, Pairs, key_from, owner, pairs_of
from mome.forms.trees import direct_columns, given_arguments, nested_queries, sources


@dataclass
class FormScope:
    """The sources of one query by what the form calls them."""

    ids: dict[Handle, str] = field(default_factory=dict)
    outer: FormScope | None = None


def attach_sources(tree: exp.Query, context: Context, outer: FormScope | None = None) -> None:
    """Write the FROM clauses of a form's queries. Raises NotExpressible."""
    if not isinstance(tree, exp.Select):
        for query in nested_queries(tree):
            attach_sources(query, context, outer)
        return
    scope = FormScope(outer=outer)
    # Queries in FROM cannot see their neighbours.
    for source in sources(tree):
        if isinstance(source, exp.Subquery):
            attach_sources(source.this, context, outer)
    inside = list(nested_queries(tree))
    if isinstance(tree, RelatedRows):
        tree = _add_related(tree, scope, context)
    elif is_complete(tree):
        _name_sources(tree, scope, context)
    else:
        _add_implied(tree, scope, context)
    _place_columns(tree, scope, context)
    for query in inside:
        attach_sources(query, context, scope)


def is_complete(select: exp.Select) -> bool:
    """Return whether a FROM clause names everything that the query reads."""
    nodes = sources(select)
    if any(join.args.get("on") for join in select.args.get("joins") or []):
        return True
    if any(isinstance(node, exp.Subquery) or node.alias for node in nodes):
        return True
    return bool(nodes and nodes[0].args.get("only"))


def _name_sources(select: exp.Select, scope: FormScope, context: Context) -> None:
    """Give the sources of a complete FROM clause their ids."""
    for node in sources(select):
        if isinstance(node, exp.Subquery):
            name, source = node.alias, context.new_source(None)
        else:
            node.set("only", None)
            name = node.alias or node.name
            source = context.new_source(context.catalog.table(node.name))
        if (name,) in scope.ids:
            raise NotExpressible(f"{name} stands for two sources")
        scope.ids[name,] = source
        node.set("alias", exp.TableAlias(this=exp.to_identifier(source)))


def _add_implied(select: exp.Select, scope: FormScope, context: Context) -> None:
    """Write the FROM clause that follows from the query's columns."""
    listed, optional = listed_tables(select)
    handles = list(dict.fromkeys(steps(column) for column in direct_columns(select)))
    if not handles and not listed and not select.args.get("where"):
        return
    first, links = implied_joins(handles, listed, optional, context)
    select.set("from_", exp.From(this=_source(first, scope, context)))
    select.set("joins", [_join(link, scope, context) for link in links])


def _add_related(rows: RelatedRows, scope: FormScope, context: Context) -> exp.Select:
    """Write the FROM clause and the condition of rows that belong to those of the query around."""
    outer = scope.outer.ids if scope.outer is not None else {}
    found = relation(outer, sources(rows)[0].name, context)
    handles = list(dict.fromkeys(steps(column) for column in direct_columns(rows)))
    first, links = implied_joins(handles, found.tables, (), context)
    select = exp.Select(**rows.args)
    rows.replace(select)
    select.set("from_", exp.From(this=_source(first, scope, context)))
    select.set("joins", [_join(link, scope, context) for link in links])
    equal = _equal(outer[found.outer], scope.ids[(found.entry,)], found.pairs)
    where = select.args.get("where")
    select.set("where", exp.Where(this=joined([equal, where.this] if where else [equal])))
    return select


def listed_tables(select: exp.Select) -> tuple[list[str], list[str]]:
    """Return the tables that an incomplete FROM clause adds, and those of LEFT JOIN. Raises
    NotExpressible.
    """
    listed = [node.name for node in sources(select)][:1]
    optional = []
    for join in select.args.get("joins") or []:
        if set(given_arguments(join)) - {"this", "side"} or join.side not in ("", "LEFT"):
            raise NotExpressible("a join of another kind")
        (optional if join.side else listed).append(join.this.name)
    return listed, optional


def _source(handle: Handle, scope: FormScope, context: Context) -> exp.Table:
    """Return the node of a new source."""
    table = owner(context.catalog, handle)
    scope.ids[handle] = context.new_source(table, handle[-1] if len(handle) > 1 else "")
    return _table(table.key, scope.ids[handle])


def _table(key: str, source: str) -> exp.Table:
    alias = exp.TableAlias(this=exp.to_identifier(source))
    return exp.Table(this=exp.to_identifier(key, quoted=True), alias=alias)


def _join(link: ImpliedJoin, scope: FormScope, context: Context) -> exp.Join:
    node = _source(link.handle, scope, context)
    on = _equal(scope.ids[link.parent], scope.ids[link.handle], link.pairs)
    return exp.Join(this=node, on=on, side="LEFT" if link.is_left else None)


def _equal(left: str, right: str, pairs: Pairs) -> exp.Expr:
    """Return the condition that pairs of columns of two sources are equal."""
    conditions = []
    for first, second in pairs:
        this = form_column(left, first)
        conditions.append(exp.EQ(this=this, expression=form_column(right, second)))
    return exp.and_(*conditions)


def _place_columns(select: exp.Select, scope: FormScope, context: Context) -> None:
    """Replace what the form calls a source by its id."""
    for column in list(direct_columns(select)):
        if isinstance(column, FormColumn) and context.table(column.table) is None:
            source = _find(steps(column), select, scope, context)
            name = None if isinstance(column.this, exp.Star) else column.name
            column.replace(form_column(source, name))


def _find(handle: Handle, select: exp.Select, scope: FormScope, context: Context) -> str:
    """Return the id of a source of this query or of one around it."""
    here: FormScope | None = scope
    while here is not None:
        if handle in here.ids:
            return here.ids[handle]
        if here is scope and handle[:1] in here.ids:
            return _follow(handle, select, scope, context)
        here = here.outer
    raise NotExpressible(f"a column of {handle[0]}, which is not joined")


def _follow(handle: Handle, select: exp.Select, scope: FormScope, context: Context) -> str:
    """Join the tables that the key columns of a handle lead to; return the last one's id."""
    parent = scope.ids[handle[:1]]
    for length in range(2, len(handle) + 1):
        role = handle[:length]
        if role not in scope.ids:
            table = context.table(parent)
            if table is None:
                raise NotExpressible("a key of a query in FROM")
            key = key_from(context.catalog, table, role[-1])
            scope.ids[role] = context.new_source(context.catalog.table(key.ref_table), role[-1])
            on = _equal(parent, scope.ids[role], pairs_of(key))
            joined = _table(key.ref_table, scope.ids[role])
            select.append("joins", exp.Join(this=joined, on=on))
        parent = scope.ids[role]
    return parent
