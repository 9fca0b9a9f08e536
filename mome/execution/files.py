"""csv and parquet files as views of an in-memory DuckDB, named and typed as in the catalog that introspection wrote of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from mome.errors import Unreachable
from mome.execution.session import one_line

_WHOLE_BYTES = 64 * 2**20
"""csv files up to this size are read whole to find the columns' types; of larger ones the first rows decide."""
_ENCODINGS = ("utf-8", "latin-1")


def view_names(files: Sequence[Path]) -> dict[str, Path]:
    """Each file under its name without the suffix; where two would share one, `name_csv` and `name_parquet`."""
    stems = Counter(file.stem.lower() for file in files)
    return {
        file.stem
        if stems[file.stem.lower()] == 1
        else f"{file.stem}_{file.suffix[1:].lower()}": file
        for file in files
    }


def create_views(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """One view a file; a file that cannot be read has none. Raises Unreachable where there is not one view."""
    errors = []
    for name, file in view_names(files).items():
        try:
            connection.execute(f"CREATE VIEW {_identifier(name)} AS {_select(connection, file)}")
        except (duckdb.Error, OSError) as error:
            errors.append((file, error))
    if len(errors) == len(files):
        file, error = errors[0]
        raise Unreachable(f"{file} cannot be read: {one_line(error)}") from error


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def pattern(file: Path) -> str:
    """The path as DuckDB's reading functions take it: each of its characters for itself, where `?`, `*` and `[` would stand for others."""
    return re.sub(r"[?*[]", r"[\g<0>]", str(file))


def _select(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    path = quoted(pattern(file))
    if file.suffix.lower() == ".parquet":
        return f"FROM read_parquet({path})"
    size = -1 if file.stat().st_size <= _WHOLE_BYTES else 20_480
    *firsts, last = (f"sample_size={size}, encoding='{encoding}'" for encoding in _ENCODINGS)
    for options in firsts:
        try:
            return _typed(connection, file, options)
        except duckdb.Error:
            continue
    return _typed(connection, file, last)


def _typed(connection: duckdb.DuckDBPyConnection, file: Path, options: str) -> str:
    """A query with what the sniffer found written out, so that nothing is guessed again at every query."""
    path = quoted(pattern(file))
    (prompt,) = connection.execute(f"SELECT prompt FROM sniff_csv({path}, {options})").fetchone()
    found = prompt.strip().removesuffix(";").removeprefix(f"FROM read_csv('{pattern(file)}'")
    query = f"FROM read_csv({path}{found}"
    try:
        connection.execute(f"{query} LIMIT 0")
    except duckdb.Error:
        # The sniffer does not escape quotes in the names of columns.
        return f"FROM read_csv({path}, {options})"
    return query


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
