"""The last rule: look up every table and column of a query in the catalog, scope by scope.

Names are rewritten to the spelling of their definition. One walk over the tree does this: `query`
handles nodes that return rows, `visit` handles expressions. sqlglot's own `qualify` is not used,
because it accepts `count(*) FROM hidden`, `CROSS JOIN hidden` and whole rows as values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NoReturn

from sqlglot import exp

from mome.errors import Refused
from mome.guard.names import Names, Output, Relation, nearest, shown
from mome.guard.recursion import must_end
from mome.guard.scope import CTE, CTEs, FromItem, Scope, refuse_column, renamed, respell, written
from mome.guard.sources import add_source
from mome.guard.statement import Statement

_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


def known_names(statement: Statement) -> None:
    """Check that every table and column belongs to the catalog or to the query itself.

    The statement records which of the catalog's tables and columns the query reads.
    """
    resolver = Resolver(statement.names)
    resolver.query(statement.tree, {}, None)
    statement.tables |= resolver.tables
    statement.columns |= resolver.columns


class Resolver:
    """The walk over one statement and the tables and columns that it has read so far."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.engine = names.engine
        self.tables: set[str] = set()
        self.columns: set[str] = set()

    def query(self, node: exp.Expr, ctes: CTEs, outer: Scope | None) -> Relation:
        """Resolve a node that returns rows and return its columns."""
        ctes = self.with_queries(node.args.get("with_"), ctes, outer)
        match node:
            case exp.Select():
                return self.select(node, ctes, outer)
            case exp.SetOperation():
                left, right = (
                    self.query(node.this, ctes, outer),
                    self.query(node.expression, ctes, outer),
                )
                return self.trailing(
                    node,
                    Relation(left.outputs),
                    Relation(left.outputs + right.outputs),
                    ctes,
                    outer,
                )
            case exp.Values():
                return self.values(node, ctes, outer)
            case exp.Subquery():
                relation = self.query(node.this, ctes, outer)
                return self.trailing(node, relation, relation, ctes, outer)
        raise Refused(f"{type(node).__name__} stands where a query should")

    def select(self, node: exp.Select, ctes: CTEs, outer: Scope | None) -> Relation:
        """Resolve a SELECT, clause by clause in the order of their scopes."""
        scope = Scope(ctes, outer)
        if node.args.get("from_"):
            add_source(self, node.args["from_"].this, scope)
        for join in node.args.get("joins") or ():
            add_source(self, join, scope)
        for condition in scope.conditions:
            self.visit(condition, scope)
        aliases = self.aliases(node, scope)
        relation = Relation(tuple(self.outputs(node.expressions, scope, aliases)))
        for clause in ("where", "group", "having", "qualify"):
            self.clause(node, clause, scope, aliases)
        for clause in ("distinct", "order"):
            self.clause(node, clause, scope, relation)
        for part in (
            *(node.args.get("windows") or ()),
            node.args.get("limit"),
            node.args.get("offset"),
        ):
            self.visit(part, scope)
        return relation

    def aliases(self, node: exp.Select, scope: Scope) -> Relation:
        """Return the aliases of the select list that its other clauses may refer to."""
        names = [
            written(item.args["alias"], self.engine)
            for item in node.expressions
            if isinstance(item, exp.Alias)
        ]
        hidden = {name for name in names if self.engine.rows_hide_aliases and scope.source(name)}
        return Relation(tuple(Output(name) for name in names if name not in hidden))

    def clause(self, node: exp.Expr, clause: str, scope: Scope, aliases: Relation) -> None:
        """Resolve one clause, which may refer to `aliases` if the engine allows this there."""
        part = node.args.get(clause)
        if part is None or clause not in self.engine.alias_clauses:
            self.visit(part, scope)
        elif not self.engine.bare_aliases:
            self.visit(part, scope, aliases)
        else:
            for item in _items(part):
                self.visit(item, scope, aliases if isinstance(item, exp.Column) else None)

    def trailing(
        self, node: exp.Expr, relation: Relation, names: Relation, ctes: CTEs, outer: Scope | None
    ) -> Relation:
        """Resolve ORDER BY, LIMIT and OFFSET after a set operation or a query in parentheses.

        They see only the columns `names` of that query. Returns `relation`.
        """
        scope = Scope(ctes, outer)
        self.clause(node, "order", scope, names)
        self.visit(node.args.get("limit"), scope)
        self.visit(node.args.get("offset"), scope)
        return relation

    def values(self, node: exp.Values, ctes: CTEs, outer: Scope | None) -> Relation:
        """Resolve VALUES, whose columns have the engine's default names."""
        scope = Scope(ctes, outer)
        for row in node.expressions:
            self.visit(row, scope)
        first = node.expressions[0]
        width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
        numbers = range(self.engine.values_from, self.engine.values_from + width)
        return Relation(
            tuple(Output(self.engine.values_column.format(number)) for number in numbers)
        )

    def with_queries(self, node: exp.With | None, ctes: CTEs, outer: Scope | None) -> CTEs:
        """Resolve the queries of a WITH clause in order and return all CTEs in scope after it.

        Each query may read only those before it and, if recursive, itself.
        """
        if node is None:
            return ctes
        recursive = bool(node.args.get("recursive")) or self.engine.always_recursive
        known = dict(ctes)
        # All names are registered first, as not readable yet: a query that reads a later CTE's name
        # is refused, because engines disagree on whether that means a table of this name.
        for cte in node.expressions:
            name = written(cte.args["alias"].this, self.engine)
            if known.get(name.lower()) is not ctes.get(name.lower()):
                raise Refused(f"two WITH queries are called {shown(name)}")
            known[name.lower()] = CTE(name, None)
        for cte in node.expressions:
            name = written(cte.args["alias"].this, self.engine)
            known[name.lower()] = CTE(
                name, self.with_query(cte, name, known, ctes, outer, recursive)
            )
        return known

    def with_query(
        self,
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
        names = node.args["alias"].columns
        if recursive and isinstance(node.this, exp.Union):
            return self.recursive_query(node, name, known, outer)
        inside = dict(known)
        # Without RECURSIVE the CTE's own name means what it meant outside: a table or an outer CTE.
        if not recursive:
            inside.pop(name.lower())
            inside.update({key: cte for key, cte in before.items() if key == name.lower()})
        return renamed(self.query(node.this, inside, outer), names, self.engine)

    def recursive_query(
        self, node: exp.CTE, name: str, known: CTEs, outer: Scope | None
    ) -> Relation:
        """Resolve a recursive UNION, whose second half may read the CTE; its first half may not."""
        union = node.this
        known = self.with_queries(union.args.get("with_"), known, outer)
        relation = renamed(
            self.query(union.this, known, outer), node.args["alias"].columns, self.engine
        )
        uses: list[exp.Table] = []
        self.query(union.expression, {**known, name.lower(): CTE(name, relation, uses)}, outer)
        if uses:
            must_end(union, relation, uses)
        return self.trailing(union, relation, relation, known, outer)

    def outputs(
        self, items: Sequence[exp.Expr], scope: Scope, aliases: Relation
    ) -> Iterable[Output]:
        """Resolve a select list and yield its columns."""
        seen = aliases if "expressions" in self.engine.alias_clauses else None
        for item in items:
            if isinstance(item, exp.Star):
                yield from self.star(item, scope.everything(), scope)
            elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                yield from self.star(item.this, self.owner(item, scope).relation.outputs, scope)
            else:
                self.visit(item, scope, seen)
                yield Output(self.output_name(item))

    def output_name(self, item: exp.Expr) -> str:
        """Return the name of a select-list item; empty if the engine's choice is not known."""
        if isinstance(item, exp.Alias):
            return written(item.args["alias"], self.engine)
        if isinstance(item, exp.Column):
            return item.name
        # PostgreSQL names a column after its function, so that ORDER BY count is valid.
        return (
            item.name.lower()
            if isinstance(item, exp.Anonymous) and self.engine.name == "postgres"
            else ""
        )

    def star(self, node: exp.Star, outputs: Sequence[Output], scope: Scope) -> Sequence[Output]:
        """Return the columns that a star stands for, after EXCEPT and REPLACE."""
        names = {name.lower() for name in Relation(tuple(outputs)).names}
        dropped = {column.name.lower() for column in node.args.get("except_") or ()}
        replaced = {alias.alias.lower() for alias in node.args.get("replace") or ()}
        if unknown := sorted((dropped | replaced) - names):
            raise Refused(
                f"there is no column {shown(unknown[0])} here{nearest(unknown[0], names)}"
            )
        for alias in node.args.get("replace") or ():
            self.visit(alias.this, scope)
        kept = [output for output in outputs if output.name.lower() not in dropped]
        for output in kept:
            self.read(output)
        return kept

    def visit(self, node: exp.Expr | None, scope: Scope, aliases: Relation | None = None) -> None:
        """Resolve the columns and queries inside an expression.

        aliases: select-list aliases that the expression may refer to; None: it may refer to none.
        """
        stack = [node] if node is not None else []
        while stack:
            node = stack.pop()
            if isinstance(node, exp.Column):
                self.column(node, scope, aliases)
            elif isinstance(node, _QUERIES):
                self.query(node, scope.ctes, scope)
            elif isinstance(node, (exp.Star, exp.Table)):
                raise Refused(
                    f"a {type(node).__name__.lower()} stands where a value should: name a column"
                )
            elif not _counts_rows(node):
                stack.extend(node.iter_expressions())

    def column(self, node: exp.Column, scope: Scope, aliases: Relation | None) -> None:
        """Find a column, respell it as it is defined, and record that it is read."""
        if isinstance(node.this, exp.Star):
            raise Refused("a star stands where a value should: name a column")
        if self.struct(node, scope):
            return
        name = written(node.this, self.engine)
        output = (
            self.qualified(node, name, scope)
            if node.args.get("table")
            else self.unqualified(name, scope, aliases)
        )
        if output is None:
            refuse_column(node.this, scope, self.engine)
        respell(node.this, output.name, self.names)
        self.read(output)

    def unqualified(self, name: str, scope: Scope, aliases: Relation | None) -> Output | None:
        """Return the column of an unqualified name, or None.

        An alias takes precedence over a column, in PostgreSQL only if it is spelled exactly so.
        """
        if aliases is None:
            return scope.column(name)
        first = aliases.exact(name) if self.engine.folds_case else aliases.find(name)
        return first or scope.column(name) or aliases.find(name)

    def qualified(self, node: exp.Column, name: str, scope: Scope) -> Output:
        """Return the column of a qualified name. Raises Refused if its table has none."""
        source = self.owner(node, scope)
        output = source.relation.find(name)
        if output is None:
            raise Refused(
                f"there is no column {shown(name)} in {shown(source.name)}"
                f"{nearest(name, source.relation.names)}"
            )
        return output

    def struct(self, node: exp.Column, scope: Scope) -> bool:
        """Resolve `column.field` where the column has DuckDB's type STRUCT.

        Returns False if the node is anything else, that is, an ordinary column.
        """
        table = node.args.get("table")
        if (
            "struct" not in self.engine.extras
            or table is None
            or node.args.get("db")
            or scope.source(table.name)
        ):
            return False
        output = scope.column(table.name)
        if output is None or not output.type.upper().startswith("STRUCT"):
            return False
        respell(table, output.name, self.names)
        self.read(output)
        return True

    def owner(self, node: exp.Column, scope: Scope) -> FromItem:
        """Return the FROM item that a column is qualified by. Raises Refused if there is none."""
        table, schema = node.args["table"], node.args.get("db")
        source = scope.source(
            written(table, self.engine), written(schema, self.engine) if schema else None
        )
        if source is None and schema and schema.name.lower() == self.names.default_schema:
            source = scope.source(written(table, self.engine), "")
            node.set("db", None)
        if source is None:
            self.refuse_table(written(table, self.engine), scope)
        respell(table, source.name, self.names)
        return source

    def refuse_table(self, name: str, scope: Scope) -> NoReturn:
        """Raise Refused for a qualifier that is not in scope."""
        choices = [source.name for source in scope.sources if source.name]
        raise Refused(f"no table or alias {shown(name)} is in sight here{nearest(name, choices)}")

    def read(self, output: Output) -> None:
        """Record that a column of the catalog is read."""
        if output.key:
            self.columns.add(output.key)


def _items(part: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the items of GROUP BY, ORDER BY or DISTINCT ON, without lists and parentheses."""
    for item in part.iter_expressions():
        if isinstance(
            item, (exp.Ordered, exp.Tuple, exp.Paren, exp.Rollup, exp.Cube, exp.GroupingSets)
        ):
            yield from _items(item)
        else:
            yield item


def _counts_rows(node: exp.Expr) -> bool:
    """Return whether the node is COUNT(*), the only call that may have a star as its argument."""
    return (
        isinstance(node, exp.Anonymous)
        and node.name.lower() == "count"
        and [type(item) for item in node.expressions] == [exp.Star]
    )
