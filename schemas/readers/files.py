"""csv and parquet files as an in-memory DuckDB database with one view for each file.

The DuckDB reader opens files with this module. `mome.execution.files` creates the same views.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from schemas.catalog import Problem

WHOLE_SNIFF_BYTES = 64 * 2**20
"""csv files up to this size are read whole to detect their column types.

For larger files the types come from the first rows."""
# DuckDB's own default for `sample_size`; -1 means all rows.
_SNIFFED_ROWS = 20_480


def view_names(files: Sequence[Path]) -> dict[str, Path]:
    """Return each file under the name of its view.

    The name is the file's name without its suffix; where two files would share it, `name_csv` and
    `name_parquet`.
    """
    stems = Counter(path.stem.lower() for path in files)
    names = {}
    for path in files:
        is_unique = stems[path.stem.lower()] == 1
        name = path.stem if is_unique else f"{path.stem}_{path.suffix[1:].lower()}"
        names[name] = path
    return names


def open_files(files: Sequence[Path]) -> tuple[duckdb.DuckDBPyConnection, tuple[Problem, ...]]:
    """Return a connection with one view for each file, and a Problem for each unreadable file."""
    # Without the first setting, an unknown table name would resolve to a Python variable.
    connection = duckdb.connect(
        config={"python_enable_replacements": False, "autoinstall_known_extensions": False}
    )
    problems = []
    for name, path in view_names(files).items():
        quoted = '"' + name.replace('"', '""') + '"'
        try:
            query = select_file(connection, path)
            connection.execute(f"CREATE VIEW {quoted} AS {query}")
        except (duckdb.Error, OSError) as error:
            problems.append(Problem(name, f"{path.name} cannot be read: {_first_line(error)}"))
    return connection, tuple(problems)


def _first_line(error: Exception) -> str:
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)


def select_file(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Return the query that reads a file.

    For a csv file the query states delimiter, header and types, so that later queries do not
    detect them again. Raises duckdb.Error if the file cannot be read.
    """
    if path.suffix.lower() == ".parquet":
        return f"FROM read_parquet({_literal(_pattern(path))})"
    sample_size = -1 if path.stat().st_size <= WHOLE_SNIFF_BYTES else _SNIFFED_ROWS
    errors: list[duckdb.Error] = []
    # latin-1 comes last, because it accepts nearly any bytes; the error of utf-8 is reported.
    for encoding in ("utf-8", "latin-1"):
        try:
            return _select_csv(
                connection, path, f"sample_size={sample_size}, encoding='{encoding}'"
            )
        except duckdb.Error as error:
            errors.append(error)
    raise errors[0]


def _select_csv(connection: duckdb.DuckDBPyConnection, path: Path, options: str) -> str:
    pattern = _pattern(path)
    row = connection.execute(
        f"SELECT prompt FROM sniff_csv({_literal(pattern)}, {options})"
    ).fetchone()
    assert row is not None, "sniff_csv returns one row"
    (prompt,) = row
    detected = prompt.strip().removesuffix(";").removeprefix(f"FROM read_csv('{pattern}'")
    read = f"FROM read_csv({_literal(pattern)}"
    return _first_that_binds(connection, (f"{read}{detected}", f"{read}, {options})"))


def _first_that_binds(connection: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> str:
    """Return the first query that DuckDB accepts; the last one is not tried.

    DuckDB's sniffer does not escape quotes in column names, so its query may not parse.
    """
    for query in queries[:-1]:
        try:
            connection.execute(f"{query} LIMIT 0")
            return query
        except duckdb.Error:
            continue
    return queries[-1]


def _pattern(path: Path) -> str:
    """Return the path with its wildcards `?`, `*` and `[` escaped for DuckDB's file functions."""
    return re.sub(r"[?*[]", r"[\g<0>]", str(path))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
