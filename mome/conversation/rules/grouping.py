"""Groups and what is left out: `by month`, `for each country`, `as percent`, `drop the count`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from mome.conversation.clauses import (
    aggregates,
    conjuncts,
    counted,
    drop,
    is_aggregate,
    keys_of,
    ordered_by,
    set_conditions,
    set_keys,
)
from mome.conversation.rules.counting import with_tables_of
from mome.conversation.rules.periods import day_column
from mome.conversation.rules.words import explains, figures_and_columns, places, texts
from mome.conversation.scene import FollowUp
from mome.conversation.ways import reach
from mome.forms.nodes import FormColumn, Percent, Trunc

UNITS = {
    "month": "month", "monthly": "month", "months": "month", "year": "year", "yearly": "year",
    "years": "year", "annually": "year", "quarter": "quarter", "quarterly": "quarter",
    "quarters": "quarter", "week": "week", "weekly": "week", "weeks": "week", "day": "day",
    "daily": "day", "days": "day",
}  # fmt: skip
_BY = re.compile(
    r"(?:\bby|\bper|\b(?:for|in|of) (?:each|every)|\bgroup(?:ed)?|\bsplit|\bbroken|\bbreak"
    r"|\bmonthly|\byearly|\bannually|\bquarterly|\bweekly|\bdaily)\b",
    re.IGNORECASE,
)
_GROUPING = "group grouped split broken break down up per every how many number count".split()
_DROPS = re.compile(
    r"^(?:drop|remove|hide|leave out|omit|take out|skip|forget|delete|lose|without|no longer)\b",
    re.IGNORECASE,
)
_DROPPING = (
    "drop remove hide leave out omit take skip forget delete lose without no longer column columns "
    "filter condition restriction count number sort sorting order limit percent figure"
).split()
_SHARES = re.compile(r"\b(?:percent(?:age)?s?|shares?|proportions?|fractions?)\b|%", re.IGNORECASE)
_SHARING = "percent percentage percentages share shares proportion proportions fraction total "
_SHARING += "whole make"


def group_by(scene: FollowUp) -> exp.Query | None:
    """Divide the figures of the answer before, or the count of its rows, by a column or a unit."""
    select = scene.select
    if select is None or _BY.search(scene.cues.text) is None:
        return None
    if select.args.get("having") or select.args.get("limit") or select.args.get("qualify"):
        return None
    # `Also show the town for each` adds a column to rows, and divides nothing.
    if scene.cues.adds and not any(map(is_aggregate, select.expressions)):
        return None
    said = texts(scene)
    units = {at: UNITS[text] for at, text in enumerate(said) if text in UNITS}
    mentions = [one for one in scene.mentions(nouns=True) if one.first not in units]
    if not explains(scene, places(mentions) | set(units), _GROUPING) or not (mentions or units):
        return None
    reached = [reach(scene, one.table, one.column.name) for one in mentions]
    keys: list[exp.Expr] = [one.node for one in reached]
    if units:
        column = day_column(scene)
        if column is None or len(units) > 1:
            return None
        unit = exp.Literal.string(next(iter(units.values())))
        keys.append(Trunc(this=column, unit=unit))
    # Two customers may have one name.
    ids = [
        reach(scene, one.table, name).node
        for one in mentions
        if one.is_noun
        for name in one.table.primary_key
    ]
    tree = _divided(select, keys, ids, adds=scene.cues.adds)
    if tree is None:
        return None
    for one in reached:
        one.join(tree)
    if units:
        # Groups come in any order; what happens in time is read in its order.
        tree.set("order", ordered_by(keys[-1], descending=False))
    return tree


def _divided(
    select: exp.Select, keys: list[exp.Expr], ids: Sequence[exp.Expr], *, adds: bool
) -> exp.Select | None:
    """Return the figures of a query by some keys, and by `ids`, which are not shown.

    adds: whether the keys by which the query is grouped stay.
    """
    old = keys_of(select) if adds else []
    shown = [entry.unalias() for entry in select.expressions]
    figures = [entry.copy() for entry in shown if is_aggregate(entry)] or [counted()]
    every = [*(key.copy() for key in old), *keys]
    tree = select.copy()
    drop(tree, "distinct", "order")
    tree.set("expressions", [*(key.copy() for key in every), *figures])
    set_keys(tree, [*ids, *every])
    return with_tables_of(select, tree)


def as_percent(scene: FollowUp) -> exp.Query | None:
    """Show the only figure of each group as percent of all groups."""
    select = scene.select
    if select is None or _SHARES.search(scene.cues.text) is None:
        return None
    if not keys_of(select) or not explains(scene, (), _SHARING.split()):
        return None
    tree = select.copy()
    figures = [entry for entry in tree.expressions if is_aggregate(entry)]
    if len(figures) != 1 or not isinstance(figures[0].unalias(), (exp.Count, exp.Sum)):
        return None
    figure = figures[0].unalias().copy()
    figures[0].replace(Percent(this=figure))
    return tree


def drop_part(scene: FollowUp) -> exp.Query | None:
    """Leave out a column, a figure, a condition, the order or the limit."""
    select = scene.select
    if select is None or _DROPS.match(scene.cues.text) is None:
        return None
    named, mentions = figures_and_columns(scene)
    if not explains(scene, places([*mentions, *named, *scene.values]), _DROPPING):
        return None
    tree, said = select.copy(), set(texts(scene))
    gone = [*(mention.node for mention in mentions), *(figure.node for figure in named)]
    if scene.values:
        set_conditions(tree, [one for one in conjuncts(select) if not _seeks(one, scene)])
    elif {"filter", "condition", "restriction"} & said:
        drop(tree, "where", "having")
    elif {"limit"} & said:
        drop(tree, "limit", "offset")
    elif {"sort", "sorting", "order"} & said and not gone:
        drop(tree, "order")
    else:
        is_all = not named and bool({"count", "number", "percent", "figure"} & said)
        _drop_shown(tree, gone, figures=is_all)
    return None if tree == select or not tree.expressions else tree


def _seeks(condition: exp.Expr, scene: FollowUp) -> bool:
    stored = {match.stored for match in scene.values}
    return any(literal.name in stored for literal in condition.find_all(exp.Literal))


def _drop_shown(tree: exp.Select, gone: list[exp.Expr], *, figures: bool) -> None:
    shown = list(tree.expressions)
    kept = []
    for entry in shown:
        is_figure = figures and is_aggregate(entry)
        is_named = any(part in gone for part in [entry.unalias(), *entry.find_all(FormColumn)])
        if not is_figure and not is_named:
            kept.append(entry)
    if not kept:
        return
    tree.set("expressions", kept)
    set_keys(tree, [key for key in keys_of(tree) if key not in gone])
    order = tree.args.get("order")
    if order is not None and any(is_aggregate(entry) for entry in order.expressions):
        if not aggregates(tree):
            drop(tree, "order")
