"""FROM items: tables of the catalog, CTEs, derived tables, VALUES and a few functions.

`resolve.py` calls `add_source` for each item, which adds the item's columns to the scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlglot import exp

from mome.errors import Refused
from mome.guard.engines import GuardDialect
from mome.guard.names import Names, Output, Relation, nearest, shown
from mome.guard.scope import CTE, CTEs, FromItem, Scope, refuse_column, renamed, respell, written
from mome.guard.text import refuse_call


class SourceResolver(Protocol):
    """What FROM items need of the resolver. `resolve.Resolver` implements it and imports this."""

    names: Names
    """The names of the catalog."""
    engine: GuardDialect
    """The catalog's dialect."""
    tables: set[str]
    """Keys of the catalog's tables that the statement reads."""

    def query(self, node: exp.Expr, ctes: CTEs, outer: Scope | None) -> Relation:
        """Resolve a node that returns rows and return its columns."""

    def visit(self, node: exp.Expr | None, scope: Scope) -> None:
        """Resolve the columns and queries inside an expression."""

    def read(self, output: Output) -> None:
        """Record that a column of the catalog is read."""


def add_source(resolver: SourceResolver, node: exp.Expr, scope: Scope) -> None:
    """Add a FROM item or a join to the scope. Raises Refused if it may not stand in FROM."""
    match node:
        case exp.Join():
            _join(resolver, node, scope)
        case exp.Table(this=exp.Identifier()):
            _table(resolver, node, scope)
        case exp.Table() | exp.Lateral(this=exp.Func()):
            _function(resolver, node, node.this, scope)
        case exp.Unnest():
            _function(resolver, node, node, scope)
        case exp.Subquery() if isinstance(node.unnest(), exp.Table):
            _parenthesis(resolver, node, scope)
        case exp.Subquery() | exp.Lateral(this=exp.Subquery()) | exp.Values():
            _derived(resolver, node, scope)
        case _:
            raise Refused(f"{type(node).__name__} may not stand in FROM")
    for join in node.args.get("joins") or ():
        add_source(resolver, join, scope)


def _join(resolver: SourceResolver, node: exp.Join, scope: Scope) -> None:
    """Add a joined item to the scope and merge the columns of USING or NATURAL."""
    before = list(scope.sources)
    add_source(resolver, node.this, scope)
    after = scope.sources[len(before) :]
    if node.method == "NATURAL":
        for name in _names(before) & _names(after):
            _merge(resolver, name, before, after, scope)
    for identifier in node.args.get("using") or ():
        name = written(identifier, resolver.engine)
        if name.lower() not in _names(before) or name.lower() not in _names(after):
            refuse_column(identifier, scope, resolver.engine)
        respell(identifier, _merge(resolver, name, before, after, scope), resolver.names)
    scope.conditions.append(node.args.get("on"))


def _names(sources: Sequence[FromItem]) -> set[str]:
    """Return the names of all columns of these items, in lower case."""
    return {name.lower() for source in sources for name in source.relation.names}


def _merge(
    resolver: SourceResolver,
    name: str,
    before: Sequence[FromItem],
    after: Sequence[FromItem],
    scope: Scope,
) -> str:
    """Merge the columns of this name on both sides of a join; return the right one's spelling."""
    scope.merged.add(name.lower())
    both = [output for source in (*before, *after) if (output := source.relation.find(name))]
    if len(both) < 2:
        raise Refused(
            f"column {shown(name)} is ambiguous: a table has it in more than one spelling"
        )
    for output in both:
        resolver.read(output)
    return both[-1].name


