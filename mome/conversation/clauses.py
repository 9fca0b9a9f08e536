"""Parts of a form's tree that edits read and change. A form implies its joins, so that a condition
or a column of another table needs no more than to be there.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from mome.forms.nodes import Aggregate, FormColumn


def conjuncts(select: exp.Select) -> list[exp.Expr]:
    """Return the conditions of a SELECT that all must hold."""
    where = select.args.get("where")
    if where is None:
        return []
    condition = where.this
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def set_conditions(select: exp.Select, conditions: Iterable[exp.Expr]) -> None:
    """Replace the conditions of a SELECT."""
    found = [_in_parentheses(condition.copy()) for condition in conditions]
    select.set("where", exp.Where(this=exp.and_(*found, wrap=False)) if found else None)


def _in_parentheses(condition: exp.Expr) -> exp.Expr:
    return exp.Paren(this=condition) if isinstance(condition, exp.Or) else condition


def add_conditions(select: exp.Select, conditions: Iterable[exp.Expr]) -> None:
    """Add the conditions that a SELECT does not have."""
    own = conjuncts(select)
    set_conditions(select, [*own, *(new for new in conditions if new not in own)])


def compared_value(condition: exp.Expr) -> tuple[FormColumn, exp.Literal] | None:
    """Return the column and the literal of `column = literal`; None for all else."""
    if not isinstance(condition, exp.EQ):
        return None
    column, literal = condition.this, condition.expression
    if isinstance(column, FormColumn) and isinstance(literal, exp.Literal):
        return column, literal
    return None


def anchors(select: exp.Select) -> list[str] | None:
    """Return the keys of the tables in FROM; None if it says more than which tables are read."""
    first = select.args.get("from_")
    joins = select.args.get("joins") or []
    nodes = [] if first is None else [first.this, *(join.this for join in joins)]
    is_plain = all(isinstance(node, exp.Table) and not _says_more(node) for node in nodes)
    if not is_plain or any(join.args.get("on") or join.args.get("side") for join in joins):
        return None
    return [node.name for node in nodes]


def _says_more(table: exp.Table) -> bool:
    return bool(table.alias) or bool(table.args.get("only"))


def set_anchors(select: exp.Select, keys: Iterable[str]) -> None:
    """Replace the tables in FROM."""
    tables = [exp.Table(this=exp.to_identifier(key, quoted=True)) for key in dict.fromkeys(keys)]
    select.set("from_", exp.From(this=tables[0]) if tables else None)
    select.set("joins", [exp.Join(this=table) for table in tables[1:]] or None)


def is_aggregate(node: exp.Expr) -> bool:
    """Return whether an expression is computed over several rows."""
    return node.find(exp.AggFunc, Aggregate) is not None


def aggregates(select: exp.Select) -> bool:
    """Return whether a SELECT shows a figure over several rows or groups its rows."""
    return bool(select.args.get("group")) or any(map(is_aggregate, select.expressions))


def keys_of(select: exp.Select) -> list[exp.Expr]:
    """Return the expressions by which a SELECT groups."""
    group = select.args.get("group")
    return [] if group is None else list(group.expressions)


def set_keys(select: exp.Select, keys: Iterable[exp.Expr]) -> None:
    """Replace the expressions by which a SELECT groups."""
    found = [key.copy() for key in keys]
    select.set("group", exp.Group(expressions=found) if found else None)


def drop(select: exp.Select, *clauses: str) -> None:
    """Remove clauses."""
    for clause in clauses:
        select.set(clause, None)


def carry(select: exp.Select, other: exp.Select, *clauses: str) -> None:
    """Copy clauses of another SELECT where this one has none."""
    for clause in clauses:
        if select.args.get(clause) is None and other.args.get(clause) is not None:
            select.set(clause, other.args[clause].copy())


def ordered_by(node: exp.Expr, *, descending: bool) -> exp.Order:
    """Return an ORDER BY of one expression."""
    return exp.Order(expressions=[sorted_by(node, descending=descending)])


def sorted_by(node: exp.Expr, *, descending: bool) -> exp.Ordered:
    """Return one entry of an ORDER BY. NULLs stand where the engines put them."""
    return exp.Ordered(this=node.copy(), desc=descending or None, nulls_first=not descending)


def turned(order: exp.Order) -> exp.Order:
    """Return an ORDER BY the other way round."""
    return exp.Order(
        expressions=[
            sorted_by(entry.this, descending=not entry.args.get("desc"))
            for entry in order.expressions
        ]
    )


def limited(count: int) -> exp.Limit:
    """Return LIMIT of a number of rows."""
    return exp.Limit(expression=exp.Literal.number(count))


def counted() -> exp.Count:
    """Return COUNT(*)."""
    return exp.Count(this=exp.Star(), big_int=True)


def owners(nodes: Iterable[exp.Expr]) -> list[str]:
    """Return the keys of the tables, or the aliases, that columns in some expressions belong to."""
    found = [column.table for node in nodes for column in node.find_all(FormColumn)]
    return list(dict.fromkeys(found))
