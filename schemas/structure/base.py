"""The result type of both structure readers, and the normalisation that they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from schemas.catalog import ForeignKey, Problem, Table


@dataclass(frozen=True)
class Structure:
    """Tables with columns and keys, sorted, without statistics."""

    tables: tuple[Table, ...]
    problems: tuple[Problem, ...] = ()
    default_schema: str | None = None
    """The real name of the schema that the catalog calls None."""
    estimates: Mapping[str, int] = field(default_factory=dict)
    """Table key -> the engine's estimate of its rows; absent if the engine has none."""


def tidied(structure: Structure) -> Structure:
    """Sort, and spell every foreign key as its target is spelled; a key whose target is not there is dropped and reported."""
    known = {table.key.lower(): table for table in structure.tables}
    tables, problems = [], list(structure.problems)
    for table in sorted(structure.tables, key=lambda table: (table.schema or "", table.name)):
        found = [(key, _respelled(key, known)) for key in table.foreign_keys]
        problems += [
            Problem(
                table.key,
                f"its foreign key to {key.ref_table} ({', '.join(key.ref_columns)}) has no target that can be read",
            )
            for key, spelled in found
            if spelled is None
        ]
        keys = {spelled for _, spelled in found if spelled is not None}
        unique = sorted({names for names in table.unique if names and names != table.primary_key})
        tables.append(
            replace(table, foreign_keys=tuple(sorted(keys, key=_order)), unique=tuple(unique))
        )
    ordered = sorted(set(problems), key=lambda problem: (problem.object, problem.reason))
    return replace(structure, tables=tuple(tables), problems=tuple(ordered))


def _order(key: ForeignKey) -> tuple:
    return (key.columns, key.ref_table, key.ref_columns)


def _respelled(key: ForeignKey, known: Mapping[str, Table]) -> ForeignKey | None:
    target = known.get(key.ref_table.lower())
    if target is None:
        return None
    spelled = {column.name.lower(): column.name for column in target.columns}
    names = tuple(spelled.get(name.lower(), "") for name in key.ref_columns)
    return replace(key, ref_table=target.key, ref_columns=names) if names and all(names) else None
