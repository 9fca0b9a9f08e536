"""Resolve what a user writes (a URL, a file or a folder) to a Source that can be opened.

The command line and the app call `resolve_url`. No connection is made here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mome.sources.secrets import shown_text, shown_url, storable_url
from mome.sources.url_options import WrongOption, check_options
from schemas.errors import BadUrl, EmptyDatabase, NoSuchDatabase, NotADatabase, UnsupportedDatabase

TABLE_SUFFIXES = (".csv", ".parquet")
# Scheme of a URL -> (engine, scheme with the driver that this package installs). The driver that
# the user writes is replaced, because it may not be installed.
_SERVERS = {
    "postgresql": ("postgresql", "postgresql+psycopg"),
    "postgres": ("postgresql", "postgresql+psycopg"),
    "mysql": ("mysql", "mysql+pymysql"),
    "mariadb": ("mysql", "mysql+pymysql"),
}
# Default ports, so that a URL with and one without the port name the same database.
_PORTS = {"postgresql": 5432, "mysql": 3306}
_EXPECTED = (
    "give a URL such as postgresql://user@host/name, "
    "or a path to a .sqlite, .db, .duckdb, .csv or .parquet file "
    "or to a folder of csv and parquet files"
)


@dataclass(frozen=True)
class Source:
    """A database that can be opened. Its `repr` shows no password."""

    engine: str
    """sqlite, duckdb, postgresql or mysql (also for MariaDB, which has the same protocol)."""
    url: str = field(repr=False)
    """A SQLAlchemy URL with its password.

    An absolute path instead if `files` is not empty (the csv or parquet file, or the folder), and
    for a database file whose path no URL can express."""
    files: tuple[Path, ...] = ()
    """The csv and parquet files, sorted; empty for a database file or server."""
    path: Path | None = None
    """The database file of SQLite or DuckDB; None for servers, csv and parquet files."""

    @property
    def public(self) -> str:
        """The URL without password, keys and tokens; `resolve_url` accepts it."""
        return public_url(self.url)

    @property
    def shown(self) -> str:
        """The URL as messages show it, without its options; or the path."""
        return shown_url(self.url)

    def is_at(self, url: str) -> bool:
        """Return whether `url`, another source's `public`, names this database too.

        The user who logs in is ignored; all other options are compared.
        """
        return _place(self.public) == _place(url)


def resolve_url(text: str | Path) -> Source:
    """Determine which database a URL, a file or a folder is.

    Raises BadUrl, UnsupportedDatabase, NoSuchDatabase (missing file), NotADatabase (another kind
    of file) or EmptyDatabase.
    """
    written = str(text).strip()
    if not written:
        raise BadUrl(f"no database is given; {_EXPECTED}")
    return _from_url(written) if "://" in written else _from_path(Path(written).expanduser())


def public_url(url: str) -> str:
    """Return the URL without its password and without query parameters that hold secrets.

    A path is returned unchanged.
    """
    return storable_url(url)


def _place(url: str) -> tuple[object, ...]:
    """Return the parts of a URL that identify a database, comparable with ==."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return (url,)
    backend = parsed.get_backend_name()
    return (
        backend,
        (parsed.host or "").lower(),
        parsed.port or _PORTS.get(backend),
        parsed.database,
        sorted(parsed.query.items()),
    )


def _from_url(written: str) -> Source:
    url = _parsed(written)
    name = url.get_backend_name()
    is_file = name in ("sqlite", "duckdb")
    if is_file or name in _SERVERS:
        try:
            check_options(url)
        except WrongOption as error:
            raise BadUrl(str(error)) from error
    if is_file:
        return _from_file_url(url)
    if name not in _SERVERS:
        raise UnsupportedDatabase(
            f"{name} databases are not supported; "
            "PostgreSQL, MariaDB, MySQL, SQLite, DuckDB, csv and parquet are"
        )
    engine, driver = _SERVERS[name]
    return Source(engine, url.set(drivername=driver).render_as_string(hide_password=False))


