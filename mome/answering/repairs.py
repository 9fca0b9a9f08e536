"""Repairs: conditions whose meaning the question leaves no doubt of are written as it says.

Each rule changes the tree and returns notes for the reader; `REPAIRS` composes them. Queries that
people verified are not repaired.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import (
    Comparison,
    Stored,
    comparisons,
    date_columns,
    is_boolean,
    stored_of,
)
from mome.answering.count_repairs import count_both
from mome.answering.date_choices import take_asked_date, take_own_dates
from mome.answering.date_repairs import count_days
from mome.answering.direction import list_all, turn_listing, turn_order
from mome.answering.exclusion_repairs import leave_out_said
from mome.answering.flag_repairs import take_flags
from mome.answering.formula_repairs import compute_said
from mome.answering.fuller_names import take_fuller_names
from mome.answering.group_repairs import count_groups, count_matches
from mome.answering.impossible import bounds, conjunction_of
from mome.answering.label_repairs import group_by_name
from mome.answering.late_repairs import compare_dates, take_overdue
from mome.answering.lookup_repairs import look_up_rows
from mome.answering.measure_repairs import group_by_owner, sum_measure, take_plain_series
from mome.answering.name_repairs import show_full_names
from mome.answering.null_repairs import turn_null
from mome.answering.order_repairs import order_as_said, show_ranked_figure
from mome.answering.parent_repairs import show_parents
from mome.answering.period_labels import write_periods
from mome.answering.series_repairs import take_whole_series
from mome.answering.set_repairs import take_from_all
from mome.answering.share_repairs import share_of_said_rows, share_within_groups
from mome.answering.single_figures import add_up_listed
from mome.answering.sql_draft import SqlDraft
from mome.answering.value_lists import take_listed_values
from mome.answering.value_repairs import take_said_values
from mome.catalog import Catalog
from mome.errors import Refused
from mome.linking.demands import demands
from mome.linking.names import all_stems, name_stems
from mome.linking.periods import Period, periods, years
from mome.linking.values import ValueIndex, normalise


def repaired(
    draft: SqlDraft, question: str, catalog: Catalog, values: ValueIndex
) -> tuple[SqlDraft, tuple[str, ...]]:
    """Return the query with all repairs, and a note on each that changes what the reader sees."""
    if draft.exact_tree is None:
        return draft, ()
    tree = draft.exact_tree.copy()
    notes: list[str] = []
    for repair in REPAIRS:
        notes += repair(tree, question, catalog, values)
    if tree == draft.exact_tree:
        return draft, ()
    try:
        return draft.rewritten(tree), tuple(notes)
    except Refused:
        return draft, ()


def _missing_values(
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


def _periods(tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex) -> list[str]:
    """Write the one period of the question as a range of the one column of dates it can be of."""
    asked = periods(question)
    if len(asked) != 1 or asked[0].year is None:
        return []
    (period,) = asked
    if _is_part(question, period):
        return []
    # Another year, as in `2023 or 2025`, would be a second period.
    if not all(year in period.text for year in years(question)):
        return []
    said = [c for c in comparisons(tree, catalog, values) if _of_period(c, period)]
    wheres = [conjunction_of(c.node) for c in said]
    if not said or not all(isinstance(where, exp.Where) for where in wheres):
        return []
    if len({id(where) for where in wheres}) != 1 or _is_range(said, period):
        return []
    column = _column_of_dates(said, wheres[0], catalog, values)
    if column is None:
        return []
    _replace([c.node for c in said], _range(column[0], period))
    return [f"{column[1].name} was read as {_in_words(period)}"]


_PARTS = frozenset("quarter half week day start beginning end middle".split())


def _is_part(question: str, period: Period) -> bool:
    """Return whether the question asks for a part of the period: `the third quarter of 2017`."""
    words = question[: question.find(period.text)].lower().split()
    # All quarters of a year are the whole year.
    is_each = words[-2:-1] in (["each"], ["every"], ["per"])
    return bool(words) and words[-1] in _PARTS and not is_each


def _of_period(comparison: Comparison, period: Period) -> bool:
    """Return whether a comparison may stand for the period: one of dates, or one of the year with
    what is no number of a year.
    """
    if comparison.stored.kind == "date":
        return True
    if comparison.sign == "LIKE" or comparison.stored.kind in ("number", "time"):
        is_year = [literal.name for literal in comparison.literals] == [str(period.year)]
        # `The total amount in 2025` compares no amount with 2025.
        is_figure = comparison.sign == "=" and _is_aggregated(comparison.column)
        return is_year and (comparison.stored.is_key or is_figure)
    return any(literal.name == str(period.year) for literal in comparison.literals) and (
        comparison.stored.kind in ("text", "boolean")
    )


def _is_aggregated(column: exp.Column) -> bool:
    """Return whether the query of a condition adds up or averages the same column."""
    select = column.find_ancestor(exp.Select)
    shown = select.expressions if select is not None else []
    return any(
        node.name.lower() == column.name.lower() and not isinstance(entry, exp.Column)
        for entry in shown
        for node in entry.find_all(exp.Column)
    )


def _is_range(said: list[Comparison], period: Period) -> bool:
    """Return whether the comparisons are the period's range already."""
    lows, highs = [], []
    for comparison in said:
        if comparison.stored.kind != "date":
            return False
        if any(not literal.is_string for literal in comparison.literals):
            return False
        low, high = bounds(comparison)
        if comparison.sign == "LIKE" and high is not None and low is not None:
            written = str(low[0]).rstrip("-")
            whole = period.low and period.high and period.low[:4] == written[:4]
            return bool(whole) and written == period.low[: 7 if period.month else 4]
        lows += [low] if low is not None else []
        highs += [high] if high is not None else []
    wanted_low = [(period.low, 0)] if period.low else []
    wanted_high = [(period.high, -1)] if period.high else []
    return lows == wanted_low and highs == wanted_high


