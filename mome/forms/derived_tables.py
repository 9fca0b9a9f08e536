"""Flatten derived tables: `SELECT d.x FROM (SELECT x, COUNT(*) AS n FROM t GROUP BY x) AS d WHERE
d.n > 2` becomes `SELECT x FROM t GROUP BY x HAVING COUNT(*) > 2`.

Queries whose meaning would change are left alone.
"""

from __future__ import annotations

from sqlglot import exp

from mome.forms.trees import given_arguments, in_parentheses

_PLAIN = {"expressions", "from_", "joins", "where", "group", "having"}
"""Clauses that a query may have to be merged into another."""


def merge_derived(tree: exp.Query) -> None:
    """Flatten every query over a single derived table, innermost first."""
    for select in reversed(list(tree.find_all(exp.Select))):
        inner = _only_source(select)
        if inner is None or _is_read_further_in(select):
            continue
        shown = {column.alias_or_name.lower(): column.unalias() for column in inner.expressions}
        if not _take_extreme(select, inner, shown):
            _take_in(select, inner, shown)


def _only_source(select: exp.Select) -> exp.Select | None:
    """Return the query of the only derived table that `select` reads, if it can be merged."""
    source = select.args.get("from_")
    if source is None or select.args.get("joins") or select.args.get("laterals"):
        return None
    inner = source.this.this if isinstance(source.this, exp.Subquery) else None
    if not isinstance(inner, exp.Select) or not set(given_arguments(inner)) <= _PLAIN:
        return None
    # A window is computed before the outer WHERE, so it cannot be merged with it.
    if inner.find(exp.Window) or _shows_star(inner) or _shows_star(select):
        return None
    return inner


def _shows_star(select: exp.Select) -> bool:
    for shown in select.expressions:
        column = shown.this if isinstance(shown, exp.Column) else shown
        if isinstance(column, exp.Star):
            return True
    return False


def _is_read_further_in(select: exp.Select) -> bool:
    """Return whether queries inside the conditions of `select` also read its derived table."""
    alias = select.args["from_"].this.alias_or_name.lower()
    if not alias:
        return False
    columns = select.find_all(exp.Column)
    return any(c.table.lower() == alias and c.parent_select is not select for c in columns)


def _take_extreme(select: exp.Select, inner: exp.Select, shown: dict[str, exp.Expr]) -> bool:
    """Rewrite `(SELECT MAX(d.n) FROM (... COUNT(*) AS n ... GROUP BY x) AS d)` as the first of the
    ordered counts.
    """
    is_bare = set(given_arguments(select)) == {"expressions", "from_"}
    if not is_bare or len(select.expressions) != 1 or not isinstance(select.parent, exp.Subquery):
        return False
    extreme = select.expressions[0].unalias()
    if not isinstance(extreme, exp.Max | exp.Min) or not isinstance(extreme.this, exp.Column):
        return False
    counted = shown.get(extreme.this.name.lower())
    if not isinstance(counted, exp.Count) or not inner.args.get("group"):
        return False
    _replace(select, inner, [counted.copy()])
    is_most = isinstance(extreme, exp.Max)
    # NULLs stand where MAX and MIN ignore them: last.
    first = exp.Ordered(this=counted.copy(), desc=is_most, nulls_first=not is_most)
    select.set("order", exp.Order(expressions=[first]))
    select.set("limit", exp.Limit(expression=exp.Literal.number(1)))
    return True


def _take_in(select: exp.Select, inner: exp.Select, shown: dict[str, exp.Expr]) -> None:
    """Replace the outer query's columns by the inner expressions and append its conditions to the
    inner ones, if that keeps the meaning.
    """
    columns = [c for c in select.find_all(exp.Column) if c.parent_select is select]
    if any(column.name.lower() not in shown for column in columns):
        return
    is_grouped = bool(inner.args.get("group"))
    aggregates_inside = is_grouped or _aggregates(inner)
    aggregates_outside = (
        select.args.get("group") or select.args.get("having") or _aggregates(select)
    )
    # Aggregates of aggregates need two queries; so does a condition on the only row of an
    # aggregate without GROUP BY.
    if aggregates_inside and (aggregates_outside or not is_grouped):
        return
    where = select.args.get("where")
    for column in columns:
        meaning = shown[column.name.lower()].copy()
        column.replace(in_parentheses(meaning, column.parent))
    # Conditions on groups filter after GROUP BY.
    clause, kind = ("having", exp.Having) if aggregates_inside else ("where", exp.Where)
    before = inner.args.get(clause)
    conditions = [part.this.copy() for part in (before, where) if part is not None]
    select.set("where", None)
    _replace(select, inner, list(select.expressions))
    select.set(clause, kind(this=exp.and_(*conditions)) if conditions else None)


def _aggregates(select: exp.Select) -> bool:
    return any(node.parent_select is select for node in select.find_all(exp.AggFunc))


def _replace(select: exp.Select, inner: exp.Select, expressions: list[exp.Expr]) -> None:
    """Give `select` the sources and clauses of `inner`, but not its select list."""
    for name in _PLAIN - {"expressions"}:
        value = inner.args.get(name)
        if value or name in ("from_", "joins"):
            select.set(name, value)
    select.set("expressions", expressions)
