"""Turn an order that takes the other end than the question asks for: the cheapest, the oldest, in
descending order.

`composed` lists it. Covered: one SELECT with ORDER BY and LIMIT whose first column is a number, a
count, a sum or an average, or says since when something is; the last ORDER BY without LIMIT. Not
covered: MIN and MAX.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import Dialect, exp

from mome.answering.conditions import stored_of
from mome.catalog import Catalog
from mome.linking.demands import extreme
from mome.linking.names import name_stems, stem
from mome.linking.values import ValueIndex

TURNED = "the order was turned"
"""How the note begins."""
# The first rank is the highest one.
_RANKED = re.compile(
    r"rank|position|place|order|priority|level|grade|number|_no\b|_id\b|^id$", re.I
)
# Columns of when something began: the oldest has the least of it, and the greatest `age`.
_ORIGINS = frozenset(
    map(stem, "birth born founded foundation established built opened year".split())
)


@dataclass(frozen=True)
class End:
    """The end of an order that a question asks for."""

    words: str
    descending: bool


def turn_order(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Turn the first column of the order if it takes the other end; returns a note on that."""
    first = _first_in_order(tree)
    if first is None:
        return []
    kind = _kind(first.this, catalog, values)
    asked = _asked_number(question, first.this, kind) or _asked_age(question, first.this, kind)
    if asked is None or asked.descending == bool(first.args.get("desc")):
        return []
    # None and not False, for which sqlglot writes ASC.
    first.set("desc", asked.descending or None)
    first.set("nulls_first", _nulls_first(asked.descending, catalog.dialect))
    return [f"{TURNED}, since the question asks for the {asked.words}"]


_DOWN = re.compile(
    r"\b(?:descending|decreasing)\b|\b(?:high|large|big) to (?:low|small)\b|\bfrom (?:the )?"
    r"(?:highest|largest|biggest|greatest|most|longest|heaviest|tallest|priciest)\b.{0,40}? to\b"
    r"|\b(?:highest|largest|biggest|greatest|most|longest|heaviest|tallest|priciest)"
    r"(?: \w+){0,2} first\W*$"
)
_UP = re.compile(
    r"\b(?:ascending|increasing)\b|\b(?:low|small) to (?:high|large)\b|\bfrom (?:the )?"
    r"(?:lowest|smallest|least|fewest|shortest|lightest|cheapest)\b.{0,40}? to\b"
    r"|\b(?:lowest|smallest|least|fewest|shortest|lightest|cheapest)(?: \w+){0,2} first\W*$"
)


def turn_listing(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Turn the order of all rows where the question names one direction and the query has only the
    other; returns a note on that.
    """
    order = tree.args.get("order")
    if order is None or tree.args.get("limit") is not None:
        return []
    down, up = _DOWN.search(question.lower()), _UP.search(question.lower())
    match, descending = (down, True) if down else (up, False)
    directions = {bool(ordered.args.get("desc")) for ordered in order.expressions}
    if match is None or (down and up) or descending in directions:
        return []
    first = order.expressions[0]
    first.set("desc", descending or None)
    first.set("nulls_first", _nulls_first(descending, catalog.dialect))
    return [f"{TURNED}, since the question says {match[0]!r}"]


_SUPERLATIVE_FIRST = re.compile(r"\b(?:\w+est|(?:most|least) \w+|most|fewest)(?: \w+)? first\W*$")


def list_all(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Show all rows of a query that takes the first one where the question only names an order:
    `the crime novels, most expensive first`; returns a note on that.
    """
    limit, match = tree.args.get("limit"), _SUPERLATIVE_FIRST.search(question.lower())
    is_one = limit is not None and limit.expression is not None and limit.expression.name == "1"
    if match is None or not is_one or tree.args.get("order") is None:
        return []
    tree.set("limit", None)
    return [f"all rows are shown, since {match[0].strip('.?! ')!r} names their order"]


def _first_in_order(tree: exp.Expr) -> exp.Ordered | None:
    """Return what a query of one SELECT orders by before LIMIT chooses; else None."""
    selects = list(tree.find_all(exp.Select))
    if len(selects) != 1:
        return None
    order, limit = selects[0].args.get("order"), selects[0].args.get("limit")
    return order.expressions[0] if order is not None and limit is not None else None


def _kind(node: exp.Expr, catalog: Catalog, values: ValueIndex | None) -> str:
    """Return number, date or another kind of `Stored.kind`; empty if it is not known."""
    # The guard's parser keeps calls as they are written.
    if isinstance(node, exp.Anonymous) and node.name.lower() in ("count", "sum", "avg"):
        return "number"
    stored = stored_of(node, catalog, values) if isinstance(node, exp.Column) else None
    return "" if stored is None else stored.kind


def _asked_number(question: str, node: exp.Expr, kind: str) -> End | None:
    """Return the end for `the cheapest` and `the most`."""
    end = extreme(question)
    if not end or kind != "number" or _RANKED.search(node.sql()):
        return None
    return End(f"{end}est", end == "high")


def _asked_age(question: str, node: exp.Expr, kind: str) -> End | None:
    """Return the end for `the oldest` and `the youngest`."""
    words = set(re.findall(r"[a-z]+", question.lower()))
    if not isinstance(node, exp.Column) or ("oldest" in words) == ("youngest" in words):
        return None
    name = name_stems(node.name)
    is_age = "age" in name
    is_origin = bool(name & _ORIGINS) or kind == "date"
    if is_age == is_origin:
        return None
    is_oldest = "oldest" in words
    return End("oldest" if is_oldest else "youngest", is_oldest == is_age)


def _nulls_first(descending: bool, dialect: str) -> bool:
    """Return where the engine puts NULL if the query does not say it, as sqlglot's parser does."""
    ordering = Dialect.get_or_raise(dialect).NULL_ORDERING
    return ordering != "nulls_are_last" and descending == (ordering == "nulls_are_large")
