"""Which rows a figure is of, as far as its words do not say it by a name or a value: numbers within
bounds, what has not happened, what is empty, and what share of them is asked for.
"""

from __future__ import annotations

from dataclasses import replace

from mome.answering.titles.bounds import AVERAGE
from mome.answering.titles.columns import (
    date_columns_of,
    end_date,
    is_flag,
    keys_of_table,
    main_date,
)
from mome.answering.titles.figures import COUNTS, TitleFigure, TitleScope, plain_amounts
from mome.answering.titles.from_clause import name_of, source
from mome.answering.titles.naming import (
    CURRENCIES,
    dated_parts,
    is_said_by_unit,
    own_parts,
    required_parts,
)
from mome.answering.titles.parts import STILL, NumberBound, TextBound
from mome.answering.titles.restrictions import RowCondition, happened, restricted
from mome.answering.titles.said_words import Words, are_explained, are_said, parts_of
from mome.catalog import Column, Table
from mome.forms.stored import date_kind

_RANKED_BY = {
    "price": "price prc cost fee rate",
    "length": "length duration milliseconds millis seconds secs minutes mins hours hrs days "
    "distance km miles",
    "pay": "salary wage pay income earnings compensation",
    "weight": "weight mass kg",
    "rating": "rating score stars grade",
}
"""What rows are ranked by -> the words in the name of the number."""
_AGES = frozenset("birth born dob birthday birthdate age".split())
_KEY_PARTS = frozenset("to by id no nr number code cd key".split())


def not_happened(figure: TitleFigure, words: Words, scope: TitleScope) -> TitleFigure | None:
    """Return the figure of the rows to which something has not happened, or that have not come to
    an end; None if it is not clear what.
    """
    is_end = [word.text for word in words] == [STILL]
    column = end_date(figure.table) if is_end else _column_of(figure.table, words)
    if column is not None:
        return replace(figure, rows=(*figure.rows, RowCondition((), column.name, "NULL", "IS")))
    rows = restricted(figure.table, words, "", scope.values, scope.paths)
    if rows is None or rows.rest or len(rows.restrictions) != 1:
        return None
    (other,) = rows.restrictions
    if other.path or other.operator != "=":
        return None
    return replace(figure, rows=(*figure.rows, replace(other, operator="<>")))


def lacking(figure: TitleFigure, words: Words) -> TitleFigure | None:
    """Return the figure of the rows in which a column is empty; None if it is not clear which."""
    return _filled(figure, words, "IS")


def having(figure: TitleFigure, words: Words) -> TitleFigure | None:
    """Return the figure of the rows in which a column is not empty; None if it is not clear
    which.
    """
    return _filled(figure, words, "IS NOT")


def _filled(figure: TitleFigure, words: Words, operator: str) -> TitleFigure | None:
    table = figure.table
    # An email address is stored as an `email`.
    words = [word for word in words if word.closeness or word.text != "address"]
    found = [
        column
        for column in table.columns
        if column.nullable
        and are_said(_filled_parts(column, table), words)
        and are_explained(words, (*parts_of(column.name), *parts_of(table.name)))
    ]
    said = [word for word in words if word.text != "date"]
    if not found and 0 < len(said) < len(words):
        # Orders without a shipping date have no `shipped_on`.
        found = [c for c in date_columns_of(table) if c.nullable and happened(c, table, said)]
    if len(found) != 1:
        return None
    condition = RowCondition((), found[0].name, "NULL", operator)
    return replace(figure, rows=(*figure.rows, condition))


