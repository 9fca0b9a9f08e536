"""Write columns, joined tables and counts into a query, and take conditions out of it. The repairs
that do so call this.
"""

from __future__ import annotations

from sqlglot import exp

from mome.catalog import Table
from mome.forms.quoting import needs_quotes
from mome.sql_tree import sources


def written_column(select: exp.Select, alias: str, name: str, dialect: str) -> exp.Column:
    """Return a column of one of a query's tables, with the table's name where it reads several.

    alias: in lower case, as `tables_in` yields it.
    """
    column = exp.Column(this=identifier(name, dialect))
    if len(sources(select)) > 1:
        column.set("table", alias_of(select, alias))
    return column


def alias_of(select: exp.Select, alias: str) -> exp.Identifier:
    """Return the name of one of a query's tables as the query writes it."""
    for node in sources(select):
        if node.alias_or_name.lower() == alias:
            given = node.args.get("alias")
            return (given.this if given is not None else node.this).copy()
    raise KeyError(alias)


def written_table(table: Table, alias: str, dialect: str) -> exp.Table:
    """Return a table as FROM and JOIN name it; with an alias if it differs from the name."""
    node = exp.Table(
        this=identifier(table.name, dialect),
        db=identifier(table.schema, dialect) if table.schema else None,
    )
    if alias != table.name:
        node.set("alias", exp.TableAlias(this=identifier(alias, dialect)))
    return node


def identifier(name: str, dialect: str) -> exp.Identifier:
    """Return a name, in quotes where the engine needs them."""
    return exp.to_identifier(name, quoted=needs_quotes(name, dialect))


def count_of(condition: exp.Expr) -> exp.Expr:
    """Return COUNT(CASE WHEN condition THEN 1 END)."""
    branch = exp.If(this=condition, true=exp.Literal.number(1))
    return exp.Anonymous(this="COUNT", expressions=[exp.Case(ifs=[branch])])


def drop_condition(condition: exp.Expr) -> None:
    """Take one of the conditions that AND joins out of WHERE."""
    where = condition.find_ancestor(exp.Where)
    assert where is not None, "callers find it there"
    parts = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    left = [part.copy() for part in parts if part is not condition]
    if left:
        where.set("this", exp.and_(*left))
    else:
        where.pop()
