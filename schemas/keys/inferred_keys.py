"""Inference of foreign keys that are not declared; introspection calls `with_inferred_keys`.

Names and types propose a key. It is accepted if every value of the column is found in the column
that it refers to.

Precision comes before recall: no key is inferred where the data allows several equally good
targets, or where it cannot be checked in time. Values of excluded columns are compared inside of
the database, and none of them is read.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from schemas.catalog import FullColumn, FullForeignKey, FullTable
from schemas.errors import QueryFailed
from schemas.keys.key_names import (
    Match,
    Target,
    is_telling,
    match,
    root,
    stem,
    table_words,
    targets,
    words,
)
from schemas.readers.base import Reader
from schemas.structure.type_families import is_uuid

CHECKED_VALUES = 2_000
"""The most distinct values of a column that are looked up, which bounds the time of a query."""

MAX_TIED = 4
"""The most targets with equal rank that are compared; more of them mean a name without meaning."""

_COMPARABLE = {"integer": "number", "number": "number", "text": "text"}
"""Types of columns that can be keys, by what their values compare with."""


def with_inferred_keys(
    reader: Reader, tables: Sequence[FullTable], *, timeout_s: float, deadline: float
) -> tuple[FullTable, ...]:
    """Return the tables with the foreign keys that names, types and data agree on.

    `timeout_s`: seconds for the query that checks one key.
    `deadline`: a time.monotonic(), after which no further key is checked.
    """
    index = _Index(tables, reader.engine)
    found: dict[str, list[FullForeignKey]] = defaultdict(list)
    for table in tables:
        for column in _undeclared(table):
            if time.monotonic() >= deadline:
                break
            target = _confirmed(reader, index.matches(table, column), timeout_s)
            if target:
                referred = (target.column.name,)
                key = FullForeignKey((column.name,), target.table.key, referred, inferred=True)
                found[table.key].append(key)
    return tuple(
        replace(table, foreign_keys=(*table.foreign_keys, *found[table.key])) for table in tables
    )


class _Index:
    """Targets by the words through which a column can name them.

    A column is compared with the few targets under its own words. Comparing each with every other
    would take too long for a thousand tables.

    Entries are roots of words: plain ones of a table's name, `=` and a column's name for telling
    columns, `@` and the table's key for references to the table itself.
    """

    def __init__(self, tables: Iterable[FullTable], engine: str) -> None:
        self._engine = engine
        self._by_words: dict[str, dict[tuple[str, str], Target]] = defaultdict(dict)
        for table in tables:
            for target in targets(table):
                names = [root(table_words(table)), "@" + table.key]
                if is_telling(target):
                    names.append("=" + root(words(target.column.name)))
                for name in names:
                    self._by_words[name][table.key, target.column.name] = target

    def matches(self, table: FullTable, column: FullColumn) -> Iterator[Match]:
        """Yield every target that the column's name and type allow, in the order of their keys."""
        own = stem(column.name)
        whole = root(words(column.name))
        # Without its first words, `home_team_id` names the table `team`.
        ends = [root(own[start:]) for start in range(len(own))]
        candidates: dict[tuple[str, str], Target] = {}
        for name in (whole, "=" + whole, "@" + table.key, *ends):
            candidates.update(self._by_words.get(name, {}))
        for _, target in sorted(candidates.items(), key=lambda item: item[0]):
            candidate = match(table, column, target)
            if candidate and self._are_comparable(column, target.column):
                yield candidate

    def _are_comparable(self, column: FullColumn, key: FullColumn) -> bool:
        """Return True if the engine compares the two columns by value.

        In SQLite types are hints, and '12' equals 12 if one of the columns is numeric.
        """
        families = {_compared_as(column), _compared_as(key)}
        return None not in families and (len(families) == 1 or self._engine == "sqlite")


def _compared_as(column: FullColumn) -> str | None:
    # PostgreSQL compares a uuid with no other type.
    return "uuid" if is_uuid(column) else _COMPARABLE.get(column.family)


def _undeclared(table: FullTable) -> Iterator[FullColumn]:
    """Yield the columns of a table that no declared foreign key covers; none of a view."""
    if table.kind != "table":
        return
    covered = {name for key in table.foreign_keys for name in key.columns}
    yield from (column for column in table.columns if column.name not in covered)


def _confirmed(reader: Reader, matches: Iterator[Match], timeout_s: float) -> Target | None:
    """Return the target of the highest rank that the data confirms.

    None if the data confirms several of this rank, or if too many have it.
    """
    for _, equals in groupby(sorted(matches, key=_rank, reverse=True), key=_rank):
        tied = list(equals)
        if len(tied) > MAX_TIED:
            return None
        confirmed = [candidate.target for candidate in tied if _holds(reader, candidate, timeout_s)]
        if confirmed:
            return confirmed[0] if len(confirmed) == 1 else None
    return None


def _rank(candidate: Match) -> tuple:
    """Return what decides between targets: higher is better, the first difference counts."""
    target = candidate.target
    return (
        candidate.strength,
        candidate.table.schema == target.table.schema,
        target.table.primary_key == (target.column.name,),
        target.declared,
    )


def _holds(reader: Reader, candidate: Match, timeout_s: float) -> bool:
    """Return True if every checked value of the column is in the target.

    A column without values passes only where the name is proof enough: it names the table, and
    the target is a declared key.
    """
    dialect = reader.dialect
    column = dialect.quote(candidate.column.name)
    key = dialect.quote(candidate.target.column.name)
    child, parent = dialect.table(candidate.table), dialect.table(candidate.target.table)
    values = (
        f"SELECT DISTINCT {column} AS v FROM {child} WHERE {column} IS NOT NULL "
        f"LIMIT {CHECKED_VALUES}"
    )
    sql = (
        f"SELECT count(*), sum(CASE WHEN p.{key} IS NULL THEN 1 ELSE 0 END) "
        f"FROM ({values}) c LEFT JOIN {parent} p ON p.{key} = c.v"
    )
    try:
        ((checked, missing),) = reader.rows(sql, timeout_s=timeout_s)
    except QueryFailed:
        return False
    if not checked:
        return candidate.strength == 3 and candidate.target.declared
    return int(missing) == 0
