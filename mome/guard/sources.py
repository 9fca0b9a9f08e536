"""FROM items: tables of the catalog, CTEs, derived tables, VALUES and a few functions.

`resolve.py` calls `add_source` for each item, which adds the item's columns to the scope.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from mome.catalog import Table
from mome.errors import Refused
from mome.guard.names import Names, Relation, safe_name, suggestion
from mome.guard.pivots import pivoted
from mome.guard.resolving import SourceResolver
from mome.guard.scope import (
    CTE,
    FromItem,
    Scope,
    refuse_column,
    renamed,
    respell,
    stored_name,
)
from mome.guard.table_functions import function_source


def add_source(resolver: SourceResolver, node: exp.Expr, scope: Scope) -> None:
    """Add a FROM item or a join to the scope. Raises Refused if it may not stand in FROM."""
    match node:
        case exp.Join():
            _add_join(resolver, node, scope)
        case exp.Table(this=exp.Identifier()):
            _add_table(resolver, node, scope)
        case exp.Table() | exp.Lateral(this=exp.Func()):
            _add_function(resolver, node, node.this, scope)
        case exp.Unnest():
            _add_function(resolver, node, node, scope)
        case exp.Subquery() if isinstance(node.unnest(), exp.Table):
            _add_parenthesized_join(resolver, node, scope)
        case exp.Subquery() | exp.Lateral(this=exp.Subquery()) | exp.Values():
            _add_derived_table(resolver, node, scope)
        case _:
            raise Refused(f"{type(node).__name__} may not stand in FROM")
    for pivot in node.args.get("pivots") or ():
        _add_pivot(resolver, pivot, scope)
    # sqlglot hangs the joins inside a parenthesis on their first table.
    for join in node.args.get("joins") or ():
        add_source(resolver, join, scope)


def _add_pivot(resolver: SourceResolver, node: exp.Pivot, scope: Scope) -> None:
    """Replace the last FROM item by what PIVOT or UNPIVOT makes of it."""
    source = scope.sources.pop()
    resolve = resolver.resolve_expression
    relation = pivoted(node, source, scope, resolve, resolver.sizes, resolver.engine)
    _add_columns(resolver, "", relation, node.args.get("alias"), scope)


def _add_join(resolver: SourceResolver, node: exp.Join, scope: Scope) -> None:
    """Add a joined item to the scope and merge the columns of USING or NATURAL."""
    left = list(scope.sources)
    add_source(resolver, node.this, scope)
    right = scope.sources[len(left) :]
    left_names = _column_names(left)
    right_names = _column_names(right)
    if node.method == "NATURAL":
        for name in left_names & right_names:
            _merge(resolver, name, left, right, scope)
    for identifier in node.args.get("using") or ():
        name = stored_name(identifier, resolver.engine)
        if name.lower() not in left_names or name.lower() not in right_names:
            refuse_column(identifier, scope, resolver.engine)
        spelling = _merge(resolver, name, left, right, scope)
        respell(identifier, spelling, resolver.names)
    if node.kind in ("SEMI", "ANTI"):
        # The right side is in sight in the condition alone.
        resolver.resolve_expression(node.args.get("on"), scope)
        del scope.sources[len(left) :]
        scope.links = [link for link in scope.links if max(link) < len(left)]
    else:
        scope.conditions.append(node.args.get("on"))


def _column_names(sources: Sequence[FromItem]) -> set[str]:
    """Return the names of all columns of these items, in lower case."""
    return {name.lower() for source in sources for name in source.relation.names}


def _merge(
    resolver: SourceResolver,
    name: str,
    left: Sequence[FromItem],
    right: Sequence[FromItem],
    scope: Scope,
) -> str:
    """Merge the columns of this name on both sides of a join; return the right one's spelling."""
    scope.merged.add(name.lower())
    merged = []
    for source in (*left, *right):
        output = source.relation.find(name)
        if output is not None:
            merged.append(output)
    holders = {place for place, s in enumerate(scope.sources) if s.relation.find(name)}
    scope.links.append(holders)
    # Both sides have the name in some case; `find` returns none if several spellings match.
    if len(merged) < 2:
        raise Refused(
            f"column {safe_name(name)} is ambiguous: a table has it in more than one spelling"
        )
    for output in merged:
        resolver.record_read(output)
    return merged[-1].name


