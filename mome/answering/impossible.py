"""Conditions that no question means: a query that has one is never returned.

Covered: dates compared with numbers or with what is no date, numbers and truth values likewise,
text compared with numbers, keys compared with a year, ranges that hold nothing, dates that are kept
as text in an order in which text does not sort, a year of which the question says nothing, buckets
as wide as a year. Not covered: conditions on expressions, and columns of which neither type nor
values are known. `candidates` drops such queries, whichever model wrote them; `unmet` needs the
database as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from mome.answering.conditions import (
    Comparison,
    Stored,
    comparisons,
    day_of,
    is_boolean,
    is_number,
    is_time,
    stored_of,
)
from mome.catalog import Catalog
from mome.linking.names import name_stems
from mome.linking.periods import years
from mome.linking.values import ValueIndex
from mome.sql_tree import is_negated

# What may stand in a LIKE on dates: a year, a month or a day of a year, or one of every year.
_LIKE_DATE = re.compile(
    r"%?\d{4}(?:-\d\d){0,2}(?:[ T]\d\d.*)?%?\Z|(?:%|_{4})-\d\d(?:-(?:\d\d)?)?%?\Z"
    r"|(?:%|_{4}-__)-\d\d%?\Z"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_OR_MONTH = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?\Z")


@dataclass(frozen=True)
class Query:
    """A parsed query with what its rules need."""

    question: str
    tree: exp.Expr
    comparisons: list[Comparison]
    catalog: Catalog
    values: ValueIndex | None


def impossible(question: str, tree: exp.Expr, catalog: Catalog, values: ValueIndex | None) -> str:
    """Return why no question means this query, as the end of a sentence; empty if one may."""
    query = Query(question, tree, comparisons(tree, catalog, values), catalog, values)
    for rule in RULES:
        reason = rule(query)
        if reason:
            return reason
    return ""


def _other_values(query: Query) -> str:
    """Find a literal that the column cannot hold."""
    for comparison in query.comparisons:
        for literal in comparison.literals:
            reason = _no_value(comparison, literal)
            if reason:
                return reason
    return ""


def _no_value(comparison: Comparison, literal: exp.Expr) -> str:
    stored = comparison.stored
    text = "1" if isinstance(literal, exp.Boolean) else literal.name
    # What is stored can be asked for, whatever the type says; SQLite keeps any value anywhere.
    if text in stored.known:
        return ""
    check = _CHECKS.get(stored.kind)
    is_no_value = check is not None and check(comparison, literal, text)
    return f"it compares {stored.name} with {literal.sql()}" if is_no_value else ""


def _no_date(comparison: Comparison, literal: exp.Expr, text: str) -> bool:
    if isinstance(literal, exp.Boolean) or not literal.is_string:
        return True
    if comparison.sign == "LIKE":
        return _LIKE_DATE.match(text) is None
    # The beginning of a date sorts like a date where dates are text.
    if comparison.sign in ("<", "<=", ">", ">=") and _YEAR_OR_MONTH.match(text):
        return False
    return day_of(text) is None


def _no_sorted_date(comparison: Comparison, literal: exp.Expr, text: str) -> bool:
    """Only equality and LIKE say something of dates that do not sort; and an ISO date is no value
    of such a column.
    """
    if comparison.sign in ("=", "<>", "IN", "LIKE"):
        return not literal.is_string or day_of(text) is not None
    return True


def _no_time(comparison: Comparison, literal: exp.Expr, text: str) -> bool:
    if comparison.sign == "LIKE":
        return False
    return not literal.is_string or not (is_time(text) or day_of(text))


def _no_number(comparison: Comparison, literal: exp.Expr, text: str) -> bool:
    return comparison.sign != "LIKE" and literal.is_string and not is_number(text)


def _no_boolean(comparison: Comparison, literal: exp.Expr, text: str) -> bool:
    return not is_boolean(text)


def _no_text(comparison: Comparison, literal: exp.Expr, text: str) -> bool:
    return isinstance(literal, exp.Boolean) or not literal.is_string


_CHECKS: dict[str, Callable[[Comparison, exp.Expr, str], bool]] = {
    "date": _no_date,
    "unsorted": _no_sorted_date,
    "time": _no_time,
    "number": _no_number,
    "boolean": _no_boolean,
    "text": _no_text,
}


def _equals_null(query: Query) -> str:
    """Find a comparison with NULL, which is never true; IS NULL asks for it."""
    for node in query.tree.find_all(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE):
        if isinstance(node.this, exp.Null) or isinstance(node.expression, exp.Null):
            return "it compares with NULL, which is never true"
    return ""


def _missing_of_full(query: Query) -> str:
    """Find IS NULL on a column that always has a value; an outer join may leave it out."""
    if any(join.side for join in query.tree.find_all(exp.Join)):
        return ""
    for node in query.tree.find_all(exp.Is):
        # NOT x IS NULL is always true, which harms nothing.
        if isinstance(node.this, exp.Column) and not is_negated(node):
            stored = stored_of(node.this, query.catalog, query.values)
            if stored is not None and not stored.column.nullable:
                return f"{stored.name} always has a value"
    return ""


def _key_as_year(query: Query) -> str:
    """Find a key that is compared with a year of the question."""
    asked = years(query.question)
    for comparison in query.comparisons:
        for literal in comparison.literals:
            # A part of a key may be a year.
            is_year = "year" in name_stems(comparison.stored.column.name)
            if comparison.stored.is_key and not is_year and literal.name in asked:
                if literal.name not in comparison.stored.known:
                    return f"it compares the key {comparison.stored.name} with a year"
    return ""


def _orders_unsorted_dates(query: Query) -> str:
    """Find dates that are kept as text in another order, and that a query sorts by."""
    for node in query.tree.find_all(exp.Ordered, exp.Min, exp.Max):
        if isinstance(node.this, exp.Column):
            stored = stored_of(node.this, query.catalog, query.values)
            if stored is not None and stored.kind == "unsorted":
                return f"{stored.name} keeps dates as text that does not sort by time"
    return ""


def _nothing_between(query: Query) -> str:
    """Find conditions on one column, joined by AND, that exclude each other."""
    groups: dict[tuple[int, str], list[Comparison]] = defaultdict(list)
    for comparison in query.comparisons:
        root = conjunction_of(comparison.node)
        if root is not None:
            groups[id(root), comparison.column.sql().lower()].append(comparison)
    for group in groups.values():
        if _is_empty(group):
            return f"its conditions on {group[0].stored.name} exclude each other"
    return ""


def conjunction_of(node: exp.Expr) -> exp.Expr | None:
    """Return the WHERE or HAVING of which a condition is one that must be true; else None."""
    parent = node.parent
    while isinstance(parent, (exp.And, exp.Paren)):
        parent = parent.parent
    return parent if isinstance(parent, (exp.Where, exp.Having)) else None


def _is_empty(group: list[Comparison]) -> bool:
    lows: list[Bound] = []
    highs: list[Bound] = []
    for comparison in group:
        low, high = bounds(comparison)
        lows += [low] if low is not None else []
        highs += [high] if high is not None else []
    if not lows or not highs:
        return False
    if len({type(value) for value, _ in [*lows, *highs]}) > 1:
        # A number and a text; another rule judges that.
        return False
    low, high = max(lows), min(highs)
    return low[0] > high[0] or (low[0] == high[0] and (low[1] > 0 or high[1] < 0))


Bound = tuple[Any, int]
"""A float or a text, with the offset that `bounds` describes."""


def bounds(comparison: Comparison) -> tuple[Bound | None, Bound | None]:
    """Return the bounds of a comparison as (value, offset): the offset is 1 for a low bound that is
    excluded, -1 for a high one.
    """
    values = [_value(literal) for literal in comparison.literals]
    sign = comparison.sign
    if sign == "BETWEEN":
        return (values[0], 0), (values[1], 0)
    if sign == "LIKE" and isinstance(values[0], str):
        prefix = re.split("[%_]", values[0])[0]
        rest = values[0][len(prefix) :]
        # The highest character ends everything that begins with the prefix.
        return ((prefix, 0), (prefix + "\U0010ffff", 0)) if rest == "%" else (None, None)
    if len(values) != 1 or sign in ("<>", "IN"):
        return None, None
    value = values[0]
    return {
        "=": ((value, 0), (value, 0)),
        ">": ((value, 1), None),
        ">=": ((value, 0), None),
        "<": (None, (value, -1)),
        "<=": (None, (value, 0)),
    }.get(sign, (None, None))


def _value(literal: exp.Expr) -> float | str:
    if isinstance(literal, exp.Boolean):
        return float(bool(literal.this))
    return literal.name if literal.is_string else float(literal.name)


def _another_year(query: Query) -> str:
    """Find a date of a year that the question, which says years, neither says nor touches."""
    asked = {int(year) for year in years(query.question)}
    if not asked:
        return ""
    # The ends of a range lie in the years before and after, or between two years.
    allowed = set(range(min(asked) - 1, max(asked) + 2))
    for comparison in query.comparisons:
        if comparison.stored.kind == "date":
            for text in comparison.texts:
                if re.match(r"\d{4}", text) and int(text[:4]) not in allowed:
                    return f"it compares {comparison.stored.name} with another year, {text[:4]}"
    return ""


def _year_as_width(query: Query) -> str:
    """Find buckets that are as wide as a year of the question: `FLOOR(amount / 2024) * 2024`."""
    for product in query.tree.find_all(exp.Mul):
        width = product.expression.name
        divided = (node.expression.name for node in product.this.find_all(exp.Div))
        # Nobody counts in steps of 2024, even where the question may say no year by it.
        if width in divided and _YEAR.fullmatch(width) and width in query.question:
            return f"it counts in steps of {width}, which is a year"
    return ""


def _number_as_year(query: Query) -> str:
    """Find a year of the question that is compared with numbers none of which is one: ratings."""
    for comparison in query.comparisons:
        stored = comparison.stored
        if stored.kind != "number" or not stored.complete or not stored.known:
            continue
        if any(_YEAR.fullmatch(value) for value in stored.known):
            continue
        for literal in comparison.literals:
            is_said = re.search(rf"\b{re.escape(literal.name)}\b", query.question) is not None
            if is_said and _YEAR.fullmatch(literal.name) and _is_beyond(literal.name, stored):
                return f"it compares {stored.name} with a year"
    return ""


def _is_beyond(text: str, stored: Stored) -> bool:
    """Return whether a number is greater than all that a column stores."""
    return float(text) > max(map(float, stored.known))


RULES = (
    _other_values,
    _equals_null,
    _missing_of_full,
    _key_as_year,
    _orders_unsorted_dates,
    _nothing_between,
    _another_year,
    _year_as_width,
    _number_as_year,
)


def unmet(tree: exp.Expr, catalog: Catalog, values: ValueIndex | None) -> str:
    """Return the condition that no stored value meets; empty if there is none.

    Only columns of which all values are known are judged. Values may have come since: rows that the
    query returns show that.
    """
    for comparison in comparisons(tree, catalog, values):
        stored = comparison.stored
        if comparison.sign not in ("=", "IN") or not stored.complete or stored.kind != "text":
            continue
        texts = comparison.texts
        if texts and not set(texts) & set(stored.known):
            return f"no row of {stored.table.key} has {stored.column.name} {texts[0]!r}"
    return ""