def _column_of_dates(
    said: list[Comparison], where: exp.Expr | None, catalog: Catalog, values: ValueIndex
) -> tuple[exp.Column, Stored] | None:
    """Return the one column that the comparisons, or else the query's tables, name."""
    named = {c.column.sql().lower(): (c.column, c.stored) for c in said if c.stored.kind == "date"}
    if named:
        return next(iter(named.values())) if len(named) == 1 else None
    select = where.parent if where is not None else None
    if not isinstance(select, exp.Select):
        return None
    found = list(date_columns(select, catalog, values))
    if len(found) != 1:
        return None
    alias, stored = found[0]
    column = said[0].column.copy()
    quoted = bool(column.this.quoted) or not re.fullmatch(r"[a-z_][a-z0-9_]*", stored.column.name)
    column.set("this", exp.to_identifier(stored.column.name, quoted=quoted))
    if column.table and column.table.lower() != alias:
        column.set("table", exp.to_identifier(alias))
    return column, stored


def _range(column: exp.Column, period: Period) -> exp.Expr:
    parts: list[exp.Expr] = []
    if period.low:
        low = exp.Literal.string(period.low)
        parts.append(exp.GTE(this=column.copy(), expression=low))
    if period.high:
        high = exp.Literal.string(period.high)
        parts.append(exp.LT(this=column.copy(), expression=high))
    return exp.and_(*parts, copy=False)


def _replace(nodes: list[exp.Expr], new: exp.Expr) -> None:
    """Replace the first condition, and take the others out of their conjunction."""
    # Of `a AND a` the second goes first, so that the tree around the first stays as it is.
    for node in nodes[1:]:
        node.replace(exp.true())
    nodes[0].replace(new)
    root = new.find_ancestor(exp.Where)
    if root is not None:
        parts = root.this.flatten() if isinstance(root.this, exp.And) else [root.this]
        kept = [part for part in parts if part != exp.true()]
        root.set("this", exp.and_(*kept))


def _in_words(period: Period) -> str:
    low = f"from {period.low}" if period.low else ""
    high = f"before {period.high}" if period.high else ""
    return " to ".join(filter(None, (low, high)))


def _truth_values(tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex) -> list[str]:
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


def _not_in_nulls(tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex) -> list[str]:
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


def _nulls_first(tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex) -> list[str]:
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


REPAIRS = (
    take_fuller_names,
    take_whole_series,
    count_both,
    take_listed_values,
    turn_order,
    turn_listing,
    list_all,
    look_up_rows,
    leave_out_said,
    take_flags,
    _missing_values,
    turn_null,
    _periods,
    _truth_values,
    _not_in_nulls,
    _nulls_first,
    count_matches,
    count_groups,
    take_from_all,
    count_days,
    take_plain_series,
    sum_measure,
    add_up_listed,
    compute_said,
    group_by_owner,
    group_by_name,
    take_overdue,
    compare_dates,
    share_within_groups,
    share_of_said_rows,
    take_own_dates,
    take_asked_date,
    take_said_values,
    show_full_names,
    order_as_said,
    show_ranked_figure,
    show_parents,
    write_periods,
)