def _add_table(resolver: SourceResolver, node: exp.Table, scope: Scope) -> None:
    """Add a table of the catalog or the CTE that hides it."""
    names = resolver.names
    schema_node = node.args.get("db")
    alias = node.args.get("alias")
    name = stored_name(node.this, names.engine)
    schema = stored_name(schema_node, names.engine) if schema_node else ""
    # Only an unqualified name can mean a CTE.
    cte = None if schema else _cte_of(name, resolver, scope)
    if cte is not None:
        respell(node.this, cte.name, names)
        _add_columns(resolver, cte.name, _read_cte(cte, node), alias, scope, is_made=True)
        return
    table = _catalog_table(node, name, schema, scope, names)
    respell(node.this, table.name, names)
    if table.schema:
        respell(schema_node, table.schema, names)
    resolver.tables.add(table.key)
    _add_columns(resolver, table.name, names.relation(table), alias, scope, table.schema or "")


def _catalog_table(node: exp.Table, name: str, schema: str, scope: Scope, names: Names) -> Table:
    """Return the catalog's table that a node names. Raises Refused if there is none."""
    table = names.table(schema, name)
    # The prefix of the default schema is dropped. The bare name could then be read as a CTE of that
    # name, so such a query is refused.
    if table is None and schema.lower() == names.default_schema:
        schema = ""
        table = names.table(schema, name)
        if table and name.lower() in scope.ctes:
            raise Refused(f"{safe_name(name)} is also a WITH query: give that one another name")
        node.set("db", None)
    if table is None:
        key = f"{schema}.{name}" if schema else name
        raise Refused(
            f"there is no table {safe_name(name)} in this database{suggestion(key, names.keys)}"
        )
    return table


def _cte_of(name: str, resolver: SourceResolver, scope: Scope) -> CTE | None:
    """Return the CTE that the engine would read under this name, or None.

    PostgreSQL compares names exactly, so a table of exactly this name is not hidden by a CTE that
    differs in case.
    """
    cte = scope.ctes.get(name.lower())
    if cte is None or cte.name == name or not resolver.engine.folds_case:
        return cte
    table = resolver.names.table("", name)
    is_exact = table is not None and table.name == name
    return None if is_exact else cte


def _read_cte(cte: CTE, node: exp.Table) -> Relation:
    """Return the CTE's columns and record a recursive use. Raises Refused if it is not readable."""
    if cte.relation is None:
        raise Refused(
            f"the WITH query {safe_name(cte.name)} cannot be read here: "
            "define it before, and recurse only behind UNION"
        )
    if cte.uses is not None:
        cte.uses.append(node)
    return cte.relation


def _add_columns(
    resolver: SourceResolver,
    name: str,
    relation: Relation,
    alias: exp.TableAlias | None,
    scope: Scope,
    schema: str = "",
    is_made: bool = False,
) -> None:
    """Add columns to the scope, under the alias if there is one."""
    columns: Sequence[exp.Identifier] = ()
    if alias is not None:
        columns = [c.this if isinstance(c, exp.ColumnDef) else c for c in alias.columns]
        # An alias replaces the table's name: the schema cannot be written before it.
        if alias.this:
            name = stored_name(alias.this, resolver.engine)
            schema = ""
    item = FromItem(name, renamed(relation, columns, resolver.engine), schema, is_made)
    scope.add(item, resolver.names.is_exact)


def _add_parenthesized_join(resolver: SourceResolver, node: exp.Subquery, scope: Scope) -> None:
    """Add the tables of a join in parentheses."""
    if node.args.get("pivots"):
        raise Refused("PIVOT and UNPIVOT may not follow a join in parentheses")
    if node.args.get("alias"):
        raise Refused("a join in parentheses may have no alias: give one to each table in it")
    add_source(resolver, node.this, scope)


def _add_derived_table(
    resolver: SourceResolver, node: exp.Subquery | exp.Lateral | exp.Values, scope: Scope
) -> None:
    """Add a derived table. It sees the items before it only if it is LATERAL, or in DuckDB."""
    is_lateral = isinstance(node, exp.Lateral)
    query = node.this if is_lateral else node
    outer = scope if is_lateral or resolver.engine.sees_siblings else scope.outer
    relation = resolver.resolve_query(query, scope.ctes, outer)
    _add_columns(resolver, "", relation, node.args.get("alias"), scope, is_made=True)


def _add_function(resolver: SourceResolver, node: exp.Expr, call: exp.Expr, scope: Scope) -> None:
    """Add a function in FROM."""
    name, relation = function_source(resolver, node, call, scope)
    _add_columns(resolver, name, relation, node.args.get("alias"), scope, is_made=True)
