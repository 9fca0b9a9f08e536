"""Rewrite joins by comma, `FROM a, b WHERE a.x = b.y`, as `FROM a JOIN b ON a.x = b.y`. The pointer
form calls it before encoding.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlglot import exp

from mome.forms.trees import given_arguments


def join_commas(select: exp.Select) -> None:
    """Move conditions between two tables from WHERE to joins without a condition; other conditions
    stay.

    Inner joins commute except for the columns of a star. With a star, only joins that fit in their
    order get conditions.
    """
    joins = select.args.get("joins") or []
    source, where = select.args.get("from_"), select.args.get("where")
    commas = [join for join in joins if _is_comma(join)]
    if not commas or source is None or where is None or len(commas) < len(joins):
        return
    conditions = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    joined, ordered = {_name(source)}, []
    while commas:
        found = _next_join(commas, conditions, joined)
        if found is None or (found[0] is not commas[0] and _shows_star(select)):
            return
        join, condition = found
        conditions.remove(condition)
        commas.remove(join)
        joined.add(_name(join))
        ordered.append(exp.Join(this=join.this.copy(), on=condition.copy()))
    select.set("joins", ordered)
    select.set("where", exp.Where(this=exp.and_(*conditions, copy=True)) if conditions else None)


def _is_comma(join: exp.Join) -> bool:
    is_bare = set(given_arguments(join)) <= {"this", "kind"}
    return is_bare and join.kind in ("", "CROSS")


def _next_join(
    commas: Sequence[exp.Join], conditions: Sequence[exp.Expr], joined: Collection[str]
) -> tuple[exp.Join, exp.Expr] | None:
    """Return the first join that a condition connects to the `joined` tables, with the condition;
    None if there is none.
    """
    for join in commas:
        for condition in conditions:
            if _connects(condition, _name(join), joined):
                return join, condition
    return None


def _name(node: exp.Expr) -> str:
    return node.this.alias_or_name.lower()


def _connects(condition: exp.Expr, name: str, joined: Collection[str]) -> bool:
    """Return whether this is an equality between a column of table `name` and one of the `joined`
    tables.
    """
    if not isinstance(condition, exp.EQ):
        return False
    left, right = condition.this, condition.expression
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return False
    owners = {left.table.lower(), right.table.lower()}
    if name not in owners or len(owners) != 2:
        return False
    return bool((owners - {name}) & set(joined))


def _shows_star(select: exp.Select) -> bool:
    return any(isinstance(shown, exp.Star) for shown in select.expressions)
