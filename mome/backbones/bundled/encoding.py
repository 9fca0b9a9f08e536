"""From SQL to pointer form, one query of the tree at a time. `PointerForm.encode` calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.backbones.bundled.periods import refuse_numbers
from mome.backbones.bundled.pointers import Pointers
from mome.catalog import Table
from mome.errors import NotExpressible
from mome.forms.comma_joins import join_commas
from mome.forms.derived_tables import merge_derived
from mome.forms.resolve import replace_aliases
from mome.forms.trees import (
    column_sides,
    direct_columns,
    given_arguments,
    parse_query,
    sources,
    write_query,
)

Scope = dict[str, Table]
"""The tables of one query by their lower-case alias."""
Condition = frozenset[str]
"""The two columns, as `table.column`, that a join sets equal."""


@dataclass(frozen=True)
class Joins:
    """How a query joins its tables."""

    tables: list[str]
    """Keys of the tables in the order in which they are written."""
    conditions: list[Condition]
    plain: bool
    """Whether all are inner joins on equal columns."""


def encode_query(sql: str, pointers: Pointers) -> str:
    """Return the pointer form of `sql` in the catalog's dialect. Raises NotExpressible."""
    tree = parse_query(sql, pointers.catalog.dialect)
    merge_derived(tree)
    for node in tree.find_all(exp.GroupConcat, exp.ConcatWs):
        if _changes_when_read_again(node):
            raise NotExpressible("texts put together in a way that the form would change")
    # Innermost first: a column of an outer query is resolved while the queries inside are encoded.
    for select in reversed(list(tree.find_all(exp.Select))):
        _SelectEncoder(pointers, select).encode()
    return write_query(tree)


def _changes_when_read_again(node: exp.GroupConcat | exp.ConcatWs) -> bool:
    """Return whether reading the form again would take the separator for one more text or put empty
    texts where CONCAT_WS omits NULL.
    """
    if isinstance(node, exp.ConcatWs):
        return True
    is_ordered = isinstance(node.this, exp.Distinct | exp.Order)
    return is_ordered and node.args.get("separator") is not None


