"""Derived tables written out, `SELECT d.x FROM (SELECT x, COUNT(*) AS n FROM t GROUP BY x) AS d WHERE d.n > 2` as
`SELECT x FROM t GROUP BY x HAVING COUNT(*) > 2`; the pointer form calls it before it encodes. What would mean something else stays."""

from __future__ import annotations

from sqlglot import exp

_PLAIN = {"expressions", "from_", "joins", "where", "group", "having"}
"""What a query may have that is to be written into another."""


def merge_derived(tree: exp.Query) -> None:
    """Every query over one derived table alone, inner ones first."""
    for select in reversed(list(tree.find_all(exp.Select))):
        inner = _only_source(select)
        if inner is not None and not _is_read_further_in(select):
            shown = {
                expression.alias_or_name.lower(): expression.unalias()
                for expression in inner.expressions
            }
            _ = _take_extreme(select, inner, shown) or _take_in(select, inner, shown)


def _only_source(select: exp.Select) -> exp.Select | None:
    """The query of the derived table that is all that `select` reads, where it is plain enough."""
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
    """Whether queries inside the conditions of `select` read its derived table, too."""
    alias = select.args["from_"].this.alias_or_name.lower()
    return any(
        c.table.lower() == alias and c.parent_select is not select
        for c in select.find_all(exp.Column)
    )


def _direct(select: exp.Select) -> list[exp.Column]:
    """Columns that `select` itself reads."""
    return [column for column in select.find_all(exp.Column) if column.parent_select is select]


def _take_extreme(select: exp.Select, inner: exp.Select, shown: dict[str, exp.Expression]) -> bool:
    """`(SELECT MAX(d.n) FROM (... COUNT(*) AS n ... GROUP BY x) AS d)` is the first of the counts in their order."""
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


def _take_in(select: exp.Select, inner: exp.Select, shown: dict[str, exp.Expression]) -> bool:
    """The outer query's columns are what the inner one shows under their names, its conditions come after the inner one's."""
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


def _replace(select: exp.Select, inner: exp.Select, expressions: list[exp.Expression]) -> None:
    """Give `select` what `inner` reads and how, but for what it shows."""
    for name in _PLAIN - {"expressions"}:
        value = inner.args.get(name)
        if value or name in ("from_", "joins"):
            select.set(name, value)
    select.set("expressions", expressions)
