"""Repair of look-ups by number: `ticket 1005` is the row of tickets with this key. `composed`
lists it.

Covered: a noun in the singular that names a table which the query reads or refers to, directly
before a whole number; the table's key is one column of integers, and no other column numbers its
rows, such as ticket_number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.conditions import Comparison, comparisons
from mome.answering.impossible import conjunction_of
from mome.answering.repairs.written_columns import written_column, written_table
from mome.catalog import Catalog, Column, Table
from mome.linking.names import abbreviates, all_stems, name_stems, name_words, stem
from mome.linking.periods import periods
from mome.linking.values import ValueIndex
from mome.sql_tree import tables_in

_NUMBERED = re.compile(
    r"((?:[a-z]+[ -]){0,2}[a-z]+)\s+(?:(?:number|no\.?|nr\.?|id)\s*)?#?\s*(\d{1,18})"
    r"(?!\w|%|[.,:/-]\d)(?:\s+([a-z]+))?"
)
_NUMBERS = all_stems(["number no nr num code ref reference"])
_CALLED = _NUMBERS | all_stems(["name title label"])
"""Stems in the names of columns by which people may call a row."""
_AMOUNTS = frozenset("or to times percent more less".split())
"""Words behind a number that is a limit, an amount or one of several."""
_WHOLE = re.compile(
    r"\b(?:everything (?:about|on|of|for|we (?:have|know) (?:about|on|of))"
    r"|(?:all|full|complete|whole)(?: of)?(?: the)? (?:details|information|info|data|record|row)"
    r"(?: about| on| of| for)?) (?:the )?(?:\w+ )?$"
)


@dataclass(frozen=True)
class _Row:
    """A row that a question calls by a noun and a number."""

    words: tuple[str, ...]
    """The words before the number, in lower case; the last is the noun."""
    number: str
    behind: str
    """The word behind the number; empty if there is none."""
    is_whole: bool
    """Whether all of its columns are asked for."""


def look_up_rows(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Compare a table's key with the number behind the table's noun."""
    notes = []
    for row in _rows_named(question.lower()):
        found = comparisons(tree, catalog, values)
        for comparison in found:
            select = comparison.node.find_ancestor(exp.Select)
            end = _end_of_year(comparison, found, row)
            if select is None or not (end or _holds(comparison, row)):
                continue
            called = _key_called(row.words, select, catalog)
            if called is None:
                continue
            alias, column, table = called
            if not _is_key_of(comparison, table) and not _is_meant(comparison, row, table):
                key = written_column(select, alias, column, catalog.dialect)
                literal = exp.Literal.number(row.number)
                _replace(comparison.node, exp.EQ(this=key, expression=literal), end)
                notes.append(f"{row.number} was read as the key of {table.key}")
            if row.is_whole and _show_all(select, row, table, catalog.dialect):
                notes.append(f"all columns of {table.key} are shown")
    return notes


def _holds(comparison: Comparison, row: _Row) -> bool:
    """Return whether a column has to be the number of a row."""
    return comparison.sign == "=" and [one.name for one in comparison.literals] == [row.number]


def _end_of_year(comparison: Comparison, found: list[Comparison], row: _Row) -> Comparison | None:
    """Return the end of a range of days that begins with a comparison, if the number is read as a
    year there: `invoice 2010`.
    """
    if comparison.sign != ">=" or comparison.texts != [f"{row.number}-01-01"]:
        return None
    where = conjunction_of(comparison.node)
    for other in found:
        is_end = other.sign == "<" and other.texts == [f"{int(row.number) + 1}-01-01"]
        if is_end and other.column == comparison.column and where is not None:
            return other if conjunction_of(other.node) is where else None
    return None


def _replace(node: exp.Expr, new: exp.Expr, end: Comparison | None) -> None:
    """Put a condition in the place of another one, and take the end of its range out."""
    both = end.node.parent if end is not None else None
    if end is not None and isinstance(both, exp.And):
        both.replace(both.this if both.expression is end.node else both.expression)
    node.replace(new)


