"""Foreign keys that nobody declared: proposed by names and types, believed only when every value is found in the referred column.

Precision comes first: where the data allows several equally good targets none is taken, and what cannot be checked in time is not
inferred. Values of excluded columns are compared inside the database; none of them is read.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from schemas.catalog import Column, ForeignKey, Table
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

CHECKED_VALUES = 2_000
MAX_TIED = 4
_COMPARABLE = {"integer": "number", "number": "number", "text": "text"}


def with_inferred_keys(
    reader: Reader, tables: Sequence[Table], *, timeout_s: float, deadline: float
) -> tuple[Table, ...]:
    """The tables with the foreign keys that names, types and data agree on; after `deadline`, a time.monotonic(), none is checked."""
    index = _Index(tables, reader.engine)
    found: dict[str, list[ForeignKey]] = defaultdict(list)
    for table in tables:
        for column in _undeclared(table):
            believed = (
                _believed(reader, index.matches(table, column), timeout_s)
                if time.monotonic() < deadline
                else None
            )
            if believed:
                found[table.key].append(
                    ForeignKey(
                        (column.name,), believed.table.key, (believed.column.name,), inferred=True
                    )
                )
    return tuple(
        replace(table, foreign_keys=(*table.foreign_keys, *found[table.key])) for table in tables
    )


class _Index:
    """Targets by the words through which a column can name them, so that a thousand tables are not compared with each other."""

    def __init__(self, tables: Iterable[Table], engine: str) -> None:
        self._engine = engine
        self._by_words: dict[str, dict[tuple[str, str], Target]] = defaultdict(dict)
        for table in tables:
            for target in targets(table):
                names = [root(table_words(table)), "@" + table.key]
                for name in names + (
                    ["=" + root(words(target.column.name))] if is_telling(target) else []
                ):
                    self._by_words[name][table.key, target.column.name] = target

    def matches(self, table: Table, column: Column) -> Iterator[Match]:
        """Every target that the column's name and type allow."""
        own = stem(column.name)
        whole = root(words(column.name))
        names = [whole, "=" + whole, "@" + table.key, *(root(own[at:]) for at in range(len(own)))]
        candidates = {
            key: target for name in names for key, target in self._by_words.get(name, {}).items()
        }
        for _, target in sorted(candidates.items(), key=lambda item: item[0]):
            found = match(table, column, target)
            if found and self._are_comparable(column, target.column):
                yield found

    def _are_comparable(self, column: Column, key: Column) -> bool:
        """SQLite's types are hints, and it compares '12' with 12 where one of the columns is a number."""
        families = {_COMPARABLE.get(column.family), _COMPARABLE.get(key.family)}
        return None not in families and (len(families) == 1 or self._engine == "sqlite")


def _undeclared(table: Table) -> Iterator[Column]:
    covered = {name for key in table.foreign_keys for name in key.columns}
    if table.kind == "table":
        yield from (column for column in table.columns if column.name not in covered)


def _believed(reader: Reader, matches: Iterator[Match], timeout_s: float) -> Target | None:
    """The target of the strongest match that the data confirms, if it confirms no other that is as strong."""
    for _, equals in groupby(sorted(matches, key=_rank, reverse=True), key=_rank):
        tied = list(equals)
        if len(tied) > MAX_TIED:
            return None
        confirmed = [found.target for found in tied if _holds(reader, found, timeout_s)]
        if confirmed:
            return confirmed[0] if len(confirmed) == 1 else None
    return None


def _rank(found: Match) -> tuple:
    key = found.target.table.primary_key == (found.target.column.name,)
    return (
        found.strength,
        found.table.schema == found.target.table.schema,
        key,
        found.target.declared,
    )


def _holds(reader: Reader, found: Match, timeout_s: float) -> bool:
    """True where every checked value of the column is in the target; without values, where the name alone is proof enough."""
    dialect = reader.dialect
    column, key = dialect.quote(found.column.name), dialect.quote(found.target.column.name)
    values = f"SELECT DISTINCT {column} AS v FROM {dialect.table(found.table)} WHERE {column} IS NOT NULL LIMIT {CHECKED_VALUES}"
    joined = f"({values}) c LEFT JOIN {dialect.table(found.target.table)} p ON p.{key} = c.v"
    sql = f"SELECT count(*), sum(CASE WHEN p.{key} IS NULL THEN 1 ELSE 0 END) FROM {joined}"
    try:
        ((checked, missing),) = reader.rows(sql, timeout_s=timeout_s)
    except QueryFailed:
        return False
    if not checked:
        return found.strength == 3 and found.target.declared
    return int(missing) == 0
