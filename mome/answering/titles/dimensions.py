"""By what a title divides its figure: a unit of time, a category, a thing that rows refer to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mome.answering.titles.columns import (
    date_columns_of,
    keys_of_table,
    label_columns,
    shown_columns,
)
from mome.answering.titles.figures import tables_named
from mome.answering.titles.grammar import UNITS
from mome.answering.titles.naming import dated_parts, required_parts, says_measure
from mome.answering.titles.paths import Path, Paths, RowDate
from mome.answering.titles.said_words import Words, are_explained, are_said, guesses, parts_of
from mome.catalog import Catalog, Column, Table
from mome.forms.stored import YEAR, date_kind


@dataclass(frozen=True)
class Division:
    """One dimension of a title."""

    path: Path
    """From the counted rows to the table of the columns."""
    columns: tuple[str, ...]
    """Names of the columns that are shown."""
    key: tuple[str, ...] = ()
    """Columns that tell apart rows of one name; they are not shown."""
    size: str = ""
    """The width of the steps into which a number is cut; empty for none."""
    unit: str = ""
    """The unit of time into which the column is cut; empty for what is shown as it is stored."""
    date: RowDate | None = None
    """The date of a unit of time."""
    is_of_rows: bool = False
    """Whether each row of the figure's table stands for itself, as in `budget by department`."""


Ranked = tuple[tuple[int, int, int], Division]
"""A division with its kind, its number of guesses and the number of its joins; less is likelier."""


def division(
    words: Words,
    table: Table,
    date: Column | None,
    catalog: Catalog,
    paths: Paths,
) -> Division | None:
    """Return what words name for the rows of a table; None if nothing, or two things that fit
    equally well.

    `date`: the date that the figure names.
    """
    if not words:
        return None
    if len(words) > 1 and words[0].text in UNITS:
        # The month of closing.
        words = [*words[1:], words[0]]
    own = list(_own(words, table, ()))
    # Months are those of the rows, not those that a table of days numbers.
    is_unit = len(words) == 1 and words[0].text.removesuffix("s") in UNITS
    dated = _time(words, table, date, paths) if is_unit and not own else None
    if dated is not None:
        return dated
    found = [
        *own,
        *_related(words, table, catalog, paths),
        *_columns_of_related(words, table, paths),
    ]
    if found:
        best = min(rank for rank, _ in found)
        likeliest = [one for rank, one in found if rank == best]
        is_clear = len(likeliest) == 1 and not (likeliest[0].path and _is_half_said(words, table))
        return likeliest[0] if is_clear else None
    return _time(words, table, date, paths)


def steps(words: Words, size: str, table: Table, measures: Sequence[Column]) -> Division | None:
    """Return the division by a number of the rows in steps of one size; None if it is not clear
    by which.
    """
    named = [column for column in measures if _names(words, column, table)]
    return Division((), (named[0].name,), size=size) if len(named) == 1 else None


def _is_half_said(words: Words, table: Table) -> bool:
    """Return whether one word may mean a category of the table with a longer name as well: the
    `state` of customers, or the `billing_state` of their invoices.
    """
    return len(words) == 1 and any(
        len(parts_of(column.name)) > 1
        and are_said(parts_of(column.name)[-1:], words)
        and _is_category(column)
        and column.name not in keys_of_table(table)
        for column in table.columns
    )


def listed_columns(words: Words, table: Table, catalog: Catalog, paths: Paths) -> Division | None:
    """Return the columns that a list of rows shows for one phrase; None if it names none, or two
    that fit equally well.
    """
    own = [column for column in table.columns if _is_listed(words, column, table)]
    if [word.text for word in words] in (["number"], ["id"]) and len(table.primary_key) == 1:
        return Division((), table.primary_key)
    if [word.text for word in words] in (["name"], ["names"]):
        return rows_of(table)
    if not own:
        # The date reported is that of `reported_on`.
        rest = [word for word in words if word.text != "date"]
        dates = date_columns_of(table) if 0 < len(rest) < len(words) else []
        own = [column for column in dates if _is_dated(column, rest)]
    if not own:
        # The family of a plan is its `product_family`, if that is the only one.
        own = [column for column in table.columns if _ends_so(words, column, table)]
    exact = [column for column in own if are_explained(words, parts_of(column.name))]
    likely = exact if len(exact) == 1 else own
    if len(likely) == 1:
        return Division((), (likely[0].name,))
    if likely:
        return None
    found = division(words, table, None, catalog, paths)
    if found is None and words[-1:] != words[:1]:
        # The name of the sender is that of whom a key of this role leads to.
        rest = [word for word in words if word.text not in ("name", "names")]
        found = division(rest, table, None, catalog, paths) if rest != words else None
        found = found if found is not None and found.path else None
    return None if found is None or found.date is not None else found


def _names_or_measures(words: Words, column: Column, table: Table) -> bool:
    is_explained = are_explained(words, (*parts_of(column.name), *parts_of(table.name)))
    return _names(words, column, table) or (is_explained and says_measure(column, table, words))


def _ends_so(words: Words, column: Column, table: Table) -> bool:
    parts = parts_of(column.name)
    is_key = column.name in keys_of_table(table)
    return not is_key and are_said(parts[-1:], words) and are_explained(words, parts[-1:])