def _rows_named(question: str) -> Iterator[_Row]:
    """Yield what a question calls by a noun and a number that is no year and no limit."""
    said = " ".join(period.text for period in periods(question))
    for match in _NUMBERED.finditer(question):
        words = tuple(re.findall("[a-z]+", match[1]))
        is_plural = words[-1].endswith("s") and not words[-1].endswith("ss")
        if match[2] in said or match[3] in _AMOUNTS or is_plural:
            continue
        before = question[: match.start(1)] + " ".join(words[:-1]) + " "
        yield _Row(words, match[2], match[3] or "", _WHOLE.search(before.lstrip()) is not None)


def _key_called(
    words: tuple[str, ...], select: exp.Select, catalog: Catalog
) -> tuple[str, str, Table] | None:
    """Return the key of the table that the last words name, as (alias, column, table): its own, or
    else a foreign key of a query that does not read it; None if there are several.
    """
    whole = [table for table in catalog.tables if _is_whole_name(table, words)]

    def is_called(table: Table) -> bool:
        named = table in whole if whole else _is_head(table, words[-1])
        return named and _has_plain_key(table)

    tables = list(tables_in(select, catalog))
    found = [(alias, one.primary_key[0], one) for alias, one in tables if is_called(one)]
    for alias, table in tables if not found else ():
        for key in table.foreign_keys:
            target = catalog.table(key.ref_table)
            if target is not None and len(key.columns) == 1 and is_called(target):
                found.append((alias, key.columns[0], target))
    return found[0] if len(found) == 1 else None


def _is_whole_name(table: Table, words: tuple[str, ...]) -> bool:
    own = [stem(word) for word in name_words(table.name)]
    return [stem(word) for word in words[-len(own) :]] == own


def _is_head(table: Table, noun: str) -> bool:
    """Return whether the noun is the last word of a table's name, perhaps abbreviated there."""
    last = name_words(table.name)[-1]
    return stem(last) == stem(noun) or abbreviates(last, noun)


def _has_plain_key(table: Table) -> bool:
    """Return whether rows are told apart by one column of integers and by no other number."""
    if len(table.primary_key) != 1:
        return False
    key = table.column(table.primary_key[0])
    others = [one for one in table.columns if one is not key]
    return (
        key is not None
        and key.family == "integer"
        and not any(_is_call(one, table) for one in others)
    )


def _is_call(column: Column, table: Table) -> bool:
    """Return whether a column is nothing but the number of its row: `ticket_no`."""
    return name_stems(column.name) - name_stems(table.name) <= _NUMBERS


def _is_key_of(comparison: Comparison, table: Table) -> bool:
    """Return whether a comparison is one of the table's key, here or as a foreign key."""
    stored = comparison.stored
    if stored.table.key == table.key and stored.table.primary_key == (stored.column.name,):
        return True
    return any(
        key.columns == (stored.column.name,) and key.ref_table == table.key
        for key in stored.table.foreign_keys
    )


def _is_meant(comparison: Comparison, row: _Row, table: Table) -> bool:
    """Return whether the column of a comparison may be what the number is of."""
    stored = comparison.stored
    own = name_stems(stored.column.name)
    if stored.table.key == table.key and own & _CALLED:
        return True
    # `Grade 9` is not the row of grades where students have a column `grade`.
    is_noun = stem(row.words[-1]) in own and not stored.is_key
    return is_noun or stem(row.behind) in own


def _show_all(select: exp.Select, row: _Row, table: Table, dialect: str) -> bool:
    """Show all columns of the row; returns whether that changes the query.

    A query with more conditions than that of the key is left as it is.
    """
    whole = exp.Select(expressions=[exp.Star()])
    whole.set("from_", exp.From(this=written_table(table, table.name, dialect)))
    key = written_column(whole, table.name.lower(), table.primary_key[0], dialect)
    whole.where(exp.EQ(this=key, expression=exp.Literal.number(row.number)), copy=False)
    if select == whole or not _is_plain(select, row):
        return False
    for part in ("expressions", "from_", "joins", "where"):
        select.set(part, whole.args.get(part))
    return True


def _is_plain(select: exp.Select, row: _Row) -> bool:
    """Return whether a query shows columns of what belongs to one number, and does no more."""
    where = select.args.get("where")
    condition = where.this if where is not None else None
    if not isinstance(condition, exp.EQ) or condition.expression.name != row.number:
        return False
    parts = ("group", "distinct", "having", "order", "limit")
    shown = (exp.Column, exp.Star)
    is_listing = all(isinstance(node, shown) for node in select.expressions)
    return is_listing and select.parent is None and not any(map(select.args.get, parts))
