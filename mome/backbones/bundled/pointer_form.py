"""SQL <-> pointer form: dialect-free SQL whose names are pointers into the slice, without joins
that keys imply.

`SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE T2.genre = 'pop'`
becomes `SELECT i4 WHERE i9 = i11`. The FROM clause follows from the tables that own the pointers.
It is written only if it says more: `FROM i2` for a table that no column names, `FROM i2 JOIN i5 ON
i3 = i7` for a join that no key implies. Pretraining and tuning encode; decoding parses back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from mome.backbones.bundled.comma_joins import join_commas
from mome.backbones.bundled.derived_tables import merge_derived
from mome.backbones.bundled.quoting import needs_quotes
from mome.catalog import Catalog, Table
from mome.errors import NotExpressible
from mome.linking.join_graph import Edge, JoinGraph
from mome.linking.slice import Item, Slice

Scope = dict[str, Table]
_POINTER = re.compile(r"i\d{1,6}")


class PointerForm:
    """The pointer form over one slice of one catalog."""

    def __init__(self, catalog: Catalog, slice_: Slice, graph: JoinGraph) -> None:
        self.catalog, self.slice, self.graph = catalog, slice_, graph
        self._pointer = {
            item.name: index
            for index, item in enumerate(slice_.items)
            if item.kind in ("table", "column")
        }

    def encode(self, sql: str) -> str:
        """Return the pointer form of `sql` in the catalog's dialect. Raises NotExpressible if there
        is none.
        """
        tree = _parse(sql, self.catalog.dialect)
        merge_derived(tree)
        if any(_reads_otherwise(node) for node in tree.find_all(exp.GroupConcat, exp.ConcatWs)):
            raise NotExpressible("texts put together in a way that the form would change")
        for select in reversed(list(tree.find_all(exp.Select))):
            self._encode_select(select)
        return _text(tree)

    def place(self, name: str) -> int | None:
        """Return the pointer of a table or a `table.column` of the slice."""
        return self._pointer.get(name)

    def shown(self, pointer: str) -> str:
        """Return the bare name that `pointer` points at, quoted if necessary. Raises
        NotExpressible.
        """
        item = self._item(pointer, "table", "column")
        return (self._quote(item.column) if item.kind == "column" else self._table(item.table)).sql(
            dialect=self.catalog.dialect
        )

    def _encode_select(self, select: exp.Select) -> None:
        """Encode one query; queries inside it are encoded already, those around it are not."""
        join_commas(select)
        scope, edges, plain = self._scope(select)
        _inline_aliases(select, scope)
        for column in list(_direct(select, exp.Column)):
            column.replace(self._column_pointer(column, scope, select))
        tables = list(dict.fromkeys(table.key for table in scope.values()))
        select.set("joins", None)
        select.set("from_", self._from(select, tables, edges, plain))

    def _scope(self, select: exp.Select) -> tuple[Scope, list[frozenset[str]], bool]:
        """Return tables by lower-case alias, join conditions as sets of two qualified names, and
        whether all joins are inner joins on equal columns.
        """
        scope: Scope = {}
        for node in _sources(select):
            table = self._known(node)
            if table in scope.values() or node.alias_or_name.lower() in scope:
                raise NotExpressible(f"table {node.name} twice")
            scope[node.alias_or_name.lower()] = table
        if not scope:
            raise NotExpressible("a query without a table")
        edges: list[frozenset[str]] = []
        plain = True
        for join in select.args.get("joins") or []:
            on, others = join.args.get("on"), set(_given(join)) - {"this", "on", "kind"}
            plain &= not others and join.kind in ("", "INNER")
            edges += [
                self._edge(condition, scope)
                for condition in (on.flatten() if isinstance(on, exp.And) else [on])
            ]
        return scope, edges, plain

    def _known(self, node: exp.Expr) -> Table:
        """Return the catalog's table that a plain reference names."""
        if (
            not isinstance(node, exp.Table)
            or not set(_given(node)) <= {"this", "db", "alias"}
            or node.alias_column_names
        ):
            raise NotExpressible("a derived table")
        table = self.catalog.table(f"{node.db}.{node.name}" if node.db else node.name)
        if table is None:
            raise NotExpressible(f"table {node.name}")
        return table

    def _edge(self, condition: exp.Expr | None, scope: Scope) -> frozenset[str]:
        condition = condition.unnest() if condition is not None else None
        if not isinstance(condition, exp.EQ) or not all(
            isinstance(side, exp.Column) for side in (condition.this, condition.expression)
        ):
            raise NotExpressible("a join that is not on equal columns")
        return frozenset(
            self._resolve(side, scope) for side in (condition.this, condition.expression)
        )

    def _resolve(self, column: exp.Column, scope: Scope) -> str:
        """Return `table.column` for a column reference."""
        if column.table:
            tables = [scope[column.table.lower()]] if column.table.lower() in scope else []
        else:
            tables = [table for table in scope.values() if table.column(column.name)]
        for table in tables:
            found = table.column(column.name)
            if found is not None:
                return f"{table.key}.{found.name}"
        raise NotExpressible(f"column {column.sql()}")

    def _column_pointer(self, column: exp.Column, scope: Scope, select: exp.Select) -> exp.Expr:
        if isinstance(column.this, exp.Star):
            if column.table.lower() not in scope:
                raise NotExpressible(f"table {column.table}")
            return exp.Column(
                this=exp.Star(), table=self._identifier(scope[column.table.lower()].key)
            )
        try:
            return exp.Column(this=self._identifier(self._resolve(column, scope)))
        except NotExpressible:
            if (
                self.catalog.dialect == "sqlite"
                and not column.table
                and column.this.quoted
                and not self._outside(column.name, select)
            ):
                return exp.Literal.string(column.name)
            raise

    def _outside(self, name: str, select: exp.Select) -> bool:
        """Return whether an enclosing query reads a column of this name: SQLite then takes "name"
        for the column, not for a string.
        """
        while (select := select.parent_select) is not None:
            if any(self._known(node).column(name) for node in _sources(select)):
                return True
        return False

    def _identifier(self, name: str) -> exp.Identifier:
        if name not in self._pointer:
            raise NotExpressible(f"{name} is not in the slice")
        return exp.to_identifier(f"i{self._pointer[name]}")

    def _from(
        self, select: exp.Select, tables: list[str], edges: list[frozenset[str]], plain: bool
    ) -> exp.From | None:
        """Return the shortest FROM clause from which `decode` finds the same joins, in the same
        order if a star shows it.
        """
        owners = self._owners(select)
        starred = any(isinstance(shown, exp.Star) for shown in select.expressions)
        for extras in ([], [t for t in tables if t not in owners], tables):
            joined, implied = self._implied(owners, extras)
            if (
                plain
                and implied == set(edges)
                and (joined == tables if starred else set(joined) == set(tables))
            ):
                return self._comma(select, extras)
        return self._explicit(select, tables, edges, plain)

    def _implied(
        self, owners: Sequence[str], extras: Sequence[str]
    ) -> tuple[list[str], set[frozenset[str]]]:
        """Return the tables that `decode` joins, in its order, with their conditions; empty if no
        keys connect them.
        """
        tables = list(dict.fromkeys([*owners, *extras]))
        tree = self.graph.tree(tables)
        joined = [] if tree is None else [*tables[:1], *(edge.right for edge in tree)]
        return joined, {
            frozenset((f"{e.left}.{a}", f"{e.right}.{b}")) for e in tree or () for a, b in e.pairs
        }

    def _comma(self, select: exp.Select, extras: list[str]) -> exp.From | None:
        nodes = [exp.Table(this=self._identifier(name)) for name in extras]
        select.set("joins", [exp.Join(this=node) for node in nodes[1:]] or None)
        return exp.From(this=nodes[0]) if nodes else None

    def _explicit(
        self, select: exp.Select, tables: list[str], edges: list[frozenset[str]], plain: bool
    ) -> exp.From:
        if not plain or len(edges) != len(tables) - 1:
            raise NotExpressible("a join of another kind")
        joins = []
        for index, (table, edge) in enumerate(zip(tables[1:], edges, strict=True), 1):
            sides = {
                self._item(pointer.name).table: pointer for pointer in map(self._identifier, edge)
            }
            right, left = sides.pop(table, None), next(iter(sides.items()), ("", None))
            if right is None or left[0] not in tables[:index]:
                raise NotExpressible("a join that is not on columns of its table")
            on = exp.EQ(this=exp.Column(this=left[1]), expression=exp.Column(this=right))
            joins.append(exp.Join(this=exp.Table(this=self._identifier(table)), on=on))
        select.set("joins", joins)
        return exp.From(this=exp.Table(this=self._identifier(tables[0])))

    def _owners(self, select: exp.Select) -> list[str]:
        """Return tables that own the pointers of this select alone, in order of appearance."""
        columns = _direct(select, exp.Column)
        items = (
            self._item(c.table, "table")
            if isinstance(c.this, exp.Star)
            else self._item(c.name, "column")
            for c in columns
        )
        return list(dict.fromkeys(item.table for item in items))

    def _item(self, pointer: str, *kinds: str) -> Item:
        """Return the item that `pointer` (i7) points at. Raises NotExpressible if there is none or
        it is not of `kinds`.
        """
        index = int(pointer[1:]) if _POINTER.fullmatch(pointer) else -1
        if not 0 <= index < len(self.slice.items) or (
            kinds and self.slice.items[index].kind not in kinds
        ):
            raise NotExpressible(f"{pointer} points at no {' or '.join(kinds) or 'item'}")
        return self.slice.items[index]

    def decode(self, form: str) -> str:
        """Return SQL in the catalog's dialect. Raises NotExpressible if the form is no query."""
        tree = _parse(form)
        for select in list(tree.find_all(exp.Select)):
            self._decode_select(select)
        self._own_division(tree)
        return _text(tree, self.catalog.dialect)

    def _own_division(self, tree: exp.Expr) -> None:
        """Use the dialect's own `/`; drop NULLIF(x, 0) in the divisor where division by zero gives
        NULL anyway.
        """
        dialect = sqlglot.Dialect.get_or_raise(self.catalog.dialect)
        for division in tree.find_all(exp.Div):
            division.set("typed", dialect.TYPED_DIVISION)
            division.set("safe", dialect.SAFE_DIVISION)
            below = division.expression
            if (
                dialect.SAFE_DIVISION
                and isinstance(below, exp.Nullif)
                and below.expression == exp.Literal.number(0)
            ):
                below.replace(below.this)

    def _decode_select(self, select: exp.Select) -> None:
        joins = select.args.get("joins") or []
        if any(set(_given(node)) - {"this", "on"} for node in (*joins, *_sources(select))):
            raise NotExpressible("a join of another kind")
        extras = [self._item(node.name, "table").table for node in _sources(select)]
        if any(join.args.get("on") for join in joins):
            tables, edges = (
                extras,
                [
                    self._explicit_edge(join, extras[: index + 1])
                    for index, join in enumerate(joins)
                ],
            )
        else:
            tables = list(dict.fromkeys([*self._owners(select), *extras]))
            edges = self.graph.tree(tables)
        if not tables or edges is None:
            raise NotExpressible("tables that no key connects")
        owned = {*tables, *(name for e in edges for name in (e.left, e.right))}
        if not owned.issuperset(self._owners(select)):
            raise NotExpressible("a column of a table that is not joined")
        for column in list(_direct(select, exp.Column)):
            column.replace(self._name(column, owned))
        self._write_from(select, tables[0], edges, owned)

    def _explicit_edge(self, join: exp.Join, before: list[str]) -> Edge:
        on = join.args.get("on")
        if not isinstance(on, exp.EQ) or not all(
            isinstance(s, exp.Column) for s in (on.this, on.expression)
        ):
            raise NotExpressible("a join that is not on equal columns")
        left, right = self._item(on.this.name, "column"), self._item(on.expression.name, "column")
        if (
            right.table != self._item(join.this.name, "table").table
            or right.table in before
            or left.table not in before
        ):
            raise NotExpressible("a join that is not on columns of its table")
        return Edge(left.table, right.table, ((left.column, right.column),))

    def _name(self, column: exp.Column, owned: set[str]) -> exp.Expr:
        if isinstance(column.this, exp.Star):
            return self._column("", self._item(column.table).table, owned)
        item = self._item("" if column.table else column.name, "column")
        return (
            exp.Column(this=self._quote(item.column))
            if len(owned) == 1
            else self._column(item.column, item.table, owned)
        )

    def _column(self, name: str, key: str, owned: set[str]) -> exp.Column:
        """Return a qualified column (a star for an empty name), with its schema if two tables of
        the query have the same name.
        """
        table = self.catalog.table(key)
        twice = (
            sum(self.catalog.table(other).name.lower() == table.name.lower() for other in owned) > 1
        )
        schema = self._quote(table.schema) if twice and table.schema else None
        return exp.Column(
            this=self._quote(name) if name else exp.Star(), table=self._quote(table.name), db=schema
        )

    def _quote(self, name: str) -> exp.Identifier:
        return exp.to_identifier(name, quoted=needs_quotes(name, self.catalog.dialect))

    def _table(self, key: str) -> exp.Table:
        table = self.catalog.table(key)
        return exp.Table(
            this=self._quote(table.name), db=self._quote(table.schema) if table.schema else None
        )

    def _write_from(
        self, select: exp.Select, first: str, edges: Sequence[Edge], owned: set[str]
    ) -> None:
        select.set("from_", exp.From(this=self._table(first)))
        select.set(
            "joins",
            [
                exp.Join(this=self._table(edge.right), on=exp.and_(*self._conditions(edge, owned)))
                for edge in edges
            ]
            or None,
        )

    def _conditions(self, edge: Edge, owned: set[str]) -> Iterator[exp.EQ]:
        for a, b in edge.pairs:
            yield exp.EQ(
                this=self._column(a, edge.left, owned),
                expression=self._column(b, edge.right, owned),
            )


