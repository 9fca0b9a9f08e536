"""Find what the names of a SQL query mean: every column becomes one of a source with an id.

Aliases of columns are replaced by what they stand for, except in queries in FROM.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.nodes import FormColumn, form_column
from mome.forms.trees import (
    direct_columns,
    given_arguments,
    in_parentheses,
    nested_queries,
    sources,
)


@dataclass(frozen=True)
class NamedSource:
    """A table or a query in FROM."""

    id: str
    is_table: bool
    columns: dict[str, str]
    """Its columns by their names in lower case."""


@dataclass
class SqlScope:
    """The sources of one query by their aliases in lower case."""

    sources: dict[str, NamedSource] = field(default_factory=dict)
    outer: SqlScope | None = None


def resolve(tree: exp.Query, context: Context, outer: SqlScope | None = None) -> None:
    """Replace the columns of a query and of those inside it. Raises NotExpressible."""
    if not isinstance(tree, exp.Select):
        for query in nested_queries(tree):
            resolve(query, context, outer)
        return
    scope = SqlScope(outer=outer)
    for node in sources(tree):
        _add_source(node, scope, context)
    _write_using(tree, scope)
    _inline_aliases(tree, scope)
    # An alias may stand for a query, so that there are more of them now.
    inside = list(nested_queries(tree))
    _expand_stars(tree, scope)
    for column in list(direct_columns(tree)):
        if not isinstance(column, FormColumn):
            column.replace(_resolved(column, scope, context))
    for query in inside:
        resolve(query, context, scope)


def _add_source(node: exp.Expr, scope: SqlScope, context: Context) -> None:
    alias = node.alias_or_name.lower()
    if alias in scope.sources:
        raise NotExpressible(f"table {node.alias_or_name} twice")
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
        resolve(node.this, context, scope.outer)
        source = NamedSource(context.new_source(None), False, _shown(node))
    else:
        source = _table_source(node, context)
    scope.sources[alias] = source
    node.set("alias", exp.TableAlias(this=exp.to_identifier(source.id)))


def _table_source(node: exp.Expr, context: Context) -> NamedSource:
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
        raise NotExpressible("a source that is no table")
    others = set(given_arguments(node)) - {"this", "db", "alias"}
    if node.alias_column_names or others:
        raise NotExpressible("a source that is no table")
    table = context.catalog.table(f"{node.db}.{node.name}" if node.db else node.name)
    if table is None:
        raise NotExpressible(f"table {node.name}")
    node.set("this", exp.to_identifier(table.key, quoted=True))
    node.set("db", None)
    columns = {column.name.lower(): column.name for column in table.columns}
    return NamedSource(context.new_source(table), True, columns)


def _shown(node: exp.Subquery) -> dict[str, str]:
    """Return the columns of a query in FROM, all of which get names."""
    first = node.this
    while not isinstance(first, exp.Select):
        first = first.this
    renamed = node.alias_column_names
    names: dict[str, str] = {}
    shown = []
    for place, entry in enumerate(first.expressions):
        name = renamed[place] if place < len(renamed) else entry.alias_or_name
        if not name or name.lower() in names:
            name = f"c{place + 1}"
        names[name.lower()] = name
        shown.append(exp.alias_(entry.unalias(), name, quoted=True))
    first.set("expressions", shown)
    return names


def _write_using(select: exp.Select, scope: SqlScope) -> None:
    """Write JOIN ... USING (x) as a condition."""
    names = list(scope.sources)
    for place, join in enumerate(select.args.get("joins") or [], 1):
        using = join.args.get("using")
        if not using:
            continue
        equal = []
        for column in using:
            left = next(n for n in names[:place] if column.name.lower() in scope.sources[n].columns)
            this = exp.column(column.name, table=left)
            equal.append(exp.EQ(this=this, expression=exp.column(column.name, table=names[place])))
        join.set("using", None)
        join.set("on", exp.and_(*equal))


def _inline_aliases(select: exp.Select, scope: SqlScope) -> None:
    """Replace aliases of the select list by their expressions, and drop them outside of FROM."""

    def is_column(name: str) -> bool:
        return any(name in source.columns for source in scope.sources.values())

    for alias in replace_aliases(select, is_column):
        if not _is_source(select):
            alias.replace(alias.this)


def replace_aliases(select: exp.Select, is_column: Callable[[str], bool]) -> list[exp.Alias]:
    """Replace aliases of the select list by their expressions where they are used; return them. A
    column of the same name wins, except in ORDER BY.
    """
    aliases = [shown for shown in select.expressions if isinstance(shown, exp.Alias)]
    meanings = {alias.alias.lower(): alias.this for alias in aliases}
    for column, wins in _aliasable(select):
        name = column.name.lower()
        if not column.table and name in meanings and (wins or not is_column(name)):
            column.replace(in_parentheses(meanings[name].copy(), column.parent))
    return aliases


def _is_source(select: exp.Select) -> bool:
    """Return whether a query, or the set operation that it is part of, stands in FROM."""
    node = select.parent
    while isinstance(node, (exp.Subquery, exp.SetOperation)):
        if isinstance(node.parent, (exp.From, exp.Join)):
            return True
        node = node.parent
    return False


def _aliasable(select: exp.Select) -> Iterator[tuple[exp.Column, bool]]:
    """Yield columns that may be aliases, and whether an alias wins over a column of its name."""
    for clause in ("order", "group", "having", "where", "qualify"):
        part = select.args.get(clause)
        for column in list(part.find_all(exp.Column)) if part else []:
            # SQL reads an alias first only where ORDER BY names it alone.
            yield column, clause == "order" and isinstance(column.parent, exp.Ordered)


def _expand_stars(select: exp.Select, scope: SqlScope) -> None:
    """Write * as a star for each table, and as the columns of a query in FROM."""
    shown: list[exp.Expr] = []
    for entry in select.expressions:
        is_qualified = isinstance(entry, exp.Column) and isinstance(entry.this, exp.Star)
        if not is_qualified and not isinstance(entry, exp.Star):
            shown.append(entry)
            continue
        if any(given_arguments(star) for star in entry.find_all(exp.Star)):
            raise NotExpressible("a star without some columns")
        names = [entry.table.lower()] if is_qualified else list(scope.sources)
        for name in names:
            shown += _starred(name, scope, all_columns=_is_source(select))
    select.set("expressions", shown)


def _starred(name: str, scope: SqlScope, *, all_columns: bool) -> list[exp.Expr]:
    if name not in scope.sources:
        raise NotExpressible(f"table {name}")
    source = scope.sources[name]
    # The star of a table that stands in FROM would give columns without names.
    if not all_columns and source.is_table:
        return [form_column(source.id)]
    return [exp.alias_(form_column(source.id, c), c, quoted=True) for c in source.columns.values()]


def _resolved(column: exp.Column, scope: SqlScope, context: Context) -> exp.Expr:
    here: SqlScope | None = scope
    qualifier, name = column.table.lower(), column.name.lower()
    while here is not None:
        for alias, source in here.sources.items():
            if qualifier in ("", alias) and name in source.columns:
                return form_column(source.id, source.columns[name])
        here = here.outer
    # SQLite reads "name" as a text if there is no such column.
    if context.dialect == "sqlite" and not column.table and column.this.quoted:
        return exp.Literal.string(column.name)
    raise NotExpressible(f"column {column.sql()}")
