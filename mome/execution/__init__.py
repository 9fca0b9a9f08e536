"""Runs guarded queries, read-only, on SQLite, DuckDB, csv and parquet files, PostgreSQL and MariaDB/MySQL. Called by the CLI, the app and
the translator (which lets the engine check its candidates); never imported by `import mome`."""

from __future__ import annotations

from pathlib import Path

from mome.execution.executor import Executor, Result
from mome.execution.session import Engine
from mome.execution.target import ResolvedSource, Target, read_target

__all__ = ["Executor", "Result", "open_executor"]


def open_executor(
    source: str | Path | ResolvedSource, *, timeout_s: float = 10.0, max_rows: int = 1000
) -> Executor:
    """An executor for a URL, a path or a resolved source; use it as a context manager. Connects when first asked.

    A server's password comes from the URL, else from DB_URL where that names the same database, else from the driver's own means.
    Raises Unreachable where the source cannot be a database, ValueError on a timeout or cap that is not above 0.
    """
    return Executor(_engine(read_target(source)), timeout_s=timeout_s, max_rows=max_rows)


def _engine(target: Target) -> Engine:
    """Each engine's driver is imported only where it is used."""
    match target.backend:
        case "sqlite":
            from mome.execution.sqlite import SqliteEngine

            return SqliteEngine(target.path)
        case "duckdb":
            from mome.execution.duckdb_ import DuckdbEngine

            return DuckdbEngine(target.path, target.files)
        case "postgresql":
            from mome.execution.postgresql import PostgresqlEngine

            return PostgresqlEngine(target)
        case _:
            from mome.execution.mysql import MysqlEngine

            return MysqlEngine(target)