def _parse(text: str, dialect: str | None = None) -> exp.Query:
    """Parse one query without features that the form lacks. Raises NotExpressible."""
    try:
        trees = sqlglot.parse(text, dialect=dialect)
    except (SqlglotError, RecursionError) as error:
        raise NotExpressible("this does not parse, or is nested too deeply") from error
    if len(trees) != 1 or not isinstance(tree := trees[0], exp.Query):
        raise NotExpressible("not one query")
    for query in tree.find_all(exp.Query):
        if query.args.get("with_"):
            raise NotExpressible("a WITH clause")
        if (
            not isinstance(query, exp.Select)
            and (order := query.args.get("order"))
            and order.find(exp.Column)
        ):
            raise NotExpressible("columns that order a set operation")
    if next(tree.find_all(exp.IntDiv, exp.Lock, exp.Into), None):
        raise NotExpressible("a clause or operator that only some dialects have")
    return tree


def _text(tree: exp.Expr, dialect: str | None = None) -> str:
    try:
        return tree.sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        raise NotExpressible(f"{dialect or 'the form'} cannot say that") from error


def _reads_otherwise(node: exp.GroupConcat | exp.ConcatWs) -> bool:
    """Return whether reading the form again would take the separator for one more text or put empty
    texts where CONCAT_WS omits NULL.
    """
    ordered = isinstance(node.this, exp.Distinct | exp.Order)
    return isinstance(node, exp.ConcatWs) or (ordered and node.args.get("separator") is not None)