def _table(resolver: SourceResolver, node: exp.Table, scope: Scope) -> None:
    """Add a table of the catalog or the CTE that hides it."""
    names, db, alias = resolver.names, node.args.get("db"), node.args.get("alias")
    name, schema = written(node.this, names.engine), written(db, names.engine) if db else ""
    if not schema and (cte := _with_query(name, resolver, scope)):
        respell(node.this, cte.name, names)
        _place(resolver, cte.name, _read_with_query(cte, node), alias, scope)
        return
    table = names.table(schema, name)
    # The prefix of the default schema is dropped. The bare name could then be read as a CTE of that
    # name, so such a query is refused.
    if table is None and schema.lower() == names.default_schema:
        table, schema = names.table("", name), ""
        if table and name.lower() in scope.ctes:
            raise Refused(f"{shown(name)} is also a WITH query: give that one another name")
        node.set("db", None)
    if table is None:
        raise Refused(
            f"there is no table {shown(name)} in this database"
            f"{nearest(f'{schema}.{name}' if schema else name, names.keys)}"
        )
    respell(node.this, table.name, names)
    if table.schema:
        respell(db, table.schema, names)
    resolver.tables.add(table.key)
    _place(resolver, table.name, names.relation(table), alias, scope, table.schema or "")


def _with_query(name: str, resolver: SourceResolver, scope: Scope) -> CTE | None:
    """Return the CTE that the engine would read under this name, or None.

    PostgreSQL compares names exactly, so a table of exactly this name is not hidden by a CTE that
    differs in case.
    """
    cte = scope.ctes.get(name.lower())
    if cte and cte.name != name and resolver.engine.folds_case:
        table = resolver.names.table("", name)
        return None if table and table.name == name else cte
    return cte


def _read_with_query(cte: CTE, node: exp.Table) -> Relation:
    """Return the CTE's columns and record a recursive use. Raises Refused if it is not readable."""
    if cte.relation is None:
        raise Refused(
            f"the WITH query {shown(cte.name)} cannot be read here: "
            "define it before, and recurse only behind UNION"
        )
    if cte.uses is not None:
        cte.uses.append(node)
    return cte.relation


def _place(
    resolver: SourceResolver,
    name: str,
    relation: Relation,
    alias: exp.TableAlias | None,
    scope: Scope,
    schema: str = "",
) -> None:
    """Add columns to the scope, under the alias if there is one."""
    if alias is not None and alias.this:
        name, schema = written(alias.this, resolver.engine), ""
    columns = alias.columns if alias is not None else ()
    scope.add(FromItem(name, renamed(relation, columns, resolver.engine), schema))


def _parenthesis(resolver: SourceResolver, node: exp.Subquery, scope: Scope) -> None:
    """Add the tables of a join in parentheses."""
    if node.args.get("alias"):
        raise Refused("a join in parentheses may have no alias: give one to each table in it")
    add_source(resolver, node.this, scope)


def _derived(
    resolver: SourceResolver, node: exp.Subquery | exp.Lateral | exp.Values, scope: Scope
) -> None:
    """Add a derived table. It sees the items before it only if it is LATERAL, or in DuckDB."""
    around = (
        scope if isinstance(node, exp.Lateral) or resolver.engine.sees_siblings else scope.outer
    )
    query = node.this if isinstance(node, exp.Lateral) else node
    _place(resolver, "", resolver.query(query, scope.ctes, around), node.args.get("alias"), scope)


def _function(resolver: SourceResolver, node: exp.Expr, call: exp.Expr, scope: Scope) -> None:
    """Add a function in FROM, whose arguments see the items before it."""
    name = call.name.lower() if isinstance(call, exp.Anonymous) else call.sql_name().lower()
    columns = resolver.engine.table_functions.get(name)
    if columns is None:
        refuse_call(name, resolver.engine)
    for argument in call.iter_expressions():
        if not isinstance(argument, exp.TableAlias):
            resolver.visit(argument, scope)
    alias = node.args.get("alias")
    # In PostgreSQL the alias of a function that returns one plain column also names the column.
    if columns == (name,) and alias is not None and alias.this and resolver.engine.folds_case:
        columns = (written(alias.this, resolver.engine),)
    _place(resolver, name, Relation(tuple(Output(column) for column in columns)), alias, scope)
