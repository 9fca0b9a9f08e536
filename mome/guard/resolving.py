"""What the modules around `resolve.py` need of the resolver, which imports them."""

from __future__ import annotations

from typing import Protocol

from sqlglot import exp

from mome.guard.engines import GuardDialect
from mome.guard.names import Names, Output, Relation
from mome.guard.scope import CTEs, Scope
from mome.guard.sizes import Sizes


class SourceResolver(Protocol):
    """What FROM items need of the resolver. `resolve.Resolver` implements it."""

    names: Names
    """The names of the catalog."""
    engine: GuardDialect
    """The engine of the catalog's dialect."""
    tables: set[str]
    """Keys of the catalog's tables that the statement reads."""
    sizes: Sizes | None
    """Bounds of the values; None if no value can be longer than a column."""

    def resolve_query(self, node: exp.Expr, ctes: CTEs, outer: Scope | None) -> Relation:
        """Resolve a node that returns rows and return its columns."""

    def resolve_expression(self, node: exp.Expr | None, scope: Scope) -> None:
        """Resolve the columns and queries inside an expression."""

    def record_read(self, output: Output) -> None:
        """Record that a column of the catalog is read."""


class QueryResolver(SourceResolver, Protocol):
    """What WITH clauses need of the resolver."""

    def resolve_trailing_clauses(
        self, node: exp.Expr, names: Relation, ctes: CTEs, outer: Scope | None
    ) -> None:
        """Resolve ORDER BY, LIMIT and OFFSET after a set operation or a query in parentheses."""
