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
    for column, literal in list(_comparisons(tree)):
        for table, name in _places(column, catalog):
            stored = values.stored(table, name, literal.this)
            if stored is not None:
                if stored != literal.this:
                    rewritten.append(Rewritten(f"{table}.{name}", literal.this, stored))
                    literal.replace(exp.Literal.string(stored))
                break
    try:
        return (write_sql(tree, catalog.dialect) if rewritten else sql), tuple(rewritten)
    except Refused:
        return sql, ()


def _comparisons(tree: exp.Expr) -> Iterator[tuple[exp.Column, exp.Literal]]:
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        literals = node.expressions if isinstance(node, exp.In) else [node.expression]
        if isinstance(node.this, exp.Column):
            yield from (
                (node.this, literal)
                for literal in literals
                if isinstance(literal, exp.Literal) and literal.is_string
            )


def _places(column: exp.Column, catalog: Catalog) -> list[tuple[str, str]]:
    """Return (table key, column) for the tables in the innermost enclosing query that have such a
    column.
    """
    select = column.find_ancestor(exp.Select)
    while select is not None:
        alias = column.table.lower()
        owners = [
            (table, table.column(column.name))
            for name, table in tables_in(select, catalog)
            if alias in ("", name)
        ]
        if found := [(table.key, owner.name) for table, owner in owners if owner is not None]:
            return found
        select = select.parent_select
    return []
