"""Introspection of a whole database: from a Source to a Catalog.

The structure is read first, then each table's rows, then undeclared foreign keys are inferred.
`mome tune` calls `introspect`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from schemas.catalog import FullCatalog, FullColumn, FullTable, Problem
from schemas.contents.profile import Profile, profile
from schemas.contents.stored_types import with_stored_families
from schemas.errors import EmptyDatabase
from schemas.exclude import is_excluded
from schemas.keys.inferred_keys import with_inferred_keys
from schemas.limits import DEFAULT_LIMITS, Limits, Progress
from schemas.readers.base import Reader
from schemas.readers.opening import open_reader
from schemas.source import Source
from schemas.structure.base import Structure, normalise_structure
from schemas.structure.reading import read_structure


def introspect(
    source: Source,
    *,
    exclude: Sequence[str] = (),
    progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> FullCatalog:
    """Read everything that SQL for this database depends on, without writing to the database.

    `exclude`: patterns (see `is_excluded`) of columns whose values must stay in the database. A
    view that shows such a column under another name needs a pattern of its own.

    Objects that cannot be read are listed in the catalog's `problems`. Raises EmptyDatabase if no
    table can be read, and what `open_reader` raises.
    """
    with open_reader(source) as reader:
        work = _Introspection(reader, tuple(exclude), progress or _ignore_progress, limits)
        tables, problems = work.run()
        if not tables:
            raise EmptyDatabase(_empty_message(source, problems))
        return FullCatalog(reader.dialect.name, reader.engine, source.public, tables, problems)


def _ignore_progress(done: int, total: int, label: str) -> None:
    pass


def _empty_message(source: Source, problems: Sequence[Problem]) -> str:
    if problems:
        first = problems[0]
        return (
            f"no table of {source.shown} can be read; "
            f"the first problem: {first.object}: {first.reason}"
        )
    return (
        f"{source.shown} holds no tables; "
        "create them first, or check that this is the database you mean"
    )


@dataclass
class _Introspection:
    """The state of one introspection."""

    reader: Reader
    exclude: tuple[str, ...]
    progress: Progress
    limits: Limits
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> tuple[tuple[FullTable, ...], tuple[Problem, ...]]:
        """Return the finished tables and all problems, both sorted."""
        self.progress(0, 1, "structure")
        structure = read_structure(self.reader)
        self.problems += structure.problems
        # The limit is for rows only: the structure is always read.
        deadline = time.monotonic() + self.limits.rows_s
        # One step for each table, and one for the inferred keys.
        total = len(structure.tables) + 1
        profiled: list[FullTable] = []
        for done, table in enumerate(self._mark_excluded(structure)):
            self.progress(done, total, table.key)
            result = self._profile(table, structure, deadline)
            self.problems += result.problems
            if result.table is not None:
                profiled.append(result.table)
        self.progress(total - 1, total, "keys")
        tables = self._with_keys(profiled, structure, deadline)
        self.progress(total, total, "done")
        problems = sorted(set(self.problems), key=lambda problem: (problem.object, problem.reason))
        return tables, tuple(problems)

    def _mark_excluded(self, structure: Structure) -> list[FullTable]:
        """Mark the excluded columns, and report each pattern that matches none as a problem."""
        tables = []
        names: list[tuple[str | None, str, str]] = []
        for table in structure.tables:
            schema = table.schema or structure.default_schema
            # A view may compare with values of a column that is kept out.
            definition = None if self.exclude else table.definition
            columns = self._marked_columns(table, schema)
            tables.append(replace(table, columns=columns, definition=definition))
            names += [(schema, table.name, column.name) for column in table.columns]
        for pattern in self.exclude:
            if not any(is_excluded(*column, [pattern]) for column in names):
                reason = "this exclude pattern names no column; nothing is kept out by it"
                self.problems.append(Problem(pattern, reason))
        return tables

    def _marked_columns(self, table: FullTable, schema: str | None) -> tuple[FullColumn, ...]:
        marked = []
        for column in table.columns:
            excluded = is_excluded(schema, table.name, column.name, self.exclude)
            marked.append(replace(column, excluded=excluded))
        return tuple(marked)

    def _profile(self, table: FullTable, structure: Structure, deadline: float) -> Profile:
        if time.monotonic() > deadline:
            reason = (
                f"its rows were not looked at: {self.limits.rows_s:g} s "
                "were used up before its turn"
            )
            return Profile(table, (Problem(table.key, reason),))
        table = with_stored_families(self.reader, table, timeout_s=self.limits.statement_s)
        with self.reader.staged(table):
            return profile(
                self.reader,
                table,
                estimate=structure.estimates.get(table.key),
                timeout_s=self.limits.statement_s,
            )

    def _with_keys(
        self, tables: Sequence[FullTable], structure: Structure, deadline: float
    ) -> tuple[FullTable, ...]:
        """Drop declared keys to tables that proved unreadable, then infer undeclared keys."""
        readable = tuple(_without_unreadable_keys(table) for table in tables)
        kept = normalise_structure(replace(structure, tables=readable, problems=()))
        self.problems += kept.problems
        return with_inferred_keys(
            self.reader, kept.tables, timeout_s=self.limits.statement_s, deadline=deadline
        )


def _without_unreadable_keys(table: FullTable) -> FullTable:
    """Drop the keys over columns that cannot be read."""
    readable = {column.name for column in table.columns}
    return replace(
        table,
        primary_key=table.primary_key if readable.issuperset(table.primary_key) else (),
        unique=tuple(names for names in table.unique if readable.issuperset(names)),
        foreign_keys=tuple(key for key in table.foreign_keys if readable.issuperset(key.columns)),
    )
