"""The user's `--exclude` patterns: which columns' values must not be written to any file."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def is_excluded(schema: str | None, table: str, column: str, patterns: Sequence[str]) -> bool:
    """Return True if a pattern names the column, such as `email`, `people.*` or `hr.people.salary`.

    Patterns have the syntax of file name patterns and match in any case. Each is compared with
    `column`, `table.column` and, if `schema` is given, `schema.table.column`.
    """
    names = [column, f"{table}.{column}"]
    if schema:
        names.append(f"{schema}.{table}.{column}")
    lowered = [name.lower() for name in names]
    for pattern in patterns:
        wanted = pattern.strip().lower()
        if any(fnmatchcase(name, wanted) for name in lowered):
            return True
    return False
