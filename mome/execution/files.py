"""csv and parquet files as views of an in-memory DuckDB.

The views have the same names and column types as in the catalog that `schemas` writes of the files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from mome.errors import Unreachable
from mome.execution.session import one_line

# Both limits equal those of schemas/readers/files.py: other samples may find other types.
_WHOLE_BYTES = 64 * 2**20
"""Size up to which the whole of a csv file is read to detect the columns' types."""
_SAMPLE_ROWS = 20_480
"""Rows of a larger csv file that are read for that."""
_ENCODINGS = ("utf-8", "latin-1")
"""Encodings of csv files in the order in which they are tried; latin-1 decodes any octets."""


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


def create_views(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Create one view for each file that can be read. Raises Unreachable if none can."""
    errors = []
    for name, file in view_names(files).items():
        try:
            connection.execute(f"CREATE VIEW {_identifier(name)} AS {_select(connection, file)}")
        except (duckdb.Error, OSError) as error:
            errors.append((file, error))
    if len(errors) == len(files):
        file, error = errors[0]
        raise Unreachable(f"{file} cannot be read: {one_line(error)}") from error


def string_literal(text: str) -> str:
    """Return the SQL string literal of a text."""
    return "'" + text.replace("'", "''") + "'"


def escaped_glob(file: Path) -> str:
    """Return the path with `?`, `*` and `[` escaped, for DuckDB's functions that read files.

    They take a path as a glob pattern, in which these characters stand for others.
    """
    return re.sub(r"[?*[]", r"[\g<0>]", str(file))


def _select(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Return the query that reads a file. Raises duckdb.Error if no encoding fits."""
    if file.suffix.lower() == ".parquet":
        return f"FROM read_parquet({string_literal(escaped_glob(file))})"
    # -1 means all rows.
    size = -1 if file.stat().st_size <= _WHOLE_BYTES else _SAMPLE_ROWS
    *first, last = (f"sample_size={size}, encoding='{encoding}'" for encoding in _ENCODINGS)
    for options in first:
        try:
            return _select_csv(connection, file, options)
        except duckdb.Error:
            continue
    return _select_csv(connection, file, last)


def _select_csv(connection: duckdb.DuckDBPyConnection, file: Path, options: str) -> str:
    """Return a query with the detected format and types, so no later query detects them again."""
    path = string_literal(escaped_glob(file))
    (prompt,) = connection.execute(f"SELECT prompt FROM sniff_csv({path}, {options})").fetchone()
    # The prompt is a query whose path is not escaped as a literal, so it is written anew.
    detected = prompt.strip().removesuffix(";")
    detected = detected.removeprefix(f"FROM read_csv('{escaped_glob(file)}'")
    query = f"FROM read_csv({path}{detected}"
    try:
        connection.execute(f"{query} LIMIT 0")
    except duckdb.Error:
        # `sniff_csv` does not escape quotes in names of columns. Such a file is detected anew.
        return f"FROM read_csv({path}, {options})"
    return query


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
