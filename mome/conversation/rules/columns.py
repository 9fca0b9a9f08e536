"""Other columns and figures: `what are their names?`, `also show the age`, `the average age?`."""

from __future__ import annotations

import re

from sqlglot import exp

from mome.catalog import holds_numbers
from mome.conversation.clauses import aggregates, drop, is_aggregate, keys_of, set_keys
from mome.conversation.rules.counting import with_tables_of
from mome.conversation.rules.words import explains, texts
from mome.conversation.scene import FollowUp, Mention
from mome.forms.nodes import FormColumn

FIGURES: dict[str, type[exp.AggFunc]] = {
    "average": exp.Avg, "avg": exp.Avg, "mean": exp.Avg,
    "maximum": exp.Max, "max": exp.Max, "highest": exp.Max, "largest": exp.Max,
    "greatest": exp.Max, "biggest": exp.Max,
    "minimum": exp.Min, "min": exp.Min, "lowest": exp.Min, "smallest": exp.Min, "least": exp.Min,
    "total": exp.Sum, "sum": exp.Sum,
}  # fmt: skip
"""Words of a figure over several rows."""
_ROWS = ("where", "group", "having", "limit", "offset", "qualify")
_DIFFERENT = frozenset("different distinct unique".split())
_EACH = re.compile(r"\beach\b|\bevery one\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:what|show|give|list|display|return|include|add|see|tell|get|provide|find)\b"
    r"|\b(?:their|its|his|her)\b",
    re.IGNORECASE,
)


def show_columns(scene: FollowUp) -> exp.Query | None:
    """Show other columns of the same rows, or more of them."""
    select, mentions = scene.select, scene.mentions()
    if select is None or not mentions or _ASKS.search(scene.cues.text) is None:
        return None
    used = {at for mention in mentions for at in range(mention.first, mention.last + 1)}
    if scene.cues.kind == "restrict" or not explains(scene, used, _DIFFERENT):
        return None
    nodes = [mention.node for mention in mentions]
    tree = select.copy()
    if scene.cues.adds:
        extra = [node for node in nodes if node not in select.expressions]
        if not extra or _lacks_keys(select, extra):
            return None
        tree.set("expressions", [*tree.expressions, *extra])
        return tree
    if aggregates(select) and not select.args.get("limit") and not select.args.get("having"):
        drop(tree, "group", "order")
    tree.set("expressions", nodes)
    is_different = not _DIFFERENT.isdisjoint(texts(scene))
    if not tree.args.get("order") or is_different:
        tree.set("distinct", exp.Distinct() if is_different else tree.args.get("distinct"))
    return with_tables_of(select, tree)


def _lacks_keys(select: exp.Select, columns: list[FormColumn]) -> bool:
    """Return whether a grouped answer would show columns of any one row of a group."""
    return aggregates(select) and not all(column in keys_of(select) for column in columns)


def show_both(scene: FollowUp) -> exp.Query | None:
    """Show what the last two answers show of the same rows in one."""
    last, earlier = scene.select, scene.earlier
    if last is None or not isinstance(earlier, exp.Select) or "both" not in texts(scene):
        return None
    if not explains(scene, (), ["both", "together"]) or aggregates(last) != aggregates(earlier):
        return None
    if any(last.args.get(name) != earlier.args.get(name) for name in _ROWS):
        return None
    tree = earlier.copy()
    extra = [entry for entry in last.expressions if entry not in earlier.expressions]
    tree.set("expressions", [*tree.expressions, *(entry.copy() for entry in extra)])
    return tree


def show_figures(scene: FollowUp) -> exp.Query | None:
    """Compute other figures over the same rows, or more of them."""
    select = scene.select
    if select is None or select.args.get("limit") or select.args.get("having"):
        return None
    said = texts(scene)
    mentions = {mention.first: mention for mention in scene.mentions()}
    figures, used = _figures(scene, said, mentions)
    if not figures or not explains(scene, used, ["both"]):
        return None
    tree = select.copy()
    old = [entry.unalias() for entry in select.expressions]
    is_figure = [is_aggregate(entry) for entry in old]
    if any(is_figure):
        kept = old if scene.cues.adds else [e for e, f in zip(old, is_figure, strict=True) if not f]
    else:
        kept = []
        drop(tree, "order", "distinct")
    if not any(is_figure) and _EACH.search(scene.cues.text):
        if any(isinstance(entry.this, exp.Star) for entry in old):
            return None
        kept = old
        set_keys(tree, old)
    new = [figure for figure in figures if figure not in kept]
    tree.set("expressions", [*(entry.copy() for entry in kept), *new])
    if select.args.get("order") and any(is_figure) and not scene.cues.adds:
        drop(tree, "order")
    return with_tables_of(select, tree)


def _figures(
    scene: FollowUp, said: list[str], mentions: dict[int, Mention]
) -> tuple[list[exp.Expr], set[int]]:
    """Return the figures that the words ask for, and the places of these words."""
    found: list[exp.Expr] = []
    used: set[int] = set()
    columns = list(mentions.values())
    for at, text in enumerate(said):
        kind = FIGURES.get(text)
        if kind is None:
            continue
        mention = next((one for one in columns if one.first > at), columns[-1] if columns else None)
        operand = mention.node if mention is not None else _operand(scene)
        if operand is None or (mention is not None and not holds_numbers(mention.column)):
            return [], used
        found.append(kind(this=operand.copy()))
        used.add(at)
        if mention is not None:
            used.update(range(mention.first, mention.last + 1))
    return found, used


def _operand(scene: FollowUp) -> exp.Expr | None:
    """Return what the only figure of the answer before is computed of, or its only column."""
    select = scene.select
    if select is None:
        return None
    shown = [entry.unalias() for entry in select.expressions]
    figures = [entry for entry in shown if is_aggregate(entry)]
    if len(figures) == 1 and isinstance(figures[0].this, FormColumn):
        return figures[0].this
    is_column = len(shown) == 1 and isinstance(shown[0], FormColumn)
    return shown[0] if is_column and scene.has_extremes(shown[0]) else None
