"""The reader of DuckDB databases, csv and parquet files, through DuckDB's own driver.

SQLAlchemy is not used here: duckdb-engine cannot reflect keys on DuckDB 2.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from mome.sources.duckdb_settings import FILE_CONFIG
from mome.sources.views import view_names
from schemas.catalog import FullTable, Problem
from schemas.errors import (
    DatabaseUnreachable,
    NotADatabase,
    QueryFailed,
    QueryTimedOut,
    SchemaError,
)
from schemas.readers.base import Row, one_line
from schemas.readers.dialects import DIALECTS, Dialect
from schemas.readers.files import open_files
from schemas.source import Source

STAGED_BYTES = 256 * 2**20
"""csv files up to this size are staged in memory; larger ones might not fit."""
STAGING_SECONDS = 60.0
"""Time limit for staging one csv file."""


@dataclass(frozen=True)
class DuckDBReader:
    """A read-only connection to a DuckDB file, or to views over csv and parquet files."""

    connection: duckdb.DuckDBPyConnection
    file_problems: tuple[Problem, ...] = ()
    """What cannot be read of the csv and parquet files."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """View name -> its csv or parquet file; empty for a DuckDB file."""
    engine: str = "duckdb"
    dialect: Dialect = field(default_factory=lambda: DIALECTS["duckdb"])

    @classmethod
    def open(cls, source: Source) -> DuckDBReader:
        """Connect to a DuckDB file, or to views over csv and parquet files.

        Raises NotADatabase (damaged, or written by a newer DuckDB) or Unreachable (locked by
        another process).
        """
        if source.files:
            return cls._open_files(source)
        try:
            connection = duckdb.connect(str(source.path), read_only=True, config=FILE_CONFIG)
        except duckdb.Error as error:
            raise _open_error(source.path, error) from error
        return cls(connection)

    @classmethod
    def _open_files(cls, source: Source) -> DuckDBReader:
        connection, found = open_files(source.files)
        unread = [problem for problem in found if problem.is_whole]
        if len(unread) == len(source.files):
            connection.close()
            raise NotADatabase(unread[0].reason)
        problems = tuple(Problem(problem.name, problem.reason) for problem in found)
        return cls(connection, problems, view_names(source.files))

    def rows(self, sql: str, *, timeout_s: float) -> list[Row]:
        """Return all rows of one statement, which is interrupted after the timeout."""
        # DuckDB has no statement timeout of its own.
        timer = threading.Timer(timeout_s, self.connection.interrupt)
        timer.start()
        try:
            return self.connection.execute(sql).fetchall()
        except duckdb.InterruptException as error:
            raise QueryTimedOut(f"took longer than {timeout_s:g} s") from error
        except duckdb.Error as error:
            raise QueryFailed(one_line(error)) from error
        finally:
            timer.cancel()

    @contextmanager
    def staged(self, table: FullTable) -> Iterator[None]:
        """Copy a csv file into a temporary table that hides the view of the same name.

        If the copy fails or takes too long, each statement parses the file again.
        """
        path = self.files.get(table.name)
        # Parquet files are columnar and are not parsed, so they gain little from a copy.
        if path is None or path.suffix.lower() != ".csv" or path.stat().st_size > STAGED_BYTES:
            yield
            return
        name = self.dialect.quote(table.name)
        with suppress(QueryFailed):
            self.rows(
                f"CREATE TEMP TABLE {name} AS FROM memory.main.{name}", timeout_s=STAGING_SECONDS
            )
        try:
            yield
        finally:
            self.rows(f"DROP TABLE IF EXISTS temp.{name}", timeout_s=STAGING_SECONDS)

    def close(self) -> None:
        """Close the connection and drop the views."""
        self.connection.close()


def _open_error(path: Path | None, error: duckdb.Error) -> SchemaError:
    if isinstance(error, duckdb.ConnectionException):
        return DatabaseUnreachable(
            f"this process has {path} open in another way; close it there first"
        )
    if isinstance(error, duckdb.IOException) and "lock" in str(error).lower():
        return DatabaseUnreachable(
            f"{path} is open for writing in another process; close it there first"
        )
    return NotADatabase(f"{path} cannot be opened as DuckDB: {one_line(error)}")
