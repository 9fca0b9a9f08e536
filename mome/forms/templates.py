"""Patterns of syntax trees with placeholders, matched and filled in: a rule of the form is written
once and serves both ways.

A placeholder is a column whose name begins with an underscore: `_x / _y`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import sqlglot
from sqlglot import exp

from mome.forms.language import FormDialect
from mome.forms.nodes import StoredDate
from mome.forms.trees import drop_conversions

Bound = dict[str, exp.Expr]
"""Placeholder -> what stands there."""

TYPED = frozenset({"sqlite", "postgres"})
"""Dialects in which `/` of two integers is an integer."""
# sqlglot sets these by itself, and they say nothing that the rules distinguish.
_UNSAID = frozenset({"big_int", "typed", "safe", "nulls_first", "coalesce", "nested", "_type"})


@cache
def pattern(text: str, dialect: str = "") -> exp.Expr:
    """Return the tree of a pattern in the form or in a dialect of SQL; it must not be changed."""
    tree = sqlglot.parse_one(f"SELECT {text}", dialect=dialect or FormDialect)
    drop_conversions(tree)
    if dialect in TYPED:
        # All divisions in patterns are of integers.
        for division in list(tree.find_all(exp.Div)):
            whole = exp.IntDiv(this=division.this, expression=division.expression)
            division.replace(whole)
    return tree.expressions[0].unalias()


def match(wanted: exp.Expr, node: object, bound: Bound) -> bool:
    """Return whether a node has the shape of a pattern, and add what its placeholders stand for.

    Parentheses make no difference.
    """
    if not isinstance(node, exp.Expr):
        return False
    wanted, node = _bare(wanted), _bare(node)
    name = placeholder(wanted)
    if name:
        # The constructs over dates take a column as it is stored.
        node = node.this if isinstance(node, StoredDate) else node
        return bound.setdefault(name, node) == node
    if type(wanted) is not type(node):
        return False
    keys = {key for key, value in (*wanted.args.items(), *node.args.items()) if value}
    return all(
        _match_value(wanted.args.get(key), node.args.get(key), bound) for key in keys - _UNSAID
    )


def _match_value(wanted: object, value: object, bound: Bound) -> bool:
    if isinstance(wanted, exp.Expr):
        return match(wanted, value, bound)
    if isinstance(wanted, list):
        if not isinstance(value, list) or len(wanted) != len(value):
            return False
        return all(
            _match_value(first, second, bound) for first, second in zip(wanted, value, strict=True)
        )
    if isinstance(wanted, str) and isinstance(value, str):
        return wanted.lower() == value.lower()
    return bool(wanted) == bool(value) if not (wanted and value) else wanted == value


def _bare(node: exp.Expr) -> exp.Expr:
    return node.unnest() if isinstance(node, exp.Paren) else node


def placeholder(node: exp.Expr) -> str:
    """Return the name of a placeholder; empty if the node is none."""
    is_bare = type(node) is exp.Column and not node.table
    return node.name if is_bare and node.name.startswith("_") else ""


def fill(wanted: exp.Expr, bound: Mapping[str, exp.Expr]) -> exp.Expr:
    """Return a pattern with its placeholders filled in; `parentheses` adds those it needs."""
    tree = wanted.copy()
    if placeholder(tree):
        return bound[tree.name].copy()
    for node in list(tree.find_all(exp.Column)):
        if placeholder(node):
            node.replace(bound[node.name].copy())
    return tree
