"""Steps from an answer that one click takes: the difference to the period before, the share of the
whole, the total, and the rows behind a figure. Each is SQL made from the SQL of the answer.
`steps_view` offers them.

Covered: one SELECT over tables of the catalog that aggregates. Not covered: set operations, and
queries over other queries, whose rows are in no table.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from app.charts import Drawable
from app.columns import Shown
from mome.catalog import Catalog, Table
from mome.guard import GuardedQuery
from mome.linking.names import name_words
from mome.sql_tree import parsed, sources, table_of

MOST_COLUMNS = 14
"""Columns of the rows behind a figure; more of them fit no screen."""


@dataclass(frozen=True)
class NextStep:
    """A step that can be taken."""

    label: str
    question: str
    """What is added to the question."""
    sql: str


class Grouped:
    """A query that aggregates, and which of its columns are dimensions and which are measures."""

    def __init__(self, tree: exp.Select, given: Drawable, catalog: Catalog) -> None:
        self.tree, self.given, self.catalog = tree, given, catalog
        shown = [entry.unalias() for entry in tree.selects]
        self.measures = [place for place, entry in enumerate(shown) if _is_measure(entry)]
        self.dimensions = [place for place, entry in enumerate(shown) if not _is_measure(entry)]

    def inner(self, place: int) -> exp.Expr:
        """Return a copy of what a column shows."""
        return self.tree.selects[place].unalias().copy()

    def column(self, place: int) -> Shown:
        """Return a column as it is shown."""
        return self.given.columns[place]

    def sql(self, tree: exp.Select) -> str:
        """Return a query in the catalog's dialect."""
        return tree.sql(self.catalog.dialect)


def grouped(query: GuardedQuery | None, given: Drawable, catalog: Catalog) -> Grouped | None:
    """Return the parts of a query of which steps can be made; None if it is none."""
    tree = None if query is None else parsed(query.sql, query.dialect)
    if not isinstance(tree, exp.Select) or len(tree.selects) != len(given.columns):
        return None
    is_plain = not tree.args.get("distinct") and not tree.args.get("with_")
    found = Grouped(tree, given, catalog)
    return found if is_plain and found.measures else None


def next_steps(found: Grouped) -> list[NextStep]:
    """Return the steps that an answer has, in the order in which they are offered."""
    # A step from a step would be a window over windows.
    if found.tree.find(exp.Window):
        return []
    steps = (_change(found), _share(found), _total(found))
    return [step for step in steps if step is not None]


def rows_behind(found: Grouped, row: Sequence[object]) -> str | None:
    """Return SQL for the rows behind one row of an answer; None where they are in no table, or
    where what is shown does not tell the row from others: a query may group by what it hides.
    """
    tables = _tables(found)
    if not tables or not _is_alone(found, row):
        return None
    wanted: list[exp.Expr] = []
    for place in found.dimensions:
        wanted.append(_equals(found.inner(place), row[place]))
    columns = _columns(found, tables)
    tree = exp.Select(expressions=columns)
    for clause in ("from_", "joins", "where"):
        tree.set(clause, _copied(found.tree.args.get(clause)))
    for condition in wanted:
        tree = tree.where(condition)
    return found.sql(_most_first(tree, found))


def _is_alone(found: Grouped, row: Sequence[object]) -> bool:
    """Return whether no other row has the same values of the dimensions."""
    wanted = [row[place] for place in found.dimensions]
    same = [one for one in found.given.rows if [one[p] for p in found.dimensions] == wanted]
    return len(same) <= 1


def place_named(found: Grouped, row: Sequence[object]) -> str:
    """Return what a row is about: `genre Crime and year 2024`; empty for the whole."""
    named = [f"{found.column(place).title} {row[place]}" for place in found.dimensions]
    return " and ".join(named)


def _is_measure(entry: exp.Expr) -> bool:
    return entry.find(exp.AggFunc) is not None


def _change(found: Grouped) -> NextStep | None:
    """Add the difference to the period before, where one dimension is time."""
    times = [place for place in found.dimensions if found.given.moments(place)]
    if len(times) != 1 or len(found.measures) != 1:
        return None
    (measure,) = found.measures
    others = [found.inner(place) for place in found.dimensions if place not in times]
    over = exp.Window(
        this=exp.Lag(this=found.inner(measure)),
        partition_by=others or None,
        order=exp.Order(expressions=[exp.Ordered(this=found.inner(times[0]))]),
    )
    entry = exp.Sub(this=_wrapped(found.inner(measure)), expression=over)
    title = found.column(measure).title
    tree = _ordered(found.tree.copy(), found, times[0])
    tree.select(_named(entry, f"change of {title}"), copy=False)
    return NextStep("Difference to the period before", "and the change", found.sql(tree))


def _share(found: Grouped) -> NextStep | None:
    """Add the percentage of the whole, of a measure whose parts add up."""
    if not found.dimensions or len(found.measures) != 1 or len(found.given.rows) < 2:
        return None
    (measure,) = found.measures
    if not found.column(measure).adds_up:
        return None
    whole = exp.Window(this=exp.Sum(this=found.inner(measure)))
    hundred = exp.Mul(this=exp.Literal.number("100.0"), expression=_wrapped(found.inner(measure)))
    entry = exp.Div(this=hundred, expression=whole)
    title = found.column(measure).title
    tree = found.tree.copy()
    tree.select(_named(entry, f"percentage of {title}"), copy=False)
    return NextStep("Share of the whole", "and the share of the whole", found.sql(tree))


