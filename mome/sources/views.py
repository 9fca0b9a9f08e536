"""csv and parquet files as tables of an in-memory DuckDB.

Introspection and execution call `create_views`, so that both see the same names, types and values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mome.sources.csv_files import csv_table
from mome.sources.errors import UnreadableTableFile
from mome.sources.sql_text import escaped_glob, identifier, string_literal


@dataclass(frozen=True)
class FileProblem:
    """What of a file is not read."""

    name: str
    """The name of its view, or `view.column`."""
    reason: str
    """One line that names the file if all of it is not read."""
    is_whole: bool
    """True if there is no view."""


def view_names(files: Sequence[Path]) -> dict[str, Path]:
    """Return each file by the name of its view.

    That is the file's name without the suffix, or `name_csv` and `name_parquet` if two would share
    a name. Names are compared in lower case, as DuckDB does.
    """
    stems = Counter(file.stem.lower() for file in files)
    names = {}
    for file in files:
        is_unique = stems[file.stem.lower()] == 1
        name = file.stem if is_unique else f"{file.stem}_{file.suffix[1:].lower()}"
        names[name] = file
    return names


def create_views(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path]
) -> tuple[FileProblem, ...]:
    """Create one view for each file that can be read, and return all that is not read.

    A file that had to be copied, such as one in UTF-16, becomes a table with its present rows.
    """
    problems: list[FileProblem] = []
    for name, file in view_names(files).items():
        try:
            problems += _create_view(connection, name, file)
        except UnreadableTableFile as error:
            problems.append(FileProblem(name, str(error), True))
        except (duckdb.Error, OSError) as error:
            reason = f"{file.name} cannot be read: {_first_line(error)}"
            problems.append(FileProblem(name, reason, True))
    return tuple(problems)


def _create_view(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> list[FileProblem]:
    quoted = identifier(name)
    if file.suffix.lower() == ".parquet":
        path = string_literal(escaped_glob(file))
        connection.execute(f"CREATE VIEW {quoted} AS FROM read_parquet({path})")
        return []
    problems = []
    with csv_table(connection, file) as table:
        kind = "TABLE" if table.is_copy else "VIEW"
        connection.execute(f"CREATE {kind} {quoted} AS {table.query}")
        for column, reason in table.problems:
            problems.append(FileProblem(f"{name}.{column}" if column else name, reason, False))
    return problems


def _first_line(error: Exception) -> str:
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
