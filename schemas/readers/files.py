"""csv and parquet files as an in-memory DuckDB database with one view for each file.

The DuckDB reader opens files with this module; `mome.sources` says how they are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from mome.sources.duckdb_settings import MEMORY_CONFIG
from mome.sources.views import FileProblem, create_views


def open_files(files: Sequence[Path]) -> tuple[duckdb.DuckDBPyConnection, tuple[FileProblem, ...]]:
    """Return a connection with one view for each file, and what cannot be read of the files."""
    connection = duckdb.connect(config=MEMORY_CONFIG)
    return connection, create_views(connection, files)