def _total(found: Grouped) -> NextStep | None:
    """Drop the groups."""
    if not found.dimensions or found.tree.args.get("having"):
        return None
    tree = found.tree.copy()
    tree.set("expressions", [found.tree.selects[place].copy() for place in found.measures])
    for clause in ("group", "order", "limit", "offset"):
        tree.set(clause, None)
    return NextStep("Total", "in total", found.sql(tree))


def _named(entry: exp.Expr, title: str) -> exp.Expr:
    return exp.alias_(entry, "_".join(name_words(title)).lower(), quoted=False)


def _wrapped(entry: exp.Expr) -> exp.Expr:
    return exp.paren(entry) if isinstance(entry, exp.Binary) else entry


def _ordered(tree: exp.Select, found: Grouped, place: int) -> exp.Select:
    """Put the rows in the order of time, where they have none."""
    return tree if tree.args.get("order") else tree.order_by(found.inner(place))


def _copied(clause: object) -> object:
    if isinstance(clause, list):
        return [part.copy() for part in clause]
    return clause.copy() if isinstance(clause, exp.Expr) else None


def _tables(found: Grouped) -> list[tuple[str, Table]]:
    """Return the tables of a query by their handles; none if one of its sources is no table."""
    named = []
    for node in sources(found.tree):
        table = table_of(node, found.catalog)
        if table is None:
            return []
        named.append((node.alias_or_name, table))
    return named


def _equals(entry: exp.Expr, value: object) -> exp.Expr:
    literal: exp.Expr
    match value:
        case None:
            return exp.Is(this=entry, expression=exp.Null())
        case bool():
            literal = exp.Boolean(this=value)
        case int() | float() | Decimal():
            literal = exp.Literal.number(str(value))
        case datetime.datetime():
            literal = exp.cast(exp.Literal.string(str(value)), "TIMESTAMP")
        case datetime.date():
            literal = exp.cast(exp.Literal.string(str(value)), "DATE")
        case _:
            literal = exp.Literal.string(str(value))
    return exp.EQ(this=entry, expression=literal)


def _columns(found: Grouped, tables: Sequence[tuple[str, Table]]) -> list[exp.Expr]:
    """Return the columns that tell the rows behind a figure: what was summed, all of the table that
    it comes from, and the names of the others.
    """
    main = _main(found, tables)
    wanted: list[tuple[str, str]] = []
    for handle, table in tables:
        for column in table.columns:
            is_telling = column.family == "text" and column.name not in _keys(table)
            if handle == main or (is_telling and not any(h == handle for h, _ in wanted)):
                wanted.append((handle, column.name))
    shown: list[exp.Expr] = []
    used: set[str] = set()
    for handle, name in wanted[:MOST_COLUMNS]:
        entry = exp.column(_identifier(name), table=_identifier(handle))
        is_twin = name.lower() in used
        shown.append(exp.alias_(entry, f"{handle}_{name}") if is_twin else entry)
        used.add(name.lower())
    summed = _summed(found)
    if summed is not None and not isinstance(summed, exp.Column):
        title = found.column(found.measures[0]).title
        shown.insert(0, _named(summed, title))
    return shown


def _identifier(name: str) -> exp.Identifier:
    # PostgreSQL folds names that are not quoted to lower case.
    return exp.to_identifier(name, quoted=True if name != name.lower() else None)


def _keys(table: Table) -> set[str]:
    keys = set(table.primary_key)
    return keys.union(*(key.columns for key in table.foreign_keys)) if table.foreign_keys else keys


def _main(found: Grouped, tables: Sequence[tuple[str, Table]]) -> str:
    """Return the handle of the table that the first measure is over, else the first one."""
    measure = found.inner(found.measures[0])
    for column in measure.find_all(exp.Column):
        for handle, table in tables:
            if column.table in ("", handle) and table.column(column.name) is not None:
                return handle
    # The rows of a count are those of the table that refers to the others.
    for handle, table in tables:
        others = {other.key for name, other in tables if name != handle}
        referred = {key.ref_table for key in table.foreign_keys}
        if others and others <= referred:
            return handle
    return tables[0][0]


def _summed(found: Grouped) -> exp.Expr | None:
    """Return what the first measure aggregates; None for a count."""
    measure = found.inner(found.measures[0])
    call = measure if isinstance(measure, exp.AggFunc) else measure.find(exp.AggFunc)
    if isinstance(call, exp.Sum | exp.Avg | exp.Min | exp.Max):
        return call.this.copy()
    return None


def _most_first(tree: exp.Select, found: Grouped) -> exp.Select:
    """Put the rows that make most of a figure first."""
    summed = _summed(found)
    if summed is None:
        return tree
    is_least = found.inner(found.measures[0]).find(exp.Min) is not None
    return tree.order_by(exp.Ordered(this=summed, desc=not is_least))
