"""Introspection of a whole database: from a Source to a Catalog.

The structure is read first, then each table's rows, then undeclared foreign keys are inferred.
`mome tune` calls `introspect`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from schemas.catalog import Catalog, Problem, Table
from schemas.contents.profile import Profile, profile
from schemas.contents.stored_types import with_stored_families
from schemas.errors import EmptyDatabase
from schemas.exclude import is_excluded
from schemas.keys.inferred_keys import with_inferred_keys
from schemas.limits import DEFAULT_LIMITS, Limits, Progress
from schemas.readers.base import Reader
from schemas.readers.opening import open_reader
from schemas.source import Source
from schemas.structure.base import Structure, tidied
from schemas.structure.reading import read_structure


def introspect(
    source: Source,
    *,
    exclude: Sequence[str] = (),
    progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Catalog:
    """Read everything that SQL for this database depends on, without writing to the database.

    `exclude`: patterns (see `is_excluded`) of columns whose values must stay in the database. A
    view that shows such a column under another name needs a pattern of its own.

    Objects that cannot be read are listed in the catalog's `problems`. Raises EmptyDatabase if no
    table can be read, and what `open_reader` raises.
    """
    with open_reader(source) as reader:
        work = _Work(reader, tuple(exclude), progress or _silent, limits)
        tables, problems = work.run()
        if not tables:
            raise EmptyDatabase(_nothing(source, problems))
        return Catalog(reader.dialect.name, reader.engine, source.public, tables, problems)


def _silent(done: int, total: int, label: str) -> None:
    pass


def _nothing(source: Source, problems: Sequence[Problem]) -> str:
    if problems:
        return f"no table of {source.public} can be read; the first problem: {problems[0].object}: {problems[0].reason}"
    return f"{source.public} holds no tables; create them first, or check that this is the database you mean"


@dataclass
class _Work:
    """One introspection as it proceeds."""

    reader: Reader
    exclude: tuple[str, ...]
    progress: Progress
    limits: Limits
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> tuple[tuple[Table, ...], tuple[Problem, ...]]:
        """The finished tables and all problems, both sorted."""
        self.progress(0, 1, "structure")
        structure = read_structure(self.reader)
        self.problems += structure.problems
        deadline = time.monotonic() + self.limits.rows_s
        total = len(structure.tables) + 1
        tables = []
        for done, table in enumerate(self._marked(structure)):
            self.progress(done, total, table.key)
            found = self._profile(table, structure, deadline)
            self.problems += found.problems
            tables += [found.table] if found.table else []
        self.progress(total - 1, total, "keys")
        tables = self._with_keys(tables, structure, deadline)
        self.progress(total, total, "done")
        return tables, tuple(
            sorted(set(self.problems), key=lambda problem: (problem.object, problem.reason))
        )

    def _marked(self, structure: Structure) -> list[Table]:
        """The tables with their excluded columns marked; a pattern that names nothing is reported, for it may be a misspelling."""
        tables = [
            replace(table, columns=self._marked_columns(table, structure.default_schema))
            for table in structure.tables
        ]
        columns = [
            (*_names(table, structure.default_schema), column.name)
            for table in tables
            for column in table.columns
        ]
        for pattern in self.exclude:
            if not any(is_excluded(*names, [pattern]) for names in columns):
                self.problems.append(
                    Problem(
                        pattern, "this exclude pattern names no column; nothing is kept out by it"
                    )
                )
        return tables

    def _marked_columns(self, table: Table, default: str | None) -> tuple:
        names = _names(table, default)
        return tuple(
            replace(column, excluded=is_excluded(*names, column.name, self.exclude))
            for column in table.columns
        )

    def _profile(self, table: Table, structure: Structure, deadline: float) -> Profile:
        if time.monotonic() > deadline:
            late = Problem(
                table.key,
                f"its rows were not looked at: {self.limits.rows_s:g} s were used up before its turn",
            )
            return Profile(table, (late,))
        table = with_stored_families(self.reader, table, timeout_s=self.limits.statement_s)
        with self.reader.staged(table):
            return profile(
                self.reader,
                table,
                estimate=structure.estimates.get(table.key),
                timeout_s=self.limits.statement_s,
            )

    def _with_keys(
        self, tables: Sequence[Table], structure: Structure, deadline: float
    ) -> tuple[Table, ...]:
        """Declared keys to tables that turned out unreadable are dropped, then missing ones are inferred."""
        readable = tidied(
            replace(structure, tables=tuple(map(_with_own_keys, tables)), problems=())
        )
        self.problems += readable.problems
        return with_inferred_keys(
            self.reader, readable.tables, timeout_s=self.limits.statement_s, deadline=deadline
        )


def _names(table: Table, default: str | None) -> tuple[str | None, str]:
    return table.schema or default, table.name


def _with_own_keys(table: Table) -> Table:
    """Without keys over columns that cannot be read."""
    readable = {column.name for column in table.columns}
    return replace(
        table,
        primary_key=table.primary_key if readable.issuperset(table.primary_key) else (),
        unique=tuple(names for names in table.unique if readable.issuperset(names)),
        foreign_keys=tuple(key for key in table.foreign_keys if readable.issuperset(key.columns)),
    )
