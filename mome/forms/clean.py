"""Write the SQL of people in the few shapes that a form has: no CTE, no USING, no positions."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.derived_tables import merge_derived
from mome.forms.parentheses import set_parentheses
from mome.forms.trees import drop_conversions, sources

_UNIT = re.compile(r"^([+-]?\d+ [a-z]+[a-rt-z])$")
"""A number of units without its plural."""
Step = Callable[[exp.Query], None]
"""Changes the tree of a query in place, or raises NotExpressible."""


def clean(tree: exp.Query) -> None:
    """Apply all steps."""
    for step in STEPS:
        step(tree)


def drop_order_inside(tree: exp.Query) -> None:
    """Drop the order of queries in FROM or after IN, whose rows have none."""
    for select in tree.find_all(exp.Select):
        is_listed = isinstance(select.parent, exp.In)
        is_source = isinstance(select.parent, exp.Subquery) and isinstance(
            select.parent.parent, (exp.From, exp.Join)
        )
        if (is_listed or is_source) and not (select.args.get("limit") or select.args.get("offset")):
            select.set("order", None)


def inline_ctes(tree: exp.Query) -> None:
    """Write the query of a WITH clause wherever its name is read."""
    for query in list(tree.find_all(exp.Query)):
        clause = query.args.get("with_")
        if clause is None:
            continue
        if clause.args.get("recursive"):
            raise NotExpressible("a recursive WITH clause")
        query.set("with_", None)
        # The last first: a CTE may read those before it.
        for cte in reversed(clause.expressions):
            _inline(query, cte)
            for earlier in clause.expressions:
                if earlier is not cte:
                    _inline(earlier.this, cte)


def _inline(query: exp.Query, cte: exp.CTE) -> None:
    columns = cte.args["alias"].columns
    body = cte.this.copy()
    if columns:
        _name_columns(body, [column.name for column in columns])
    for table in list(query.find_all(exp.Table)):
        if table.name.lower() == cte.alias.lower() and not table.db:
            alias = exp.TableAlias(this=exp.to_identifier(table.alias_or_name))
            table.replace(exp.Subquery(this=body.copy(), alias=alias))


def _name_columns(query: exp.Expr, names: list[str]) -> None:
    """Give the columns of a query these names."""
    while not isinstance(query, exp.Select):
        query = query.this
    shown = [
        exp.alias_(entry.unalias(), name)
        for entry, name in zip(query.expressions, names, strict=False)
    ]
    query.set("expressions", shown)


def write_positions(tree: exp.Query) -> None:
    """Replace positions in GROUP BY and ORDER BY by what they stand for."""
    for select in tree.find_all(exp.Select):
        for clause in ("group", "order"):
            part = select.args.get(clause)
            for entry in list(part.expressions) if part else []:
                value = entry.this if isinstance(entry, exp.Ordered) else entry
                if isinstance(value, exp.Literal) and not value.is_string:
                    _write_position(value, select)


def _write_position(value: exp.Literal, select: exp.Select) -> None:
    place = int(value.this) if value.this.isdigit() else 0
    if not 1 <= place <= len(select.expressions):
        raise NotExpressible("a position that no column has")
    value.replace(select.expressions[place - 1].unalias().copy())


def order_by_position(tree: exp.Query) -> None:
    """Order a set operation by positions, because its columns have no table."""
    for query in tree.find_all(exp.SetOperation):
        order = query.args.get("order")
        for column in list(order.find_all(exp.Column)) if order else []:
            column.replace(exp.Literal.number(_position(column.name, query)))


def _position(name: str, query: exp.Query) -> int:
    shown = [entry.alias_or_name.lower() for entry in query.selects]
    if name.lower() not in shown:
        raise NotExpressible("an order by a column that is not shown")
    return shown.index(name.lower()) + 1


def expand_stars(tree: exp.Query) -> None:
    """Write the star of a query over one other query as that one's columns."""
    for select in reversed(list(tree.find_all(exp.Select))):
        found = sources(select)
        if len(select.expressions) != 1 or not select.expressions[0].is_star or len(found) != 1:
            continue
        inner = found[0].this if isinstance(found[0], exp.Subquery) else None
        shown = inner.selects if isinstance(inner, exp.Query) else []
        names = [entry.alias_or_name for entry in shown]
        if names and "" not in names and not any(entry.is_star for entry in shown):
            columns: list[exp.Expr] = [exp.column(name, quoted=True) for name in names]
            select.set("expressions", columns)


def write_cases(tree: exp.Query) -> None:
    """Write every choice as CASE WHEN, without an ELSE NULL."""
    for choice in list(tree.find_all(exp.If)):
        if isinstance(choice.parent, exp.Case):
            continue
        branch = exp.If(this=choice.this, true=choice.args["true"])
        choice.replace(exp.Case(ifs=[branch], default=choice.args.get("false")))
    for case in list(tree.find_all(exp.Case)):
        if isinstance(case.args.get("default"), exp.Null):
            case.set("default", None)
        if case.this is not None:
            for branch in case.args["ifs"]:
                equal = exp.EQ(this=case.this.copy(), expression=branch.this.copy())
                branch.set("this", equal)
            case.set("this", None)


def write_negations(tree: exp.Query) -> None:
    """Write NOT before a comparison, not inside."""
    for node in list(tree.walk()):
        if node.args.get("negate"):
            node.set("negate", None)
            negation = exp.Not()
            node.replace(negation)
            negation.set("this", node)


def write_today(tree: exp.Query) -> None:
    """Write SQLite's DATE('now') and DATE(CURRENT_TIMESTAMP) as CURRENT_DATE."""
    for node in list(tree.find_all(exp.Date, exp.Anonymous)):
        if isinstance(node, exp.Date):
            given, changes = node.this, node.expressions
        elif node.name.upper() == "DATE" and node.expressions:
            given, *changes = node.expressions
        else:
            continue
        if given != exp.Literal.string("now") and not isinstance(given, exp.CurrentTimestamp):
            continue
        if not changes:
            node.replace(exp.CurrentDate())
            continue
        # '-1 DAY' is '-1 days'.
        lower = [exp.Literal.string(_UNIT.sub(r"\1s", c.name.lower())) for c in changes]
        node.replace(exp.Anonymous(this="DATE", expressions=[exp.CurrentDate(), *lower]))


def write_null_order(tree: exp.Query) -> None:
    """Write MySQL's way to move NULLs, a CASE before the order itself, as NULLS FIRST or LAST."""
    for order in tree.find_all(exp.Order):
        entries = list(order.expressions)
        for flag, entry in zip(entries, entries[1:], strict=False):
            wanted = f"CASE WHEN {entry.this.sql()} IS NULL THEN 1 ELSE 0 END"
            if isinstance(flag.this, exp.Case) and flag.this.sql() == wanted:
                flag.pop()
                entry.set("nulls_first", bool(flag.args.get("desc")))


def write_joined_texts(tree: exp.Query) -> None:
    """Write MySQL's CONCAT, which is NULL if a part is, as the operator of the other engines."""
    for node in list(tree.find_all(exp.Concat)):
        if node.args.get("coalesce") or len(node.expressions) < 2:
            continue
        joined, *others = node.expressions
        for other in others:
            joined = exp.DPipe(this=joined, expression=other)
        node.replace(joined)


STEPS: tuple[Step, ...] = (
    inline_ctes,
    write_positions,
    order_by_position,
    drop_order_inside,
    expand_stars,
    merge_derived,
    write_null_order,
    write_today,
    write_cases,
    write_negations,
    write_joined_texts,
    drop_conversions,
    set_parentheses,
)
