"""Columns that a grouped query shows or sorts by without grouping by them.

SQLite and MariaDB take the value of an arbitrary row of each group; other engines refuse such a
query. A quantity is added up instead, and of other columns the reader is told. Covered: SELECTs
that read tables of the catalog alone. Not covered: subqueries in FROM, and the arguments of window
functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.join_columns import (
    Named,
    column_of,
    equal_columns,
    keys_of,
    rows_only,
    written_out,
)
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.errors import Refused
from mome.linking.names import name_stems
from mome.sql_tree import sources, tables_in

_NOT_ADDED = name_stems(
    "age average avg code day degree depth floor grade height id index latitude length level "
    "longitude mean median month number percent percentage position price rank rate rating ratio "
    "score size speed temperature version weight width year"
)
"""Stems of names of numbers whose sum says nothing."""


@dataclass(frozen=True)
class Ungrouped:
    """A column that is not determined by the groups of its SELECT."""

    node: exp.Column
    table: Table
    column: Column

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table.key}.{self.column.name}"

    @property
    def is_quantity(self) -> bool:
        """Whether its sum over a group has a meaning."""
        keys = {name for key in self.table.foreign_keys for name in key.columns}
        if self.column.name in keys | set(self.table.primary_key):
            return False
        is_number = self.column.family in ("integer", "number")
        return is_number and not name_stems(self.column.name) & _NOT_ADDED

    @property
    def is_of_groups(self) -> bool:
        """Whether the query says by what it groups."""
        select = self.node.parent_select
        return select is not None and select.args.get("group") is not None

    def describe(self) -> str:
        """Return what the query shows, as the end of a sentence."""
        return f"it takes {self.name} from any one row of several"

    def probe(self) -> exp.Select:
        """Return a query that has a row if a group holds several values of the column."""
        select = self.node.parent_select
        assert select is not None, "ungrouped found the column in a SELECT"
        probe = rows_only(select)
        group = select.args.get("group")
        dimensions = [written_out(node, select) for node in group.expressions] if group else []
        probe = probe.group_by(*dimensions)
        counted = exp.Count(this=exp.Distinct(expressions=[self.node.copy()]))
        return probe.having(exp.GT(this=counted, expression=exp.Literal.number(1))).limit(1)


def ungrouped(tree: exp.Expr, catalog: Catalog) -> list[Ungrouped]:
    """Return the columns whose value in a group the keys do not determine, each node."""
    found: list[Ungrouped] = []
    for select in tree.find_all(exp.Select):
        tables = dict(tables_in(select, catalog))
        # What a subquery or a CTE determines is not in the catalog.
        if tables and len(tables) == len(sources(select)) and _is_grouped(select):
            found += _of_select(select, tables)
    return found


def is_one_row(select: exp.Select, alias: str, tables: dict[str, Table]) -> bool:
    """Return whether each group of a SELECT is about one row of a table, given by its alias."""
    group = select.args.get("group")
    grouped = [written_out(node, select) for node in group.expressions] if group else []
    known = _determined(select, grouped, tables)
    return all((alias, column.name.lower()) in known for column in tables[alias].columns)


def add_up(draft: SqlDraft, columns: Sequence[Ungrouped]) -> SqlDraft:
    """Return a query with SUM around columns that `ungrouped` found in its `tree`."""
    if not columns or draft.exact_tree is None:
        return draft
    # Both trees are of one text: a name has the same place in them.
    starts = {one.node.this.meta["start"] for one in columns}
    tree = draft.exact_tree.copy()
    for column in list(tree.find_all(exp.Column)):
        # The star of `t.*` has no place.
        if column.this.meta.get("start") in starts:
            column.replace(exp.Anonymous(this="SUM", expressions=[column.copy()]))
    try:
        return draft.rewritten(tree)
    except Refused:
        return draft


def _is_grouped(select: exp.Select) -> bool:
    """Return whether rows of the result stand for groups of rows."""
    aggregates = [node for node in _aggregates(select) if not isinstance(node.parent, exp.Window)]
    if select.args.get("group") is None and not aggregates:
        return False
    # SQLite takes other columns from the row of the only minimum or maximum.
    return not any(isinstance(node, (exp.Min, exp.Max)) for node in aggregates)


def _aggregates(select: exp.Select) -> Iterator[exp.Expr]:
    for node in select.find_all(exp.AggFunc):
        if node.parent_select is select:
            yield node


def _of_select(select: exp.Select, tables: dict[str, Table]) -> Iterator[Ungrouped]:
    group = select.args.get("group")
    grouped = [written_out(node, select) for node in group.expressions] if group else []
    known = _determined(select, grouped, tables)
    written = {_resolved(node, tables) for node in grouped}
    aliases = {node.alias.lower() for node in select.expressions if isinstance(node, exp.Alias)}
    for root in _shown(select):
        for node in _outside_aggregates(root, written, tables):
            named = column_of(node, tables)
            # ORDER BY may name an output column.
            if named is None or (not node.table and node.name.lower() in aliases):
                continue
            table = tables[named[0]]
            column = table.column(named[1])
            if named not in known and column is not None:
                yield Ungrouped(node, table, column)


def _shown(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield what is computed for each group."""
    yield from select.expressions
    for part in ("having", "order"):
        if select.args.get(part) is not None:
            yield select.args[part]


def _outside_aggregates(
    node: exp.Expr, grouped: set[exp.Expr], tables: dict[str, Table]
) -> Iterator[exp.Column]:
    """Yield the columns below a node that no aggregate reads and no grouped expression holds."""
    if isinstance(node, (exp.AggFunc, exp.Window, exp.Query)) or _resolved(node, tables) in grouped:
        return
    if isinstance(node, exp.Column):
        yield node
        return
    for child in node.iter_expressions():
        yield from _outside_aggregates(child, grouped, tables)


def _resolved(node: exp.Expr, tables: dict[str, Table]) -> exp.Expr:
    """Return an expression with its columns in one spelling, so that equal ones compare equal."""
    return node.copy().transform(lambda part: _spelled(part, tables))


def _spelled(node: exp.Expr, tables: dict[str, Table]) -> exp.Expr:
    named = column_of(node, tables) if isinstance(node, exp.Column) else None
    return node if named is None else exp.column(named[1], table=named[0])


def _determined(
    select: exp.Select, grouped: list[exp.Expr], tables: dict[str, Table]
) -> set[Named]:
    """Return the columns that have one value in each group by the tables' keys."""
    known = {column_of(node, tables) for node in grouped if isinstance(node, exp.Column)}
    known |= set(_fixed(select, tables))
    found = {named for named in known if named is not None}
    equal = list(equal_columns(select, tables))
    before = -1
    while len(found) > before:
        before = len(found)
        for one, other in equal:
            found |= {one, other} if one in found or other in found else set()
        for alias, table in tables.items():
            held = {name for owner, name in found if owner == alias}
            if any({name.lower() for name in key} <= held for key in keys_of(table)):
                found |= {(alias, column.name.lower()) for column in table.columns}
    return found


def _fixed(select: exp.Select, tables: dict[str, Table]) -> Iterator[Named | None]:
    """Yield the columns that WHERE sets equal to a literal."""
    where = select.args.get("where")
    if where is None:
        return
    parts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    for part in parts:
        if isinstance(part, exp.EQ) and isinstance(part.expression, exp.Literal):
            if isinstance(part.this, exp.Column):
                yield column_of(part.this, tables)