def _parsed(written: str) -> URL:
    # It is then unclear where the password ends, and a part of it could be shown as the host.
    if written.partition("://")[2].partition("?")[0].count("@") > 1:
        raise BadUrl(
            "the URL holds more than one @; write an @ inside a user name or password as %40"
        )
    try:
        return make_url(written)
    except (ArgumentError, ValueError) as error:
        raise BadUrl(f"this is not a database URL; {_EXPECTED}") from error


def _from_file_url(url: URL) -> Source:
    database = url.database or ""
    if database in ("", ":memory:"):
        raise EmptyDatabase(
            f"{url.get_backend_name()} in memory holds nothing; "
            f"name a file, such as {url.get_backend_name()}:///shop.db"
        )
    if database.startswith(("md:", "motherduck:")):
        raise UnsupportedDatabase("MotherDuck is not supported; name a DuckDB file")
    if database.startswith("file:"):
        database = unquote(urlsplit(database).path)
    source = _from_path(Path(database).expanduser())
    if source.engine != url.get_backend_name() or source.files:
        raise NotADatabase(
            f"{shown_text(database)} is not a {url.get_backend_name()} database; "
            "give the path alone, it is known by its content"
        )
    return source


def _from_path(path: Path) -> Source:
    shown = shown_text(str(path))
    try:
        if path.is_dir():
            return _from_folder(path.resolve())
        if not path.exists():
            raise NoSuchDatabase(f"there is no file or folder {shown}; {_EXPECTED}")
        return _from_file(path.resolve())
    except OSError as error:
        raise NoSuchDatabase(
            f"{shown} cannot be read ({error.strerror}); check the path and its permissions"
        ) from error


def _from_folder(folder: Path) -> Source:
    files = sorted(entry for entry in folder.iterdir() if _is_table_file(entry))
    if not files:
        raise EmptyDatabase(
            f"the folder {folder} holds no .csv or .parquet file; "
            "name a database file, or another folder"
        )
    return Source("duckdb", str(folder), tuple(files))


def _is_table_file(path: Path) -> bool:
    return (
        path.suffix.lower() in TABLE_SUFFIXES and not path.name.startswith(".") and path.is_file()
    )


def _from_file(path: Path) -> Source:
    with path.open("rb") as stream:
        # SQLite's header is 16 bytes long; DuckDB's mark stands at bytes 8 to 12.
        head = stream.read(16)
    if not head:
        raise EmptyDatabase(f"{path} is an empty file; was its copy or download interrupted?")
    if path.suffix.lower() in TABLE_SUFFIXES:
        return _table_file(path, head)
    if head.startswith(b"SQLite format 3\0"):
        return Source("sqlite", _file_url("sqlite", path), path=path)
    # With a question mark in the path DuckDB looks for its write-ahead log under another name,
    # which a connection without external access may not read.
    if head[8:12] == b"DUCK" and "?" in str(path):
        raise UnsupportedDatabase(
            f"DuckDB cannot open a file with a question mark in its path: rename {path}"
        )
    if head[8:12] == b"DUCK":
        return Source("duckdb", _file_url("duckdb", path), path=path)
    raise NotADatabase(
        f"{path} is neither a SQLite nor a DuckDB database, nor a .csv or .parquet file"
    )


def _table_file(path: Path, head: bytes) -> Source:
    if path.suffix.lower() == ".parquet" and not head.startswith(b"PAR1"):
        raise NotADatabase(f"{path} is not a parquet file, whatever its name says")
    return Source("duckdb", str(path), (path,))


def _file_url(engine: str, path: Path) -> str:
    """Return the URL of a file, or its path if the URL would not parse back to it (`?` in it)."""
    url = URL.create(engine, database=str(path)).render_as_string()
    return url if make_url(url).database == str(path) else str(path)
