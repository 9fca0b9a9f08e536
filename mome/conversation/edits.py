"""Edits: follow-ups whose words say how the form of the answer before changes. No model is asked.

Each rule returns the new form, or None where it does not explain all words of the follow-up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from mome.conversation.rules.columns import show_both, show_columns, show_figures
from mome.conversation.rules.counting import count_rows
from mome.conversation.rules.grouping import as_percent, drop_part, group_by
from mome.conversation.rules.ordering import pick_extreme, pick_rows, sort_rows, turn_order
from mome.conversation.rules.periods import other_period
from mome.conversation.rules.values import narrow, other_spelling, other_value
from mome.conversation.scene import FollowUp

Rule = Callable[[FollowUp], exp.Query | None]
RULES: tuple[Rule, ...] = (
    drop_part,
    as_percent,
    count_rows,
    turn_order,
    sort_rows,
    group_by,
    pick_rows,
    pick_extreme,
    show_both,
    show_figures,
    other_period,
    other_value,
    other_spelling,
    narrow,
    show_columns,
)
"""The first that explains all words wins."""


def edited(scene: FollowUp) -> exp.Query | None:
    """Return the form that the first rule gives; None if none explains the follow-up."""
    found = next((tree for tree in (rule(scene) for rule in RULES) if tree is not None), None)
    return found if found is not None or scene.select is not None else _sides(scene)


def _sides(scene: FollowUp) -> exp.Query | None:
    """Return a union or the like, with both of its sides edited."""
    tree = scene.tree
    if not isinstance(tree, exp.SetOperation) or tree.args.get("order") or tree.args.get("limit"):
        return None
    left, right = (
        edited(replace(scene, tree=tree.this)),
        edited(replace(scene, tree=tree.expression)),
    )
    if left is None or right is None:
        return None
    changed = tree.copy()
    changed.set("this", left)
    changed.set("expression", right)
    return changed