def _given(node: exp.Expr) -> list[str]:
    """Return the arguments of a node that are set."""
    return [name for name, value in node.args.items() if value]


def _inline_aliases(select: exp.Select, scope: Scope) -> None:
    """Replace aliases of the select list by their expressions and drop them. A column of the same
    name wins, except in ORDER BY.
    """
    named = {e.alias.lower(): e.this for e in select.expressions if isinstance(e, exp.Alias)}
    for clause in ("order", "group", "having"):
        for column in list((select.args.get(clause) or exp.Null()).find_all(exp.Column)):
            name = column.name.lower()
            alone = clause == "order" and isinstance(column.parent, exp.Ordered)
            if (
                not column.table
                and name in named
                and (alone or not any(table.column(name) for table in scope.values()))
            ):
                meant = named[name].copy()
                column.replace(
                    exp.Paren(this=meant)
                    if isinstance(meant, exp.Binary) and isinstance(column.parent, exp.Binary)
                    else meant
                )
    for projection in list(select.expressions):
        if isinstance(projection, exp.Alias):
            projection.replace(projection.this)


def _sources(select: exp.Select) -> list[exp.Expr]:
    """Return the nodes named by FROM and JOIN."""
    source = select.args.get("from_")
    return ([source.this] if source else []) + [
        join.this for join in select.args.get("joins") or []
    ]


def _direct(select: exp.Select, kind: type) -> Iterator[exp.Expr]:
    """Return nodes of `kind` in this select, not in nested queries."""
    for node in select.walk(prune=lambda n: n is not select and isinstance(n, exp.Query)):
        if isinstance(node, kind) and node is not select:
            yield node
