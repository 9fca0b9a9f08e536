"""The last rule: look up every table and column of a query in the catalog, scope by scope.

Names are rewritten to the spelling of their definition. One walk over the tree does this:
`resolve_query` handles nodes that return rows, `resolve_expression` handles expressions;
`sources.py` adds FROM items and `columns.py` finds columns. sqlglot's own `qualify` is not used,
because it accepts `count(*) FROM hidden`, `CROSS JOIN hidden` and whole rows as values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from mome.errors import Refused
from mome.guard.columns import bind_parameter, resolve_column, resolve_qualifier
from mome.guard.ctes import resolve_ctes
from mome.guard.limits import TABLE_ROWS, TEXT_SIZE
from mome.guard.names import Names, Output, Relation, safe_name, suggestion
from mome.guard.pivots import pivoted
from mome.guard.rowcount import from_rows, limited_rows, select_rows
from mome.guard.scope import CTEs, Scope, stored_name, united, united_by_name
from mome.guard.sizes import Sizes, makes_long_values
from mome.guard.sources import add_source
from mome.guard.statement import Statement

_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
_FULL_TEXT = frozenset({"bm25", "highlight", "snippet"})
_ITEM_LISTS = (exp.Ordered, exp.Tuple, exp.Paren, exp.Rollup, exp.Cube, exp.GroupingSets)
"""Nodes around the items of GROUP BY, ORDER BY and DISTINCT ON."""


def known_names(statement: Statement) -> None:
    """Check that every table and column belongs to the catalog or to the query itself.

    The statement records which of the catalog's tables and columns the query reads.
    """
    sizes = Sizes(statement.engine.name) if makes_long_values(statement) else None
    resolver = Resolver(statement.names, sizes)
    resolver.resolve_query(statement.tree, {}, None)
    statement.tables |= resolver.tables
    statement.columns |= resolver.columns


class Resolver:
    """The walk over one statement and the tables and columns that it has read so far."""

    def __init__(self, names: Names, sizes: Sizes | None) -> None:
        self.names = names
        self.sizes = sizes
        self.engine = names.engine
        self.tables: set[str] = set()
        self.columns: set[str] = set()

    def resolve_query(self, node: exp.Expr, ctes: CTEs, outer: Scope | None) -> Relation:
        """Resolve a node that returns rows and return its columns.

        ctes: the CTEs in scope.
        outer: the scope of the enclosing query; None at the top.
        """
        ctes = resolve_ctes(self, node.args.get("with_"), ctes, outer)
        match node:
            case exp.Select():
                return self._resolve_select(node, ctes, outer)
            case exp.SetOperation():
                left = self.resolve_query(node.this, ctes, outer)
                right = self.resolve_query(node.expression, ctes, outer)
                # The result has the left side's names; SQLite's ORDER BY may use either side's.
                either = Relation(left.outputs + right.outputs)
                self.resolve_trailing_clauses(node, either, ctes, outer)
                unite = united_by_name if node.args.get("by_name") else united
                return unite(left, right)
            case exp.Values():
                relation = self._resolve_values(node, ctes, outer)
                self.resolve_trailing_clauses(node, relation, ctes, outer)
                return replace(relation, rows=limited_rows(node, relation.rows))
            case exp.Subquery():
                if node.args.get("pivots") and not isinstance(node.parent, (exp.From, exp.Join)):
                    raise Refused("PIVOT and UNPIVOT may stand in FROM alone")
                relation = self.resolve_query(node.this, ctes, outer)
                self.resolve_trailing_clauses(node, relation, ctes, outer)
                return replace(relation, rows=limited_rows(node, relation.rows))
            case exp.Pivot():
                scope = Scope(ctes, outer)
                add_source(self, node.this, scope)
                source = scope.sources[-1]
                resolve = self.resolve_expression
                return pivoted(node, source, scope, resolve, self.sizes, self.engine)
        raise Refused(f"{type(node).__name__} stands where a query should")

    def resolve_expression(
        self, node: exp.Expr | None, scope: Scope, aliases: Relation | None = None
    ) -> None:
        """Resolve the columns and queries inside an expression.

        aliases: select-list aliases that the expression may refer to; None: it may refer to none.
        """
        stack = [node] if node is not None else []
        # Parents come before children here.
        measured = []
        while stack:
            part = stack.pop()
            if isinstance(part, exp.Comprehension):
                bind_parameter(part)
            if self._is_table_in_match(part, scope):
                continue
            if isinstance(part, exp.Column):
                output = resolve_column(part, scope, aliases, self.names)
                self.record_read(output)
                if self.sizes is not None:
                    size = scope.column_size(part, output, aliases is not None)
                    self.sizes.note_column(part, size)
            elif isinstance(part, _QUERIES):
                relation = self.resolve_query(part, scope.ctes, scope)
                if self.sizes is not None:
                    self.sizes.note_query(part, relation)
            elif isinstance(part, (exp.Star, exp.Table)):
                kind = type(part).__name__.lower()
                raise Refused(f"a {kind} stands where a value should: name a column")
            elif not _is_count_star(part):
                stack.extend(part.iter_expressions())
                measured.append(part)
        if self.sizes is not None:
            self.sizes.measure(reversed(measured), lambda: from_rows(scope))

    def _is_table_in_match(self, node: exp.Expr, scope: Scope) -> bool:
        """Return whether a node is the name of a full-text table, as SQLite searches it.

        MATCH takes the table's name, or a column's, and so do three functions beside it.
        """
        if self.engine.name != "sqlite" or not isinstance(node, exp.Column) or node.table:
            return False
        parent = node.parent
        is_search = isinstance(parent, exp.Match) or (
            isinstance(parent, exp.Anonymous) and parent.name.lower() in _FULL_TEXT
        )
        names = [source.name for source in scope.sources]
        return is_search and node.name in names and scope.find_column(node.name) is None

    def record_read(self, output: Output) -> None:
        """Record that a column of the catalog is read."""
        if output.key:
            self.columns.add(output.key)

    def _resolve_select(self, node: exp.Select, ctes: CTEs, outer: Scope | None) -> Relation:
        """Resolve a SELECT, clause by clause in the order of their scopes."""
        scope = Scope(ctes, outer, where=node.args.get("where"))
        if node.args.get("from_"):
            add_source(self, node.args["from_"].this, scope)
        for join in node.args.get("joins") or ():
            add_source(self, join, scope)
        for condition in scope.conditions:
            self.resolve_expression(condition, scope)
        aliases = self._select_aliases(node, scope)
        outputs = tuple(self._resolve_select_list(node.expressions, scope, aliases))
        rows = TABLE_ROWS if self.sizes is None else select_rows(node, scope)
        relation = Relation(outputs, rows)
        for clause in ("where", "group", "having", "qualify"):
            self._resolve_clause(node, clause, scope, aliases)
        # These two come after the select list and see all of its columns, aliased or not.
        for clause in ("distinct", "order"):
            self._resolve_clause(node, clause, scope, relation)
        for window in node.args.get("windows") or ():
            self.resolve_expression(window, scope)
        self.resolve_expression(node.args.get("limit"), scope)
        self.resolve_expression(node.args.get("offset"), scope)
        return relation

    def _select_aliases(self, node: exp.Select, scope: Scope) -> Relation:
        """Return the aliases of the select list that its other clauses may refer to."""
        outputs = []
        for item in node.expressions:
            if not isinstance(item, exp.Alias):
                continue
            name = stored_name(item.args["alias"], self.engine)
            if not (self.engine.rows_hide_aliases and scope.find_source(name)):
                outputs.append(Output(name))
        return Relation(tuple(outputs))

    def _resolve_clause(self, node: exp.Expr, clause: str, scope: Scope, aliases: Relation) -> None:
        """Resolve one clause, which may refer to `aliases` if the engine allows this there."""
        part = node.args.get(clause)
        if part is None or clause not in self.engine.alias_clauses:
            self.resolve_expression(part, scope)
        elif not self.engine.bare_aliases:
            self.resolve_expression(part, scope, aliases)
        else:
            for item in _items(part):
                is_bare = isinstance(item, exp.Column)
                self.resolve_expression(item, scope, aliases if is_bare else None)

    def resolve_trailing_clauses(
        self, node: exp.Expr, names: Relation, ctes: CTEs, outer: Scope | None
    ) -> None:
        """Resolve ORDER BY, LIMIT and OFFSET after a set operation or a query in parentheses.

        They see only the columns `names` of that query.
        """
        scope = Scope(ctes, outer)
        self._resolve_clause(node, "order", scope, names)
        self.resolve_expression(node.args.get("limit"), scope)
        self.resolve_expression(node.args.get("offset"), scope)

    def _resolve_values(self, node: exp.Values, ctes: CTEs, outer: Scope | None) -> Relation:
        """Resolve VALUES, whose columns have the engine's default names."""
        scope = Scope(ctes, outer)
        for row in node.expressions:
            self.resolve_expression(row, scope)
        first = node.expressions[0]
        width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
        start = self.engine.values_from
        names = [self.engine.values_column.format(n) for n in range(start, start + width)]
        sizes = [self._values_size(node, place) for place in range(width)]
        outputs = tuple(Output(n, size=size) for n, size in zip(names, sizes, strict=True))
        return Relation(outputs, len(node.expressions))

    def _values_size(self, node: exp.Values, place: int) -> float:
        """Return the bound of one column of VALUES."""
        if self.sizes is None:
            return TEXT_SIZE
        rows = [
            row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions
        ]
        return max(self.sizes.of(row[place]) for row in rows if place < len(row))

    def _resolve_select_list(
        self, items: Sequence[exp.Expr], scope: Scope, aliases: Relation
    ) -> Iterator[Output]:
        """Resolve a select list and yield its columns."""
        visible = aliases if "expressions" in self.engine.alias_clauses else None
        for item in items:
            if isinstance(item, exp.Star):
                yield from self._expand_star(item, scope.all_columns(), scope)
            elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                source = resolve_qualifier(item, scope, self.names)
                yield from self._expand_star(item.this, source.relation.outputs, scope)
            else:
                self.resolve_expression(item, scope, visible)
                output = self._computed_output(item)
                # Only an alias that follows may be read in the select list, or any later on.
                alias = output.name.lower()
                scope.alias_sizes[alias] = max(output.size, scope.alias_sizes.get(alias, 0.0))
                yield output

    def _computed_output(self, item: exp.Expr) -> Output:
        """Return the column that an item of the select list makes."""
        name = self._output_name(item)
        kind = "STRUCT" if _makes_struct(item.unalias()) else ""
        if self.sizes is None:
            return Output(name, type=kind)
        return Output(name, type=kind, size=self.sizes.of(item))

    def _output_name(self, item: exp.Expr) -> str:
        """Return the name of a select-list item; empty if the engine's choice is not known."""
        if isinstance(item, exp.Alias):
            return stored_name(item.args["alias"], self.engine)
        if isinstance(item, exp.Column):
            return item.name
        # PostgreSQL names a column after its function, so that ORDER BY count is valid.
        if isinstance(item, exp.Anonymous) and self.engine.name == "postgres":
            return item.name.lower()
        return ""

    def _expand_star(
        self, node: exp.Star, outputs: Sequence[Output], scope: Scope
    ) -> Sequence[Output]:
        """Return the columns that a star stands for, after EXCEPT and REPLACE."""
        names = {name.lower() for name in Relation(tuple(outputs)).names}
        replacements = node.args.get("replace") or ()
        dropped = {column.name.lower() for column in node.args.get("except_") or ()}
        replaced = {alias.alias.lower() for alias in replacements}
        unknown = sorted((dropped | replaced) - names)
        if unknown:
            name = unknown[0]
            raise Refused(f"there is no column {safe_name(name)} here{suggestion(name, names)}")
        sizes = {}
        for alias in replacements:
            self.resolve_expression(alias.this, scope)
            sizes[alias.alias.lower()] = self._computed_output(alias.this).size
        kept = [output for output in outputs if output.name.lower() not in dropped]
        for output in kept:
            self.record_read(output)
        if not sizes:
            return kept
        return [
            replace(output, size=sizes.get(output.name.lower(), output.size)) for output in kept
        ]


def _items(part: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the items of GROUP BY, ORDER BY or DISTINCT ON, without lists and parentheses."""
    for item in part.iter_expressions():
        if isinstance(item, _ITEM_LISTS):
            yield from _items(item)
        else:
            yield item


def _makes_struct(node: exp.Expr) -> bool:
    """Return whether an expression is a struct literal, so that its fields may follow a dot."""
    is_call = isinstance(node, exp.Anonymous) and node.name.lower() == "struct_pack"
    return is_call or isinstance(node, exp.Struct)


def _is_count_star(node: exp.Expr) -> bool:
    """Return whether the node is COUNT(*), the only call that may have a star as its argument."""
    if not isinstance(node, exp.Anonymous) or node.name.lower() != "count":
        return False
    return [type(item) for item in node.expressions] == [exp.Star]
