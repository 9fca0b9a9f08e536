"""WITH clauses: resolve their queries and find out what each name means where.

`resolve.py` calls `resolve_ctes` before it resolves a query.
"""

from __future__ import annotations

from sqlglot import exp

from mome.errors import Refused
from mome.guard.names import Relation, safe_name
from mome.guard.recursion import check_recursion_ends, grown
from mome.guard.resolving import QueryResolver
from mome.guard.scope import CTE, CTEs, Scope, renamed, stored_name, united


def resolve_ctes(
    resolver: QueryResolver, node: exp.With | None, ctes: CTEs, outer: Scope | None
) -> CTEs:
    """Resolve the queries of a WITH clause in order and return all CTEs in scope after it.

    Each query may read only those before it and, if recursive, itself.
    """
    if node is None:
        return ctes
    recursive = bool(node.args.get("recursive")) or resolver.engine.always_recursive
    known = dict(ctes)
    # All names are registered first, as not readable yet: a query that reads a later CTE's name
    # is refused, because engines disagree on whether that means a table of this name.
    for cte in node.expressions:
        name = stored_name(cte.args["alias"].this, resolver.engine)
        if known.get(name.lower()) is not ctes.get(name.lower()):
            raise Refused(f"two WITH queries are called {safe_name(name)}")
        known[name.lower()] = CTE(name, None)
    for cte in node.expressions:
        name = stored_name(cte.args["alias"].this, resolver.engine)
        relation = _resolve_cte(resolver, cte, name, known, ctes, outer, recursive)
        known[name.lower()] = CTE(name, relation)
    return known


def _resolve_cte(
    resolver: QueryResolver,
    node: exp.CTE,
    name: str,
    known: CTEs,
    before: CTEs,
    outer: Scope | None,
    recursive: bool,
) -> Relation:
    """Resolve one query of a WITH clause.

    known: the CTEs of this clause and around it.
    before: the CTEs around this clause only.
    """
    if recursive and isinstance(node.this, exp.Union):
        return _resolve_recursive_cte(resolver, node, name, known, outer)
    inside = dict(known)
    # Without RECURSIVE the CTE's own name means what it meant outside: a table or an outer CTE.
    if not recursive:
        del inside[name.lower()]
        if name.lower() in before:
            inside[name.lower()] = before[name.lower()]
    relation = resolver.resolve_query(node.this, inside, outer)
    return renamed(relation, node.args["alias"].columns, resolver.engine)


def _resolve_recursive_cte(
    resolver: QueryResolver, node: exp.CTE, name: str, known: CTEs, outer: Scope | None
) -> Relation:
    """Resolve a recursive UNION, whose second half may read the CTE; its first half may not."""
    union = node.this
    known = resolve_ctes(resolver, union.args.get("with_"), known, outer)
    first = resolver.resolve_query(union.this, known, outer)
    relation = renamed(first, node.args["alias"].columns, resolver.engine)
    uses: list[exp.Table] = []
    inside = {**known, name.lower(): CTE(name, relation, uses)}

    def again(so_far: Relation) -> Relation:
        """Resolve the second half with other bounds of the first half's columns."""
        ctes = {**known, name.lower(): CTE(name, so_far, [])}
        return resolver.resolve_query(union.expression, ctes, outer)

    step = resolver.resolve_query(union.expression, inside, outer)
    # Each level would multiply the passes over the innermost one.
    if uses and any(cte.uses is not None for cte in known.values()):
        raise Refused("a recursive query may not stand behind UNION of another one")
    # A UNION that does not read itself is not recursive.
    if not uses:
        relation = united(relation, step)
    else:
        rounds = check_recursion_ends(union, relation, uses, resolver.engine.name)
        if resolver.sizes is not None:
            relation = grown(relation, rounds, again)
    resolver.resolve_trailing_clauses(union, relation, known, outer)
    return relation
