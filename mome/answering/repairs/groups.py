"""Repairs of grouped queries: matches of an outer join that are counted, and groups of NULL.

`composed` lists the first; for the second `candidates` asks the database first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.conditions import Stored, stored_of
from mome.answering.grouping import is_one_row
from mome.answering.join_columns import keys_of, rows_only
from mome.catalog import Catalog, Table
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, tables_in


def count_matches(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write COUNT(orders.id) for COUNT(*) where each group is a customer with its orders, if any.

    A customer without orders is one row of the outer join, and COUNT(*) gives it one order.
    """
    for select in tree.find_all(exp.Select):
        joined = _last_outer_join(select, catalog)
        if joined is None or not _groups_first_table(select, catalog):
            continue
        alias, table = joined
        key = next(keys_of(table), ())
        for call in list(calls_of_count(select)) if key else ():
            column = exp.column(exp.to_identifier(key[0], quoted=not key[0].islower()), table=alias)
            call.set("expressions", [column])
    return []


def _last_outer_join(select: exp.Select, catalog: Catalog) -> tuple[exp.Identifier, Table] | None:
    """Return alias and table of the last join if all are LEFT JOINs whose misses count."""
    joins = select.args.get("joins") or []
    where = select.args.get("where")
    if not joins or any(join.side != "LEFT" for join in joins):
        return None
    if where is not None and where.find(exp.Is):
        return None
    tables = list(tables_in(select, catalog))
    if len(tables) != len(sources(select)):
        return None
    node = joins[-1].this
    alias = node.args["alias"].this if node.args.get("alias") else node.this
    return alias.copy(), tables[-1][1]


def _groups_first_table(select: exp.Select, catalog: Catalog) -> bool:
    """Return whether each group is one row of the table that FROM names."""
    tables = dict(tables_in(select, catalog))
    return select.args.get("group") is not None and is_one_row(select, next(iter(tables)), tables)


def calls_of_count(select: exp.Select) -> Iterator[exp.Anonymous]:
    """Yield COUNT(*) of a SELECT, as the guard's parser reads it."""
    for call in select.find_all(exp.Anonymous):
        is_star = len(call.expressions) == 1 and isinstance(call.expressions[0], exp.Star)
        if call.name.upper() == "COUNT" and is_star and call.parent_select is select:
            yield call


_HOW_MANY = re.compile(
    r"(?:how many|(?:(?:what is|find|give|show|return|count) )?(?:me )?(?:the )?(?:total )?"
    r"number of)\b"
)
_OF_EACH = re.compile(r"\b(?:each|every|per|by|respectively)\b")


def count_groups(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Count the groups that HAVING chooses where a question asks how many there are.

    `How many countries have at least 3 plants?` asks for one number, and SELECT COUNT(*) with a
    GROUP BY shows one for every country.
    """
    asked = question.lower()
    if not _HOW_MANY.match(asked) or _OF_EACH.search(asked) or not _counts_in_groups(tree):
        return []
    groups = tree.copy()
    groups.set("expressions", [exp.alias_(exp.Literal.number(1), "one")])
    groups.set("order", None)
    count = exp.Anonymous(this="COUNT", expressions=[exp.Star()])
    for part in ("joins", "where", "group", "having", "order"):
        tree.set(part, None)
    tree.set("expressions", [count])
    tree.set(
        "from_",
        exp.From(
            this=exp.Subquery(this=groups, alias=exp.TableAlias(this=exp.to_identifier("counted")))
        ),
    )
    return ["the groups were counted, since the question asks how many there are"]


def _counts_in_groups(tree: exp.Expr) -> bool:
    """Return whether a query shows nothing but a count for each group that HAVING chooses."""
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1:
        return False
    if any(tree.args.get(part) for part in ("limit", "distinct", "with_")):
        return False
    shown = tree.expressions[0].unalias()
    is_count = isinstance(shown, exp.Anonymous) and shown.name.upper() == "COUNT"
    return is_count and all(tree.args.get(part) for part in ("group", "having"))


@dataclass(frozen=True)
class NoRow:
    """A column of a foreign key by which a query groups: each group stands for a row that it refers
    to, but for that of NULL.
    """

    select: exp.Select
    """Of `SqlDraft.exact_tree`."""
    node: exp.Column
    name: str
    """`table.column`"""

    def describe(self) -> str:
        """Return what becomes of the group."""
        return f"rows without a value in {self.name} are left out"

    def condition(self) -> exp.Expr:
        """Return the condition of the rows in that group."""
        return exp.Is(this=self.node.copy(), expression=exp.Null())

    def probe(self) -> exp.Select:
        """Return a query that has a row if the group has one."""
        return rows_only(self.select).where(self.condition()).limit(1)


def groups_of_no_row(tree: exp.Expr, catalog: Catalog) -> Iterator[NoRow]:
    """Yield the foreign keys of a query's groups that may hold NULL."""
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        # Of an outer join the question wants what refers to no row.
        if group is None or any(join.side for join in select.args.get("joins") or []):
            continue
        for node in group.expressions:
            stored = stored_of(node, catalog, None) if isinstance(node, exp.Column) else None
            if stored is not None and stored.column.nullable and _is_foreign(stored):
                yield NoRow(select, node, stored.name)


def _is_foreign(stored: Stored) -> bool:
    keys = {name for key in stored.table.foreign_keys for name in key.columns}
    return stored.column.name in keys


def leave_out(found: Sequence[NoRow]) -> None:
    """Add conditions to the queries so that they have no such groups."""
    for one in found:
        one.select.where(exp.Not(this=one.condition()), copy=False)
