"""The result type of both structure readers, and the normalisation that they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from schemas.catalog import FullForeignKey, FullTable, Problem
from schemas.names import find_name


@dataclass(frozen=True)
class Structure:
    """Tables with columns and keys, sorted, without statistics."""

    tables: tuple[FullTable, ...]
    problems: tuple[Problem, ...] = ()
    default_schema: str | None = None
    """The real name of the schema that the catalog calls None."""
    estimates: Mapping[str, int] = field(default_factory=dict)
    """Table key -> the engine's estimate of its rows; absent if the engine has none."""


def normalise_structure(structure: Structure) -> Structure:
    """Sort everything, and spell every foreign key as its target is spelled.

    Engines without case-sensitive names may report a key in another case than its target. A key
    whose target does not exist is dropped and reported as a problem.
    """
    # By name in lower case: PostgreSQL, and MariaDB on a case-sensitive file system, have tables
    # that differ by case only.
    tables_by_name: dict[str, dict[str, FullTable]] = defaultdict(dict)
    for table in structure.tables:
        tables_by_name[table.key.lower()][table.key] = table
    tables = []
    problems = set(structure.problems)
    for table in sorted(structure.tables, key=lambda table: (table.schema or "", table.name)):
        # A set: SQLite and PostgreSQL let one key be declared twice.
        keys = set()
        for key in table.foreign_keys:
            respelled = _respelled(key, tables_by_name)
            if respelled is None:
                problems.add(_missing_target(table, key))
            else:
                keys.add(respelled)
        # A primary key is unique by itself; some engines report it a second time.
        unique = {names for names in table.unique if names and names != table.primary_key}
        tables.append(
            replace(
                table,
                foreign_keys=tuple(sorted(keys, key=_key_order)),
                unique=tuple(sorted(unique)),
            )
        )
    ordered = sorted(problems, key=lambda problem: (problem.object, problem.reason))
    return replace(structure, tables=tuple(tables), problems=tuple(ordered))


def _missing_target(table: FullTable, key: FullForeignKey) -> Problem:
    columns = ", ".join(key.ref_columns)
    return Problem(
        table.key,
        f"its foreign key to {key.ref_table} ({columns}) has no target that can be read",
    )


def _key_order(key: FullForeignKey) -> tuple:
    return (key.columns, key.ref_table, key.ref_columns)


def _respelled(
    key: FullForeignKey, tables_by_name: Mapping[str, Mapping[str, FullTable]]
) -> FullForeignKey | None:
    """Return the key in its target's spelling, or None if the target does not exist."""
    alike = tables_by_name.get(key.ref_table.lower(), {})
    name = find_name(key.ref_table, alike)
    if name is None:
        return None
    columns = [column.name for column in alike[name].columns]
    ref_columns = []
    for written in key.ref_columns:
        column = find_name(written, columns)
        if column is None:
            return None
        ref_columns.append(column)
    if not ref_columns:
        return None
    return replace(key, ref_table=name, ref_columns=tuple(ref_columns))
