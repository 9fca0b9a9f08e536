"""From pointer form to SQL, one query of the tree at a time. `PointerForm.decode` calls it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlglot
from sqlglot import exp

from mome.backbones.bundled.periods import refuse_empty_ranges, write_years
from mome.backbones.bundled.pointers import Pointers
from mome.errors import NotExpressible
from mome.forms.trees import (
    column_sides,
    direct_columns,
    given_arguments,
    parse_query,
    sources,
    write_query,
)
from mome.linking.join_graph import Edge


def decode_form(form: str, pointers: Pointers) -> str:
    """Return SQL in the catalog's dialect. Raises NotExpressible if the form is no query."""
    tree = parse_query(form)
    for select in list(tree.find_all(exp.Select)):
        _SelectDecoder(pointers, select).decode()
    _use_own_division(tree, pointers.catalog.dialect)
    return write_query(tree, pointers.catalog.dialect)


def _use_own_division(tree: exp.Expr, name: str) -> None:
    """Use the dialect's own `/`; drop NULLIF(x, 0) in the divisor where division by zero gives
    NULL anyway.
    """
    dialect = sqlglot.Dialect.get_or_raise(name)
    for division in tree.find_all(exp.Div):
        # Without these two, sqlglot would write casts and NULLIFs that make up for other dialects.
        division.set("typed", dialect.TYPED_DIVISION)
        division.set("safe", dialect.SAFE_DIVISION)
        divisor = division.expression
        if not dialect.SAFE_DIVISION or not isinstance(divisor, exp.Nullif):
            continue
        if divisor.expression == exp.Literal.number(0):
            divisor.replace(divisor.this)


class _SelectDecoder:
    """Decodes one query in place."""

    def __init__(self, pointers: Pointers, select: exp.Select) -> None:
        self.pointers, self.select = pointers, select
        self.joins = select.args.get("joins") or []
        for node in (*self.joins, *sources(select)):
            if set(given_arguments(node)) - {"this", "on"}:
                raise NotExpressible("a join of another kind")
        tables, edges = self._tables_and_edges()
        self.first, self.edges = tables[0], edges
        self.joined = set(tables)
        for edge in edges:
            self.joined |= {edge.left, edge.right}

    def decode(self) -> None:
        """Replace pointers by names, and write the FROM clause."""
        if not self.joined.issuperset(self.pointers.owners(self.select)):
            raise NotExpressible("a column of a table that is not joined")
        write_years(self.select, self.pointers)
        refuse_empty_ranges(self.select)
        for column in list(direct_columns(self.select)):
            column.replace(self._named(column))
        joins = []
        for edge in self.edges:
            on = exp.and_(*self._conditions(edge))
            joins.append(exp.Join(this=self.pointers.table(edge.right), on=on))
        self.select.set("from_", exp.From(this=self.pointers.table(self.first)))
        self.select.set("joins", joins or None)

    def _tables_and_edges(self) -> tuple[list[str], Sequence[Edge]]:
        """Return the tables of the query, and the edges that join them."""
        listed = [self.pointers.item(node.name, "table").table for node in sources(self.select)]
        if any(join.args.get("on") for join in self.joins):
            edges = []
            for index, join in enumerate(self.joins, 1):
                edges.append(self._explicit_edge(join, listed[:index]))
            return listed, edges
        tables = list(dict.fromkeys([*self.pointers.owners(self.select), *listed]))
        tree = self.pointers.graph.tree(tables)
        if not tables or tree is None:
            raise NotExpressible("tables that no key connects")
        return tables, tree

    def _explicit_edge(self, join: exp.Join, before: Sequence[str]) -> Edge:
        """Return the edge of a join to one of the tables `before` it."""
        sides = column_sides(join.args.get("on"))
        left, right = (self.pointers.item(side.name, "column") for side in sides)
        joined = self.pointers.item(join.this.name, "table").table
        if right.table != joined or right.table in before or left.table not in before:
            raise NotExpressible("a join that is not on columns of its table")
        return Edge(left.table, right.table, ((left.column, right.column),))

    def _named(self, column: exp.Column) -> exp.Expr:
        """Return the column that a pointer stands for, qualified if there are several tables."""
        if isinstance(column.this, exp.Star):
            return self._qualified("", self.pointers.item(column.table).table)
        item = self.pointers.item("" if column.table else column.name, "column")
        if len(self.joined) == 1:
            return exp.Column(this=self.pointers.quote(item.column))
        return self._qualified(item.column, item.table)

    def _qualified(self, name: str, key: str) -> exp.Column:
        """Return a column with its table, a star for an empty name; with its schema if two tables
        of the query have the same name.
        """
        catalog, quote = self.pointers.catalog, self.pointers.quote
        table = catalog.table(key)
        names = [catalog.table(other).name.lower() for other in self.joined]
        is_shared = names.count(table.name.lower()) > 1
        return exp.Column(
            this=quote(name) if name else exp.Star(),
            table=quote(table.name),
            db=quote(table.schema) if is_shared and table.schema else None,
        )

    def _conditions(self, edge: Edge) -> list[exp.EQ]:
        conditions = []
        for left, right in edge.pairs:
            this = self._qualified(left, edge.left)
            conditions.append(exp.EQ(this=this, expression=self._qualified(right, edge.right)))
        return conditions
