"""Rewrite joins by comma, `FROM a, b WHERE a.x = b.y`, as `FROM a JOIN b ON a.x = b.y`. The pointer
form calls it before encoding.
"""

from __future__ import annotations

from sqlglot import exp


def join_commas(select: exp.Select) -> None:
    """Move conditions between two tables from WHERE to joins without a condition; other conditions
    stay.

    Inner joins commute except for the columns of a star. With a star, only joins that fit in their
    order get conditions.
    """
    joins, source, where = (
        select.args.get("joins") or [],
        select.args.get("from_"),
        select.args.get("where"),
    )
    commas = [
        join
        for join in joins
        if not set(_given(join)) - {"this", "kind"} and join.kind in ("", "CROSS")
    ]
    if not commas or source is None or where is None or len(commas) < len(joins):
        return
    conditions = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    joined, ordered = {_name(source)}, []
    while commas:
        found = next(
            ((j, c) for j in commas for c in conditions if _connects(c, _name(j), joined)), None
        )
        if found is None or (found[0] is not commas[0] and _shows_star(select)):
            return
        join, condition = found
        conditions.remove(condition)
        commas.remove(join)
        joined.add(_name(join))
        ordered.append(exp.Join(this=join.this.copy(), on=condition.copy()))
    select.set("joins", ordered)
    select.set("where", exp.Where(this=exp.and_(*conditions, copy=True)) if conditions else None)


def _given(node: exp.Expr) -> list[str]:
    return [name for name, value in node.args.items() if value]


def _name(node: exp.Expr) -> str:
    return node.this.alias_or_name.lower()


def _connects(condition: exp.Expr, name: str, joined: set[str]) -> bool:
    """Return whether this is an equality between a column of table `name` and one of the `joined`
    tables.
    """
    if not isinstance(condition, exp.EQ) or not all(
        isinstance(side, exp.Column) for side in (condition.this, condition.expression)
    ):
        return False
    owners = {condition.this.table.lower(), condition.expression.table.lower()}
    return name in owners and len(owners) == 2 and bool((owners - {name}) & joined)


def _shows_star(select: exp.Select) -> bool:
    return any(isinstance(shown, exp.Star) for shown in select.expressions)
