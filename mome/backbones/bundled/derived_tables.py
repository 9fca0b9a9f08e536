"""Flatten derived tables: `SELECT d.x FROM (SELECT x, COUNT(*) AS n FROM t GROUP BY x) AS d WHERE
d.n > 2` becomes `SELECT x FROM t GROUP BY x HAVING COUNT(*) > 2`.

The pointer form calls it before encoding. Queries whose meaning would change are left alone.
"""

from __future__ import annotations

from sqlglot import exp

_PLAIN = {"expressions", "from_", "joins", "where", "group", "having"}
"""Clauses that a query may have to be merged into another."""


def merge_derived(tree: exp.Query) -> None:
    """Flatten every query over a single derived table, innermost first."""
    for select in reversed(list(tree.find_all(exp.Select))):
        inner = _only_source(select)
        if inner is not None and not _is_read_further_in(select):
            shown = {
                expression.alias_or_name.lower(): expression.unalias()
                for expression in inner.expressions
            }
            _ = _take_extreme(select, inner, shown) or _take_in(select, inner, shown)


def _only_source(select: exp.Select) -> exp.Select | None:
    """Return the query of the only derived table that `select` reads, if it can be merged."""
    source = select.args.get("from_")
    if (
        source is None
        or select.args.get("joins")
        or select.args.get("laterals")
        or not isinstance(source.this, exp.Subquery)
    ):
        return None
    inner = source.this.this
    plain = (
        isinstance(inner, exp.Select)
        and {name for name, value in inner.args.items() if value} <= _PLAIN
    )
    return (
        inner
        if plain
        and not inner.find(exp.Window)
        and not _shows_star(inner)
        and not _shows_star(select)
        else None
    )


def _shows_star(select: exp.Select) -> bool:
    return any(
        isinstance(shown, exp.Star)
        or (isinstance(shown, exp.Column) and isinstance(shown.this, exp.Star))
        for shown in select.expressions
    )


def _is_read_further_in(select: exp.Select) -> bool:
    """Return whether queries inside the conditions of `select` also read its derived table."""
    alias = select.args["from_"].this.alias_or_name.lower()
    return any(
        c.table.lower() == alias and c.parent_select is not select
        for c in select.find_all(exp.Column)
    )


def _direct(select: exp.Select) -> list[exp.Column]:
    """Return columns that `select` itself reads."""
    return [column for column in select.find_all(exp.Column) if column.parent_select is select]


def _take_extreme(select: exp.Select, inner: exp.Select, shown: dict[str, exp.Expr]) -> bool:
    """Rewrite `(SELECT MAX(d.n) FROM (... COUNT(*) AS n ... GROUP BY x) AS d)` as the first of the
    ordered counts.
    """
    given = {name for name, value in select.args.items() if value}
    if (
        given != {"expressions", "from_"}
        or len(select.expressions) != 1
        or not isinstance(select.parent, exp.Subquery)
    ):
        return False
    extreme = select.expressions[0].unalias()
    counted = (
        shown.get(extreme.this.name.lower())
        if isinstance(extreme, exp.Max | exp.Min) and isinstance(extreme.this, exp.Column)
        else None
    )
    if not isinstance(counted, exp.Count) or not inner.args.get("group"):
        return False
    _replace(select, inner, [counted.copy()])
    most = isinstance(extreme, exp.Max)
    select.set(
        "order",
        exp.Order(expressions=[exp.Ordered(this=counted.copy(), desc=most, nulls_first=not most)]),
    )
    select.set("limit", exp.Limit(expression=exp.Literal.number(1)))
    return True


def _take_in(select: exp.Select, inner: exp.Select, shown: dict[str, exp.Expr]) -> bool:
    """Replace the outer query's columns by the inner expressions and append its conditions to the
    inner ones.
    """
    columns = _direct(select)
    grouped = bool(inner.args.get("group")) or _gathers(inner)
    gathers = select.args.get("group") or select.args.get("having") or _gathers(select)
    if (grouped and (gathers or not inner.args.get("group"))) or any(
        column.name.lower() not in shown for column in columns
    ):
        return False
    where = select.args.get("where")
    for column in columns:
        meant = shown[column.name.lower()].copy()
        column.replace(
            exp.Paren(this=meant)
            if isinstance(meant, exp.Binary) and isinstance(column.parent, exp.Binary)
            else meant
        )
    clause, kind = ("having", exp.Having) if grouped else ("where", exp.Where)
    before = inner.args.get(clause)
    conditions = [part.this.copy() for part in (before, where) if part is not None]
    select.set("where", None)
    _replace(select, inner, list(select.expressions))
    select.set(clause, kind(this=exp.and_(*conditions)) if conditions else None)
    return True


def _gathers(select: exp.Select) -> bool:
    return any(node.parent_select is select for node in select.find_all(exp.AggFunc))


def _replace(select: exp.Select, inner: exp.Select, expressions: list[exp.Expr]) -> None:
    """Give `select` the sources and clauses of `inner`, but not its select list."""
    for name in _PLAIN - {"expressions"}:
        value = inner.args.get(name)
        if value or name in ("from_", "joins"):
            select.set(name, value)
    select.set("expressions", expressions)
