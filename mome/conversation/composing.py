"""The form of the answer before, together with that of a question about the same rows.

The reader reads "Which students have a dog?" where "Of those, who has a dog?" follows a question
about female students; here its conditions join those of the answer before.
"""

from __future__ import annotations

from sqlglot import exp

from mome.conversation.clauses import (
    add_conditions,
    aggregates,
    anchors,
    carry,
    compared_value,
    conjuncts,
    is_aggregate,
    keys_of,
    set_anchors,
    set_conditions,
    set_keys,
)


def restricted(before: exp.Query, asked: exp.Query) -> exp.Select | None:
    """Return the query before for those of its rows that `asked` asks for; None if that cannot be
    written.
    """
    if not isinstance(before, exp.Select) or not isinstance(asked, exp.Select):
        return None
    # Of the first ten rows those with a condition are not the first ten with it.
    if before.args.get("limit") or before.args.get("qualify"):
        return None
    tree = before.copy()
    if not _join_anchors(tree, before, asked):
        return None
    add_conditions(tree, conjuncts(asked))
    if asked.args.get("having"):
        if before.args.get("having") or (keys_of(before) and keys_of(before) != keys_of(asked)):
            return None
        carry(tree, asked, "group", "having")
    if asked.args.get("limit") or asked.args.get("qualify"):
        tree.set("order", None)
        carry(tree, asked, "order", "limit", "offset", "qualify")
        if not aggregates(before):
            carry(tree, asked, "group")
    return None if tree == before else tree


def shown(before: exp.Query, asked: exp.Query, *, adds: bool) -> exp.Select | None:
    """Return what `asked` shows, of the rows of the query before; None if that cannot be written.

    adds: whether the columns of the query before stay.
    """
    if not isinstance(before, exp.Select) or not isinstance(asked, exp.Select):
        return None
    tree = asked.copy()
    if not _join_anchors(tree, asked, before):
        return None
    own = [pair[0] for pair in map(compared_value, conjuncts(asked)) if pair is not None]
    kept = [old for old in conjuncts(before) if not _is_replaced(old, own)]
    new = [condition for condition in conjuncts(asked) if condition not in kept]
    set_conditions(tree, [*kept, *new])
    if not _carry_rows(tree, before, asked):
        return None
    if adds:
        if aggregates(before) != aggregates(asked):
            return None
        extra = [entry for entry in asked.expressions if entry not in before.expressions]
        tree.set("expressions", [entry.copy() for entry in [*before.expressions, *extra]])
        carry(tree, before, "distinct")
    return tree


def ordered(before: exp.Query, asked: exp.Query) -> exp.Select | None:
    """Return the query before in the order of `asked`; None if that cannot be written."""
    if not isinstance(before, exp.Select) or not isinstance(asked, exp.Select):
        return None
    order = asked.args.get("order")
    if order is None or before.args.get("limit"):
        return None
    tree = before.copy()
    if not _join_anchors(tree, before, asked):
        return None
    tree.set("order", order.copy())
    if any(map(is_aggregate, order.expressions)) and not aggregates(before):
        if any(isinstance(entry.this, exp.Star) for entry in before.expressions):
            carry(tree, asked, "group")
        else:
            set_keys(tree, [entry.unalias() for entry in before.expressions])
        tree.set("distinct", None)
    carry(tree, asked, "limit")
    return tree


def either(before: exp.Query, asked: exp.Query) -> exp.Select | None:
    """Return the query before with the rows that `asked` asks for as well; None if that cannot be
    written.
    """
    if not isinstance(before, exp.Select) or not isinstance(asked, exp.Select):
        return None
    old, new = conjuncts(before), [one for one in conjuncts(asked) if one not in conjuncts(before)]
    if not old or not new or before.args.get("limit") or asked.args.get("having"):
        return None
    tree = before.copy()
    if not _join_anchors(tree, before, asked):
        return None
    both = [exp.and_(*(condition.copy() for condition in part)) for part in (old, new)]
    set_conditions(tree, [exp.or_(*both)])
    return tree


def _is_replaced(condition: exp.Expr, columns: list) -> bool:
    """Return whether a condition seeks another value of a column that is asked for anew."""
    pair = compared_value(condition)
    return pair is not None and pair[0] in columns


def _carry_rows(tree: exp.Select, before: exp.Select, asked: exp.Select) -> bool:
    """Keep which groups and which first rows the query before shows; return whether it can be."""
    chooses = [before.args.get(name) for name in ("limit", "qualify", "having")]
    if not aggregates(asked):
        if before.args.get("having") or (before.args.get("limit") and keys_of(before)):
            carry(tree, before, "group", "having")
        if not asked.args.get("limit"):
            carry(tree, before, "order", "limit", "offset", "qualify")
        return True
    return not any(chooses)


def _join_anchors(tree: exp.Select, one: exp.Select, other: exp.Select) -> bool:
    """Read the tables of both; return whether FROM clauses say no more than that."""
    first, second = anchors(one), anchors(other)
    if second == [] or second is None:
        return second is not None
    if first is None:
        return False
    set_anchors(tree, [*first, *second])
    return True
