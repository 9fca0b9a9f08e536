"""Which database is meant: a URL, a path or a resolved source becomes a `Target`, with the password from DB_URL where it is missing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mome.errors import Unreachable

_BACKENDS = {
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
}
_PORTS = {"postgresql": 5432, "mysql": 3306}
_TABLE_FILES = (".csv", ".parquet")


class ResolvedSource(Protocol):
    """A source that was resolved before."""

    @property
    def url(self) -> str:
        """With or without its password; of no account where there are files."""

    @property
    def files(self) -> tuple[Path, ...]:
        """csv and parquet files that are the tables, or none."""


@dataclass(frozen=True)
class Target:
    """A database to connect to."""

    backend: str
    """sqlite, duckdb, postgresql or mysql (MariaDB too)."""
    url: URL | None = field(default=None, repr=False)
    """Of a server, with the password if it is known."""
    path: Path | None = None
    """The file of SQLite or DuckDB."""
    files: tuple[Path, ...] = ()
    """csv and parquet files that are the tables."""

    @property
    def shown(self) -> str:
        """The server, fit for a message: no password, no options."""
        port = f":{self.url.port}" if self.url.port else ""
        return f"{self.backend} at {self.url.host or 'the default host'}{port}, database {self.url.database or 'by default'}"


def read_target(source: str | Path | ResolvedSource) -> Target:
    """Understand a URL, a path or a resolved source. Raises Unreachable where it can be none of ours."""
    if not isinstance(source, str | Path):
        return (
            Target("duckdb", files=tuple(source.files)) if source.files else read_target(source.url)
        )
    return _from_url(str(source)) if "://" in str(source) else _from_path(Path(source).expanduser())


def _from_url(text: str) -> Target:
    url = _parsed(text)
    backend = _backend(url)
    if backend in ("sqlite", "duckdb"):
        if not url.database or url.database == ":memory:":
            raise Unreachable(
                f"{backend} in memory holds nothing; name a file, such as {backend}:///shop.db"
            )
        return Target(backend, path=Path(url.database.removeprefix("file:")).expanduser())
    return Target(backend, _with_password(url))


def _parsed(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError) as error:
        raise Unreachable(
            "this is no database URL; write one such as postgresql://user@host/name"
        ) from error


def _backend(url: URL) -> str:
    name = url.get_backend_name()
    if name not in _BACKENDS:
        raise Unreachable(
            f"{name} databases are not supported; PostgreSQL, MariaDB, MySQL, SQLite, DuckDB, csv and parquet are"
        )
    return _BACKENDS[name]


def _with_password(url: URL) -> URL:
    """The URL in DB_URL instead, when that one is of the same database and this one has no password."""
    known = os.environ.get("DB_URL", "")
    if url.password or "://" not in known:
        return url
    other = _parsed(known)
    return other if _identity(other) == _identity(url) else url


def _identity(url: URL) -> tuple[object, ...]:
    backend = _BACKENDS.get(url.get_backend_name(), "")
    return (
        backend,
        (url.host or "").lower(),
        url.port or _PORTS.get(backend),
        url.database,
        url.username,
        url.query.get("host"),
    )


def _from_path(path: Path) -> Target:
    if path.is_dir():
        files = sorted(entry for entry in path.iterdir() if _is_table_file(entry))
        if not files:
            raise Unreachable(
                f"the folder {path} holds no .csv or .parquet file; name another folder, or a database file"
            )
        return Target("duckdb", files=tuple(files))
    if not path.is_file():
        raise Unreachable(f"there is no file or folder {path}; check the path")
    return (
        Target("duckdb", files=(path,))
        if _is_table_file(path)
        else Target(_backend_of_file(path), path=path)
    )


def _is_table_file(path: Path) -> bool:
    return path.suffix.lower() in _TABLE_FILES and not path.name.startswith(".") and path.is_file()


def _backend_of_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
    except OSError as error:
        raise Unreachable(
            f"{path} cannot be read ({error.strerror}); check its permissions"
        ) from error
    if head == b"SQLite format 3\0":
        return "sqlite"
    if head[8:12] == b"DUCK":
        return "duckdb"
    raise Unreachable(
        f"{path} is neither a SQLite nor a DuckDB database, nor a .csv or .parquet file"
    )