def _is_listed(words: Words, column: Column, table: Table) -> bool:
    # `Author id` is the key, `author` the name of what it leads to.
    is_foreign = any(column.name in key.columns for key in table.foreign_keys)
    return _names_key(words, column, table) or (
        not is_foreign and _names_or_measures(words, column, table)
    )


def rows_of(table: Table) -> Division | None:
    """Return the division by the rows of a table itself; None if these have no names."""
    labels = tuple(column.name for column in shown_columns(table))
    return Division((), labels, table.primary_key, is_of_rows=True) if labels else None


def identified(table: Table) -> Division | None:
    """Return the division by what tells the rows of a table apart for people: their names, or the
    only column of the key, if no free text may be what they are known by.
    """
    key, keys = table.primary_key, keys_of_table(table)
    is_free = any(
        column.family == "text"
        and column.name not in keys
        and not column.values_complete
        and date_kind(column) is None
        for column in table.columns
    )
    return rows_of(table) or (Division((), key) if len(key) == 1 and not is_free else None)


def is_table(words: Words, table: Table, catalog: Catalog) -> bool:
    """Return whether words name the table itself."""
    is_one = [one.key for one in tables_named(words, catalog)] == [table.key]
    return is_one and are_explained(words, parts_of(table.name))


def _own(words: Words, table: Table, path: Path) -> Iterator[Ranked]:
    """Yield the categories of a table that the words name."""
    for column in table.columns:
        is_key = column.name in keys_of_table(table)
        # `Customer id` asks for the key, `customer` for the name of what it leads to.
        if is_key:
            is_named = _names_key(words, column, table)
        else:
            is_named = _names(words, column, table, path)
        if not is_named or not _is_category(column):
            continue
        kind = 3 if path else 0
        rank = (kind, guesses(required_parts(column, table), words), len(path))
        # Two clients of one name are two.
        is_label = path and (column,) == label_columns(table)
        yield rank, Division(path, (column.name,), table.primary_key if is_label else ())


def _names(words: Words, column: Column, table: Table, path: Path = ()) -> bool:
    """Return whether the words say a column, and nothing else but the way to it: `region of the
    member's home club`.
    """
    parts = [*parts_of(column.name), *parts_of(table.name)]
    if are_said(parts_of(table.name)[-1:], words):
        for hop in path:
            parts += [*hop.role, *parts_of(hop.target.name)]
    required = required_parts(column, table)
    if not required:
        # The name of the table itself: `name` alone may be that of anything.
        required = parts_of(column.name)
    return are_said(required, words) and are_explained(words, parts)


def _names_key(words: Words, column: Column, table: Table) -> bool:
    """Return whether the words say all parts of a key column, its `id` included."""
    parts = parts_of(column.name)
    is_whole = len(parts) > 1 and are_said(parts, words)
    return is_whole and are_explained(words, (*parts, *parts_of(table.name)))


def _is_category(column: Column) -> bool:
    """Return whether rows are grouped by a column as it is stored."""
    kind = date_kind(column)
    is_time = kind is not None and kind != YEAR
    return column.family in ("text", "integer", "boolean") and not is_time


def _related(words: Words, table: Table, catalog: Catalog, paths: Paths) -> Iterator[Ranked]:
    """Yield the tables that the words name, and those that they name by the role of a key."""
    for target in tables_named(words, catalog):
        if target is table or not are_explained(words, parts_of(target.name)):
            continue
        path = paths.to(table, target, ())
        if path is not None and shown_columns(target):
            rank = (2, guesses(parts_of(target.name), words), len(path))
            yield rank, _labelled(path)
    for path in paths.up(table):
        role, target = path[-1].role, path[-1].target
        named = (*role, *parts_of(target.name))
        is_said = role and are_said(role, words) and are_explained(words, named)
        if is_said and shown_columns(target) and not any(hop.role for hop in path[:-1]):
            yield (1, guesses(role, words), len(path)), _labelled(path)


def _labelled(path: Path) -> Division:
    """Return the division by the things at the end of a path, shown by their names."""
    target = path[-1].target
    labels = tuple(column.name for column in shown_columns(target))
    return Division(path, labels, target.primary_key or (path[-1].ref_column,))


def _columns_of_related(words: Words, table: Table, paths: Paths) -> Iterator[Ranked]:
    """Yield categories of the tables that the rows refer to."""
    targets = {path[-1].target.key: path[-1].target for path in paths.up(table)}
    for target in targets.values():
        path = None if target is table else paths.to(table, target, words)
        if path is not None:
            yield from _own(words, target, path)


def _time(words: Words, table: Table, date: Column | None, paths: Paths) -> Division | None:
    """Return the division by a unit of time of the rows' date."""
    unit = words[-1].text.removesuffix("s")
    if unit not in UNITS:
        return None
    named = date
    if len(words) > 1:
        dates = [c for c in date_columns_of(table) if _is_dated(c, words[:-1])]
        if len(dates) != 1 or date not in (None, dates[0]):
            return None
        named = dates[0]
    found = RowDate(named) if named is not None else paths.date_of(table)
    if found is None:
        return None
    is_year = date_kind(found.column) == YEAR
    if is_year and unit != "year":
        return None
    # A column of years is shown as it is.
    return Division(found.path, (found.column.name,), unit="" if is_year else unit, date=found)


def _is_dated(column: Column, words: Words) -> bool:
    """Return whether words say which date of a table is meant."""
    parts = dated_parts(column)
    return bool(parts) and are_said(parts, words) and are_explained(words, parts)
