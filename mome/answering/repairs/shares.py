"""Repairs of shares that are taken of other rows than the question says. `composed` lists them.

`By channel, the percentage of orders that were returned` is the share of the returned ones among
the orders of each channel, not how the returned ones are spread over the channels; `what percentage
of the paid bills was paid late` counts the late ones among the paid ones, not the other way round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.repairs.written_columns import count_of, drop_condition
from mome.catalog import Catalog
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex

_SHARE = re.compile(
    r"\b(?:percent(?:age)?|share|proportion|fraction) of (?:the |all |our )?(?!each\b|every\b)"
    r"(?P<rows>(?:[\w-]+ ){1,4}?)(?:with|that|which|who|whose|were|was|are|is|have|has|had|having"
    r"|in) (?P<rest>.+)"
)
# Not all stop words: orders are ordered and returned.
_PLAIN = all_stems(
    ["the a an of in on at by is are was were be been has have had with that and or"]
)


@dataclass(frozen=True)
class _AskedShare:
    """A share of rows that fulfil a condition."""

    rows: frozenset[str]
    """Stems of the words for the rows of which it is taken: `paid bills`."""
    rest: frozenset[str]
    """Stems of the words for the condition: `paid late`."""


def share_within_groups(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Count the rows that fulfil the condition among those of each group."""
    asked = _asked(question)
    where = tree.args.get("where")
    if asked is None or where is None or tree.args.get("group") is None:
        return []
    parts = _parts(where)
    meant = [part for part in parts if _says(part) & asked.rest and not _says(part) & asked.rows]
    shares = [node for node in tree.find_all(exp.Div) if _is_spread(node)]
    if len(meant) != 1 or len(shares) != 1:
        return []
    share = shares[0]
    share.this.set("expression", count_of(meant[0].copy()))
    share.set("expression", _count_all())
    drop_condition(meant[0])
    return ["the share is taken of each group's own rows"]


def share_of_said_rows(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Exchange the condition of a share's rows with that of the counted ones among them, where the
    question says them the other way round.
    """
    asked = _asked(question)
    where = tree.args.get("where")
    cases = list(tree.find_all(exp.Case))
    if asked is None or where is None or len(cases) != 1 or cases[0].find_ancestor(exp.Div) is None:
        return []
    inner = cases[0].args["ifs"][0].this
    parts = _parts(where)
    outer = [part for part in parts if _says(part) & asked.rest - asked.rows]
    is_turned = _says(inner) & asked.rows and not _says(inner) & (asked.rest - asked.rows)
    if len(outer) != 1 or not is_turned or _says(outer[0]) & (asked.rows - asked.rest):
        return []
    taken, given = outer[0].copy(), inner.copy()
    inner.replace(taken)
    outer[0].replace(given)
    return ["the share is taken of the rows that the question says first"]


def _asked(question: str) -> _AskedShare | None:
    match = _SHARE.search(question.lower())
    if match is None:
        return None
    rows, rest = (all_stems([match[name]]) - _PLAIN for name in ("rows", "rest"))
    return _AskedShare(rows, rest)


def _parts(where: exp.Expr) -> list[exp.Expr]:
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]


def _says(condition: exp.Expr) -> frozenset[str]:
    """Return the stems of a condition's names and texts."""
    found = set(all_stems(node.name for node in condition.find_all(exp.Literal)))
    for column in condition.find_all(exp.Column):
        found |= name_stems(column.name)
    return frozenset(found) - _PLAIN


def _is_spread(share: exp.Expr) -> bool:
    """Return whether an expression is 100.0 * COUNT(*) / SUM(COUNT(*)) OVER ()."""
    window, product = share.expression, share.this
    is_whole = isinstance(window, exp.Window) and not window.args.get("partition_by")
    is_count = isinstance(product, exp.Mul) and product.expression == _count_all()
    return is_whole and is_count and window.find(exp.Star) is not None


def _count_all() -> exp.Expr:
    return exp.Anonymous(this="COUNT", expressions=[exp.Star()])
