"""Put parentheses exactly where the operators need them, so that equal trees have equal texts."""

from __future__ import annotations

from sqlglot import exp

_LEVELS: tuple[tuple[type[exp.Expr], ...], ...] = (
    (exp.Or,),
    (exp.And,),
    (exp.Not,),
    (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like,
     exp.ILike, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Glob, exp.RegexpLike),
    (exp.Add, exp.Sub),
    (exp.Mul, exp.Div, exp.IntDiv, exp.Mod),
    (exp.DPipe,),
    (exp.Neg,),
)  # fmt: skip
"""Operators, those that bind the least first."""
_COMPARISON = 3
_JOINING = 6
_CHAINS = (exp.Or, exp.And, exp.Add, exp.Mul, exp.DPipe)
"""Operators whose right side may be of the same kind."""


def set_parentheses(tree: exp.Expr) -> None:
    """Drop the parentheses of a tree and add those that are needed."""
    for paren in list(tree.find_all(exp.Paren)):
        if paren.parent is not None:
            paren.replace(paren.this)
    for node in list(tree.walk()):
        if node.parent is not None and _needs(node, node.parent):
            # `replace` would set the new node's child to be its own parent.
            place = exp.Paren()
            node.replace(place)
            place.set("this", node)


def _level(node: exp.Expr) -> int | None:
    for level, kinds in enumerate(_LEVELS):
        if isinstance(node, kinds):
            return level
    return None


def _needs(node: exp.Expr, parent: exp.Expr) -> bool:
    inner, outer = _level(node), _level(parent)
    if inner is None or outer is None:
        return False
    # A list, and the bounds of BETWEEN, stand apart.
    if isinstance(parent, exp.In) and node.arg_key != "this":
        return False
    # Engines disagree on how || and comparisons of comparisons bind.
    if _JOINING in (inner, outer) and inner != outer:
        return outer >= _COMPARISON + 1 or inner < outer
    if inner == outer == _COMPARISON:
        return True
    if inner == outer:
        is_right = node.arg_key == "expression"
        return is_right and not (type(node) is type(parent) and isinstance(node, _CHAINS))
    return inner < outer