class _SelectEncoder:
    """Encodes one query in place; the queries inside it are encoded already."""

    def __init__(self, pointers: Pointers, select: exp.Select) -> None:
        self.pointers, self.select = pointers, select
        self.catalog = pointers.catalog
        join_commas(select)
        self.scope = self._read_scope()
        self.joins = self._read_joins()

    def encode(self) -> None:
        """Replace names by pointers and joins by the shortest FROM clause."""
        _inline_aliases(self.select, self.scope)
        for column in list(direct_columns(self.select)):
            column.replace(self._column_pointer(column))
        refuse_numbers(self.select, self.pointers)
        self.select.set("joins", None)
        self.select.set("from_", self._shortest_from())

    def _read_scope(self) -> Scope:
        scope: Scope = {}
        for node in sources(self.select):
            table = self._known_table(node)
            alias = node.alias_or_name.lower()
            # A pointer names a table, not one of its two roles in a self-join.
            if table in scope.values() or alias in scope:
                raise NotExpressible(f"table {node.name} twice")
            scope[alias] = table
        if not scope:
            raise NotExpressible("a query without a table")
        return scope

    def _read_joins(self) -> Joins:
        conditions: list[Condition] = []
        plain = True
        for join in self.select.args.get("joins") or []:
            other_arguments = set(given_arguments(join)) - {"this", "on", "kind"}
            plain = plain and not other_arguments and join.kind in ("", "INNER")
            on = join.args.get("on")
            parts = on.flatten() if isinstance(on, exp.And) else [on]
            conditions += [self._condition(part) for part in parts]
        tables = list(dict.fromkeys(table.key for table in self.scope.values()))
        return Joins(tables, conditions, plain)

    def _known_table(self, node: exp.Expr) -> Table:
        """Return the catalog's table that a plain reference names."""
        is_plain = isinstance(node, exp.Table) and not node.alias_column_names
        if not is_plain or not set(given_arguments(node)) <= {"this", "db", "alias"}:
            raise NotExpressible("a derived table")
        table = self.catalog.table(f"{node.db}.{node.name}" if node.db else node.name)
        if table is None:
            raise NotExpressible(f"table {node.name}")
        return table

    def _condition(self, condition: exp.Expr | None) -> Condition:
        bare = condition.unnest() if condition is not None else None
        return frozenset(self._resolve(side) for side in column_sides(bare))

    def _resolve(self, column: exp.Column) -> str:
        """Return `table.column` for a column reference."""
        qualifier = column.table.lower()
        if qualifier:
            tables = [self.scope[qualifier]] if qualifier in self.scope else []
        else:
            tables = list(self.scope.values())
        for table in tables:
            found = table.column(column.name)
            if found is not None:
                return f"{table.key}.{found.name}"
        raise NotExpressible(f"column {column.sql()}")

    def _column_pointer(self, column: exp.Column) -> exp.Expr:
        if isinstance(column.this, exp.Star):
            qualifier = column.table.lower()
            if qualifier not in self.scope:
                raise NotExpressible(f"table {column.table}")
            table = self.pointers.identifier(self.scope[qualifier].key)
            return exp.Column(this=exp.Star(), table=table)
        try:
            return exp.Column(this=self.pointers.identifier(self._resolve(column)))
        except NotExpressible:
            if self._is_string(column):
                return exp.Literal.string(column.name)
            raise

    def _is_string(self, column: exp.Column) -> bool:
        """Return whether this is a string in double quotes, as SQLite reads "name" if there is no
        such column.
        """
        is_quoted = not column.table and column.this.quoted
        return self.catalog.dialect == "sqlite" and is_quoted and not self._is_outer(column.name)

    def _is_outer(self, name: str) -> bool:
        """Return whether an enclosing query reads a table with a column of this name."""
        select = self.select.parent_select
        while select is not None:
            if any(self._known_table(node).column(name) for node in sources(select)):
                return True
            select = select.parent_select
        return False

    def _shortest_from(self) -> exp.From | None:
        """Return the shortest FROM clause from which `decode` finds the same joins, in the same
        order if a star shows it.
        """
        owners = self.pointers.owners(self.select)
        unnamed = [table for table in self.joins.tables if table not in owners]
        for extras in ([], unnamed, self.joins.tables):
            if self.joins.plain and self._is_implied(owners, extras):
                return self._listed(extras)
        return self._explicit()

    def _is_implied(self, owners: Sequence[str], extras: Sequence[str]) -> bool:
        """Return whether `decode` finds this query's joins from these tables."""
        tables = list(dict.fromkeys([*owners, *extras]))
        tree = self.pointers.graph.tree(tables)
        joined = [] if tree is None else [*tables[:1], *(edge.right for edge in tree)]
        implied: set[Condition] = set()
        for edge in tree or ():
            for left, right in edge.pairs:
                implied.add(frozenset((f"{edge.left}.{left}", f"{edge.right}.{right}")))
        if implied != set(self.joins.conditions):
            return False
        # A star shows the columns in the order of the joins.
        if any(isinstance(shown, exp.Star) for shown in self.select.expressions):
            return joined == self.joins.tables
        return set(joined) == set(self.joins.tables)

    def _listed(self, extras: Sequence[str]) -> exp.From | None:
        """Return FROM with a list of tables; None for no table."""
        nodes = [exp.Table(this=self.pointers.identifier(name)) for name in extras]
        if not nodes:
            return None
        self.select.set("joins", [exp.Join(this=node) for node in nodes[1:]] or None)
        return exp.From(this=nodes[0])

    def _explicit(self) -> exp.From:
        """Return FROM with every join and its condition."""
        tables, conditions = self.joins.tables, self.joins.conditions
        if not self.joins.plain or len(conditions) != len(tables) - 1:
            raise NotExpressible("a join of another kind")
        joins = []
        for index, condition in enumerate(conditions, 1):
            joins.append(self._explicit_join(tables[index], condition, tables[:index]))
        self.select.set("joins", joins)
        return exp.From(this=exp.Table(this=self.pointers.identifier(tables[0])))

    def _explicit_join(self, table: str, condition: Condition, before: Sequence[str]) -> exp.Join:
        """Return the join of `table` to one of the tables `before` it."""
        sides: dict[str, exp.Identifier] = {}
        for name in condition:
            pointer = self.pointers.identifier(name)
            sides[self.pointers.item(pointer.name).table] = pointer
        right = sides.pop(table, None)
        other = next(iter(sides), "")
        if right is None or other not in before:
            raise NotExpressible("a join that is not on columns of its table")
        on = exp.EQ(this=exp.Column(this=sides[other]), expression=exp.Column(this=right))
        return exp.Join(this=exp.Table(this=self.pointers.identifier(table)), on=on)


def _inline_aliases(select: exp.Select, scope: Scope) -> None:
    """Replace aliases of the select list by their expressions and drop them."""

    def is_column(name: str) -> bool:
        return any(table.column(name) for table in scope.values())

    for alias in replace_aliases(select, is_column):
        alias.replace(alias.this)
