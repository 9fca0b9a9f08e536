"""csv and parquet files as an in-memory DuckDB with one view a file, named after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from schemas.catalog import Problem

WHOLE_SNIFF_BYTES = 64 * 2**20
"""csv files up to this size are read whole to find their columns' types; of larger ones the first rows decide."""


def view_names(files: Sequence[Path]) -> dict[str, Path]:
    """Each file under its name without the suffix; where two files would share one, `name_csv` and `name_parquet`."""
    stems = Counter(path.stem.lower() for path in files)
    return {
        path.stem
        if stems[path.stem.lower()] == 1
        else f"{path.stem}_{path.suffix[1:].lower()}": path
        for path in files
    }


def open_files(files: Sequence[Path]) -> tuple[duckdb.DuckDBPyConnection, tuple[Problem, ...]]:
    """A connection with one view a file, and the files that are not readable as what their names say."""
    connection = duckdb.connect(
        config={"python_enable_replacements": False, "autoinstall_known_extensions": False}
    )
    problems = []
    for name, path in view_names(files).items():
        try:
            connection.execute(
                f'CREATE VIEW "{name.replace(chr(34), chr(34) * 2)}" AS {select_file(connection, path)}'
            )
        except (duckdb.Error, OSError) as error:
            reason = next(
                (line.strip() for line in str(error).splitlines() if line.strip()),
                type(error).__name__,
            )
            problems.append(Problem(name, f"{path.name} cannot be read: {reason}"))
    return connection, tuple(problems)


def select_file(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The query that reads a file; of a csv file with delimiter, header and types fixed, so that no later query guesses anew."""
    if path.suffix.lower() == ".parquet":
        return f"FROM read_parquet({_literal(_pattern(path))})"
    read = f"FROM read_csv({_literal(_pattern(path))}"
    size = -1 if path.stat().st_size <= WHOLE_SNIFF_BYTES else 20_480
    last_error: duckdb.Error | None = None
    for encoding in ("utf-8", "latin-1"):
        options = f"sample_size={size}, encoding='{encoding}'"
        try:
            (prompt,) = connection.execute(
                f"SELECT prompt FROM sniff_csv({_literal(_pattern(path))}, {options})"
            ).fetchone()
            fixed = (
                prompt.strip().removesuffix(";").removeprefix(f"FROM read_csv('{_pattern(path)}'")
            )
            return _first_that_binds(connection, (f"{read}{fixed}", f"{read}, {options})"))
        except duckdb.Error as error:
            last_error = last_error or error
    raise last_error


def _first_that_binds(connection: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> str:
    """The sniffer does not escape quotes in column names, so its answer is tried before it is kept."""
    for query in queries[:-1]:
        try:
            connection.execute(f"{query} LIMIT 0")
            return query
        except duckdb.Error:
            continue
    return queries[-1]


def _pattern(path: Path) -> str:
    """The path as DuckDB's reading functions take it: each of its characters for itself, where `?`, `*` and `[` would stand for others."""
    return re.sub(r"[?*[]", r"[\g<0>]", str(path))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
