"""Run guarded queries, read-only, on SQLite, DuckDB, csv and parquet files, PostgreSQL and MySQL.

The command line, the page and the translator (which lets the engine check its candidates) use it;
`import mome` does not import it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mome.execution.address import DatabaseAddress, ResolvedSource
    from mome.execution.executor import Executor as Executor
    from mome.execution.executor import Result as Result
    from mome.execution.session import Engine

__all__ = ["Executor", "Result", "open_executor"]


def __getattr__(name: str) -> object:
    # At the first use, so that a worker process starts without the guard and SQLAlchemy.
    if name in ("Executor", "Result"):
        from mome.execution import executor

        return getattr(executor, name)
    raise AttributeError(f"module 'mome.execution' has no attribute {name!r}")


def open_executor(
    source: str | Path | ResolvedSource | DatabaseAddress,
    *,
    timeout_s: float = 10.0,
    max_rows: int = 1000,
) -> Executor:
    """Return an executor for a URL, a path or a resolved source; use it as a context manager.

    It connects on first use. A server's password comes from the URL, from DB_URL if that names the
    same database, or from the driver's own means.

    Raises Unreachable if the source is no database, ValueError for a limit that is not above 0.
    """
    from mome.execution.address import DatabaseAddress, read_address
    from mome.execution.executor import Executor

    address = source if isinstance(source, DatabaseAddress) else read_address(source)
    return Executor(_engine(address), timeout_s=timeout_s, max_rows=max_rows)


def _engine(address: DatabaseAddress) -> Engine:
    """Return the engine; a driver is imported only if it is used."""
    match address.backend:
        case "sqlite" | "duckdb":
            from mome.execution.worker_process import WorkerEngine

            return WorkerEngine(address.backend, address.path, address.files)
        case "postgresql":
            from mome.execution.postgresql import PostgresqlEngine

            return PostgresqlEngine(address)
        case _:
            from mome.execution.mysql import MysqlEngine

            return MysqlEngine(address)
