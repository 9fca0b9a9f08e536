"""How many: `How many are there?`, `give me the count`."""

from __future__ import annotations

import re

from sqlglot import exp

from mome.conversation.clauses import (
    aggregates,
    anchors,
    counted,
    drop,
    owners,
    set_anchors,
)
from mome.conversation.rules.words import explains
from mome.conversation.scene import FollowUp
from mome.forms.nodes import FormColumn

_COUNTS = re.compile(r"\bhow many\b|\b(?:count|number)\b(?! by| for each| per)", re.IGNORECASE)
_WORDS = "how many count number total exist exists existing".split()


def count_rows(scene: FollowUp) -> exp.Query | None:
    """Count the rows of the answer before; of one column without repetition, its values."""
    if _COUNTS.search(scene.cues.text) is None or not explains(scene, (), _WORDS):
        return None
    select = scene.select
    if select is None or _has_own_rows(select):
        return _of_rows(scene.tree)
    if aggregates(select):
        return None
    tree = select.copy()
    shown = select.expressions
    figure = counted()
    if select.args.get("distinct"):
        if len(shown) != 1 or isinstance(shown[0].this, exp.Star):
            return _of_rows(scene.tree)
        figure.set("this", exp.Distinct(expressions=[shown[0].unalias().copy()]))
    tree.set("expressions", [figure])
    drop(tree, "order", "distinct")
    return with_tables_of(select, tree)


def with_tables_of(before: exp.Select, tree: exp.Select) -> exp.Select | None:
    """Return a form that reads the tables that the one before shows."""
    kept = anchors(before)
    if kept is None:
        return tree
    sources = [node.alias for node in before.find_all(exp.Table) if node.alias]
    shown = [key for key in owners(before.expressions) if key not in sources]
    read = {column.table for column in tree.find_all(FormColumn)}
    set_anchors(tree, [*kept, *(key for key in shown if key not in read)])
    return tree


def _has_own_rows(select: exp.Select) -> bool:
    """Return whether the rows are not those of its tables: groups, or only the first ones."""
    return any(select.args.get(name) for name in ("group", "limit", "having", "qualify"))


def _of_rows(tree: exp.Query) -> exp.Query | None:
    """Return the count of a query's own rows."""
    inner = tree.copy()
    if not isinstance(inner, exp.Select):
        return exp.Select(expressions=[counted()], from_=exp.From(this=_as_source(inner)))
    if not inner.args.get("limit"):
        drop(inner, "order")
    for place, entry in enumerate(list(inner.expressions), 1):
        if isinstance(entry.this, exp.Star) and isinstance(entry, FormColumn):
            return None
        entry.replace(exp.alias_(entry.unalias().copy(), f"c{place}", quoted=True))
    return exp.Select(expressions=[counted()], from_=exp.From(this=_as_source(inner)))


def _as_source(query: exp.Query) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("counted")))
