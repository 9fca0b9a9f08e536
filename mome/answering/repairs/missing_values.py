"""Repairs of conditions on values that are missing, on truth values, and of what NULL does to NOT
IN and to an order. `composed` lists them.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Comparison, comparisons, is_boolean, stored_of
from mome.catalog import Catalog
from mome.linking.demands import demands
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex, normalise


def take_missing_values(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex
) -> list[str]:
    """Write IS NULL for a column that is compared with words of the question about its absence.

    `deleted_at = 'not been deleted'` or `price = 'No'` means rows without a value; without a
    negation in the question it means those with one.
    """
    notes = []
    for comparison in comparisons(tree, catalog, values):
        if comparison.sign not in ("=", "LIKE") or not _says_no_value(comparison, question):
            continue
        absent = demands(question).negated or _ABSENT.search(question) is not None
        missing = exp.Is(this=comparison.column.copy(), expression=exp.Null())
        comparison.node.replace(missing if absent else exp.Not(this=missing))
        name = comparison.stored.name
        notes.append(f"{'without' if absent else 'with'} a value in {name} is how this was read")
    return notes


_ABSENT = re.compile(r"\b(?:unknown|null|empty|blank|unset|missing|absent|undefined)\b", re.I)
_ABSENCE = frozenset("no not none never missing null unknown empty unset".split())


def _says_no_value(comparison: Comparison, question: str) -> bool:
    """Return whether a literal is made of the question's words, and no value of its column."""
    stored, text = comparison.stored, " ".join(comparison.texts)
    if not text or not stored.column.nullable or text in stored.known:
        return False
    words = all_stems([text])
    said = all_stems([question])
    if demands(question).negated:
        said |= _ABSENCE
    if re.search(r"\d", text) or not words or not words <= said:
        return False
    # The question has to be about this column: another one may be what it has none of.
    if not name_stems(stored.column.name) & all_stems([question]):
        return False
    # Of text only a word of absence is surely no value; dates and numbers hold no words at all.
    if stored.column.family == "text":
        return set(normalise(text).split()) <= _ABSENCE
    return stored.column.family in ("date", "datetime", "time", "integer", "number")


def take_truth_values(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex
) -> list[str]:
    """Write true for a truth value that the question names without any negation.

    Which of two texts a model points at says little: `active` and 'false' are both one word.
    """
    if demands(question).negated or _ABSENT.search(question):
        return []
    notes = []
    for comparison in comparisons(tree, catalog, values):
        stored, texts = comparison.stored, [text.lower() for text in comparison.texts]
        named = name_stems(stored.column.name) - {"is", "has", "was"}
        if comparison.sign != "=" or len(texts) != 1 or not named <= all_stems([question]):
            continue
        other = _TRUE_OF.get(texts[0], "")
        true = [value for value in stored.known if value.lower() == other]
        if len(true) == 1 and all(map(is_boolean, stored.known)):
            comparison.literals[0].replace(exp.Literal.string(true[0]))
            notes.append(f"{stored.name} was read as {true[0]!r}, since nothing is negated")
    return notes


_TRUE_OF = {"false": "true", "f": "t", "no": "yes", "n": "y"}


def leave_nulls_out(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex
) -> list[str]:
    """Leave NULL out of the subquery of NOT IN: with one, NOT IN is true for no row."""
    for node in tree.find_all(exp.In):
        query = node.args.get("query")
        select = query.this if isinstance(query, exp.Subquery) else query
        negated = isinstance(node.parent, exp.Not)
        if not negated or not isinstance(select, exp.Select) or len(select.expressions) != 1:
            continue
        # With groups or a limit, a further condition would change which rows are read.
        if any(select.args.get(part) for part in ("group", "limit", "distinct", "having")):
            continue
        column = select.expressions[0].unalias()
        if not isinstance(column, exp.Column):
            continue
        stored = stored_of(column, catalog, values)
        present = exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null()))
        where = select.args.get("where")
        if stored is None or not stored.column.nullable or stored.name in _not_null(where):
            continue
        if where is not None and column.sql() in _not_null(where):
            continue
        select.where(present, copy=False)
    return []


def _not_null(where: exp.Expr | None) -> set[str]:
    """Return the columns that a WHERE mentions in IS NULL or IS NOT NULL."""
    if where is None:
        return set()
    return {node.this.sql() for node in where.find_all(exp.Is)}


def sort_values_first(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex
) -> list[str]:
    """Leave rows without a value out of those that ORDER BY ... LIMIT chooses, on engines that sort
    NULL first in this direction: the cheapest product is none without a price.
    """
    for select in tree.find_all(exp.Select):
        order, limit = select.args.get("order"), select.args.get("limit")
        if order is None or limit is None or select.args.get("group") is not None:
            continue
        first = order.expressions[0]
        column = first.this
        # sqlglot sets it by the dialect's rule where the query says nothing.
        if not isinstance(column, exp.Column) or not first.args.get("nulls_first"):
            continue
        stored = stored_of(column, catalog, values)
        if stored is None or not stored.column.nullable:
            continue
        if column.sql() not in _not_null(select.args.get("where")):
            absent = exp.Is(this=column.copy(), expression=exp.Null())
            select.where(exp.Not(this=absent), copy=False)
    return []
