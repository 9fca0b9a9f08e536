"""Which database is meant: a URL, a path or a resolved source becomes a `DatabaseAddress`.

Nothing is connected to here. The executor, the engines and a memory's stored source use it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mome.errors import Unreachable
from mome.sources.secrets import shown_text
from mome.sources.url_options import WrongOption, check_options

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
# Bytes of a file's header that hold the marks of SQLite (0 to 15) and DuckDB (8 to 11).
_HEADER_BYTES = 16


class ResolvedSource(Protocol):
    """What is read of a `schemas.Source`, which this package may not import."""

    @property
    def url(self) -> str:
        """The URL or path, with or without its password."""
        ...

    @property
    def files(self) -> tuple[Path, ...]:
        """The csv and parquet files that are the tables; empty for a real database."""
        ...


@dataclass(frozen=True)
class DatabaseAddress:
    """The address of a database. Its text form shows no password."""

    backend: str
    """sqlite, duckdb, postgresql or mysql (MariaDB too)."""
    url: URL | None = field(default=None, repr=False)
    """URL of a server, with the password if it is known; None for files."""
    path: Path | None = None
    """The file of SQLite or DuckDB."""
    files: tuple[Path, ...] = ()
    """The csv and parquet files that are the tables; empty for a real database."""
    text: str = field(default="", repr=False)
    """The URL or path as it was given, without a password from DB_URL."""

    @property
    def shown(self) -> str:
        """The server, fit for a message: without password and options."""
        url = self.server
        port = f":{url.port}" if url.port else ""
        host = url.host or "the default host"
        return f"{self.backend} at {host}{port}, database {url.database or 'by default'}"

    @property
    def place(self) -> str:
        """The server, whatever the database and the role. Must not be used for files."""
        return f"{self.backend} {self.server.host}:{self.server.port or _PORTS[self.backend]}"

    @property
    def server(self) -> URL:
        """The URL of a server. Must not be used for files."""
        assert self.url is not None, "files have no URL"
        return self.url

    @property
    def secret_text(self) -> str:
        """The URL or path with the password that is known. Must never be shown."""
        return self.text if self.url is None else self.url.render_as_string(hide_password=False)


def read_address(source: str | Path | ResolvedSource) -> DatabaseAddress:
    """Read a URL, a path or a resolved source.

    A server's password comes from the URL, or from DB_URL if that names the same database.
    Raises Unreachable if it is no supported database.
    """
    if not isinstance(source, str | Path):
        return read_stored_address(source.url, source.files)
    text = str(source)
    return _from_url(text) if "://" in text else _from_path(Path(text).expanduser(), text)


def read_stored_address(text: str, files: Sequence[Path]) -> DatabaseAddress:
    """Read an address whose csv and parquet files, if any, were found before."""
    if files:
        return DatabaseAddress("duckdb", files=tuple(files), text=text)
    return read_address(text)


def _from_url(text: str) -> DatabaseAddress:
    url = _parsed(text)
    backend = _backend(url)
    try:
        check_options(url)
    except WrongOption as error:
        raise Unreachable(str(error)) from error
    if backend not in ("sqlite", "duckdb"):
        return DatabaseAddress(backend, _with_password(url), text=text)
    if not url.database or url.database == ":memory:":
        raise Unreachable(
            f"{backend} in memory holds nothing; name a file, such as {backend}:///shop.db"
        )
    path = Path(url.database.removeprefix("file:")).expanduser()
    return DatabaseAddress(backend, path=path, text=text)


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
            f"{name} databases are not supported; PostgreSQL, MariaDB, MySQL, SQLite, DuckDB, "
            "csv and parquet are"
        )
    return _BACKENDS[name]


def _with_password(url: URL) -> URL:
    """Return DB_URL instead, if it names the same database and this URL has no password."""
    known = os.environ.get("DB_URL", "")
    if url.password or "://" not in known:
        return url
    other = _parsed(known)
    return other if _identity(other) == _identity(url) else url


def _identity(url: URL) -> tuple[object, ...]:
    """Return what tells one database and role from another."""
    backend = _BACKENDS.get(url.get_backend_name(), "")
    return (
        backend,
        (url.host or "").lower(),
        url.port or _PORTS.get(backend),
        url.database,
        url.username,
        url.query.get("host"),
    )


def _from_path(path: Path, text: str) -> DatabaseAddress:
    if path.is_dir():
        files = sorted(entry for entry in path.iterdir() if _is_table_file(entry))
        if not files:
            raise Unreachable(
                f"the folder {path} holds no .csv or .parquet file; name another folder, "
                "or a database file"
            )
        return DatabaseAddress("duckdb", files=tuple(files), text=text)
    if not path.is_file():
        raise Unreachable(f"there is no file or folder {shown_text(text)}; check the path")
    if _is_table_file(path):
        return DatabaseAddress("duckdb", files=(path,), text=text)
    return DatabaseAddress(_backend_of_file(path), path=path, text=text)


def _is_table_file(path: Path) -> bool:
    return path.suffix.lower() in _TABLE_FILES and not path.name.startswith(".") and path.is_file()


def _backend_of_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEADER_BYTES)
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
