"""Which columns' values stay out of every file: the user's `--exclude` patterns, matched as file names are."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def is_excluded(schema: str | None, table: str, column: str, patterns: Sequence[str]) -> bool:
    """True where a pattern such as `email`, `people.*` or `hr.people.salary` names the column, in any case.

    A pattern without a dot is compared with the column, with one dot also with table.column, with two also with schema.table.column.
    """
    names = [column, f"{table}.{column}"] + ([f"{schema}.{table}.{column}"] if schema else [])
    lowered = [name.lower() for name in names]
    return any(
        fnmatchcase(name, pattern.strip().lower()) for pattern in patterns for name in lowered
    )
