"""Value repair: a literal that no row holds is rewritten to the stored spelling, and the
translation reports it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mome.answering.translation import Rewritten
from mome.catalog import Catalog
from mome.errors import Refused
from mome.guard import read_sql, write_sql
from mome.linking.values import ValueIndex
from mome.sql_tree import tables_in


def repair(sql: str, catalog: Catalog, values: ValueIndex) -> tuple[str, tuple[Rewritten, ...]]:
    """Rewrite literals in `=`, `<>` and IN to their stored spelling; return the SQL and the
    changes.
    """
    try:
        tree = read_sql(sql, catalog.dialect)
    except Refused:
        return sql, ()
    rewritten = []
    # A list, because literals are replaced in the tree that is walked.
    for column, literal in list(_comparisons(tree)):
        for table, name in _places(column, catalog):
            stored = values.stored(table, name, literal.this)
            if stored is None:
                continue
            if stored != literal.this:
                rewritten.append(Rewritten(f"{table}.{name}", literal.this, stored))
                literal.replace(exp.Literal.string(stored))
            break
    if not rewritten:
        return sql, ()
    try:
        return write_sql(tree, catalog.dialect), tuple(rewritten)
    except Refused:
        return sql, ()


def _comparisons(tree: exp.Expr) -> Iterator[tuple[exp.Column, exp.Literal]]:
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        if not isinstance(node.this, exp.Column):
            continue
        literals = node.expressions if isinstance(node, exp.In) else [node.expression]
        for literal in literals:
            if isinstance(literal, exp.Literal) and literal.is_string:
                yield node.this, literal


def _places(column: exp.Column, catalog: Catalog) -> list[tuple[str, str]]:
    """Return (table key, column) for the tables in the innermost enclosing query that have such a
    column.
    """
    alias = column.table.lower()
    select = column.find_ancestor(exp.Select)
    # Outwards, because a subquery may compare a column of the query around it.
    while select is not None:
        found = []
        for name, table in tables_in(select, catalog):
            owner = table.column(column.name)
            if alias in ("", name) and owner is not None:
                found.append((table.key, owner.name))
        if found:
            return found
        select = select.parent_select
    return []