def _filled_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the parts of a column's name that have to be said where it is empty: a ticket without
    a first response has no `first_response_at`.
    """
    if date_kind(column) is not None and dated_parts(column):
        return dated_parts(column)
    return required_parts(column, table) or parts_of(column.name)


def part_of_rows(figure: TitleFigure, words: Words, scope: TitleScope) -> TitleFigure | None:
    """Return the figure of the share of the rows that words say; None if it is not clear which."""
    table = figure.table
    rows = restricted(table, words, "", scope.values, scope.paths)
    if rows is not None and rows.may_be_dates and any(one.path for one in rows.restrictions):
        return None
    if rows is None:
        # The word may be stored elsewhere and name a date of these rows.
        rows = restricted(table, words, words[-1].text, scope.values, scope.paths)
    if rows is None:
        return None
    conditions = rows.restrictions
    if rows.rest:
        column = _column_of(figure.table, rows.rest)
        if column is None:
            return None
        conditions = (*conditions, RowCondition((), column.name, "NULL", "IS NOT"))
    return replace(figure, part=conditions) if conditions else None


def _column_of(table: Table, words: Words) -> Column | None:
    """Return the column that is empty until something has happened, as a date or a key; None for
    none or several.
    """
    events = [c for c in table.columns if c.nullable and _may_happen(c, words)]
    found = [c for c in events if happened(c, table, words)]
    if not found and _are_done(words):
        # A ticket that was escalated has an `escalated_to_id`, a claim settled a `settled_eur`.
        others = [c for c in table.columns if c.nullable and not is_flag(c)]
        found = [c for c in others if _says_what_happened(c, words)]
    return found[0] if len(found) == 1 else None


def _may_happen(column: Column, words: Words) -> bool:
    """Return whether a column may be filled by what happens. One of numbers or texts is not, unless
    a participle names it: reservations `with kids` have more than 0 of them. Nor is a flag.
    """
    return not is_flag(column) and (_are_done(words) or date_kind(column) is not None)


def _are_done(words: Words) -> bool:
    """Return whether words are participles, as `assigned` is."""
    return all(word.text.endswith(("ed", "en")) for word in words)


def _says_what_happened(column: Column, words: Words) -> bool:
    parts = [part for part in parts_of(column.name) if part not in _KEY_PARTS | CURRENCIES]
    return len(parts) == 1 and are_said(parts, words) and are_explained(words, parts)


def worth(figure: TitleFigure, scope: TitleScope) -> TitleFigure:
    """Return the sum of the amounts in the place of a number of rows, where amounts are asked for
    and it is clear which.
    """
    amounts = plain_amounts(figure.table, scope)
    if figure.measure is not None or len(amounts) != 1 or figure.aggregates != ("",):
        return figure
    return replace(figure, measure=amounts[0])


def _counted_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the parts of a number's name that have to be said where it is compared: jobs with
    more than 20 `pages` have a `page_qty` of them.
    """
    required = required_parts(column, table) or parts_of(column.name)
    return tuple(part for part in required if part not in COUNTS) or required


def ranking(table: Table, by: str, words: Words, scope: TitleScope) -> Column | None:
    """Return the column that ranks the rows of a table; None if it is not clear which.

    `by`: as in `RowRank`. `words`: those for the column; empty if the title does not name it.
    """
    if words:
        return _named_number(table, words, scope)
    aged = [one for one in table.columns if set(parts_of(one.name)) & _AGES] if by == "age" else []
    if aged:
        # The highest age and the earliest birth need not be of one row.
        return aged[0] if len(aged) == 1 and aged[0] in date_columns_of(table) else None
    if by in ("date", "age"):
        return main_date(table)
    found = plain_amounts(table, scope)
    if by in _RANKED_BY:
        named = frozenset(_RANKED_BY[by].split())
        found = [one for one in scope.measures[table.key] if named & set(parts_of(one.name))]
    return found[0] if len(found) == 1 else None


def _named_number(table: Table, words: Words, scope: TitleScope) -> Column | None:
    found = [
        column
        for column in scope.measures[table.key]
        if are_said(_counted_parts(column, table), words) or is_said_by_unit(column, table, words)
    ]
    found = [
        column
        for column in found
        if are_explained(words, (*parts_of(column.name), *parts_of(table.name)))
    ]
    return found[0] if len(found) == 1 else None


def bound_condition(
    table: Table, bound: NumberBound, words: Words, scope: TitleScope
) -> RowCondition | None:
    """Return the condition that a number of the rows is within a bound; None if it is not clear
    which number is meant.

    `words`: those for the column.
    """
    column = ranking(table, bound.by, words, scope)
    if column is None:
        return None
    number = bound.number
    if number == AVERAGE:
        number = f"(SELECT AVG({name_of('whole', column.name)}) FROM {source(table)} AS whole)"
    return RowCondition((), column.name, number, bound.operator)


def text_condition(table: Table, bound: TextBound, words: Words) -> RowCondition | None:
    """Return the condition that a text of the rows contains another one; None if it is not clear
    which column is meant.

    `words`: those for the column.
    """
    keys = keys_of_table(table)
    # An email address is stored as an `email`.
    named = [word for word in words if word.text != "address"] or words
    found = [
        column
        for column in table.columns
        if column.family == "text"
        and column.name not in keys
        and are_said(required_parts(column, table) or own_parts(column, table), named)
        and are_explained(named, (*parts_of(column.name), *parts_of(table.name)))
    ]
    if len(found) != 1:
        return None
    text = bound.text.replace("'", "''")
    return RowCondition((), found[0].name, f"'{text}'", bound.call)
