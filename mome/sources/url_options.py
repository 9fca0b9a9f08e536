"""The options of a database URL, what stands after its `?`: which there are, and their values.

`schemas.source` and `mome.execution.address` check them before a driver sees them, because each
driver fails in its own way: one with a TypeError, one with `it does not answer`, one not at all.
No message quotes a value, which may be a secret.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import URL

from mome.sources.secrets import holds_password, is_secret

Check = Callable[[str], str | None]
"""Returns what a value has to be, or None if it is right."""


class WrongOption(ValueError):
    """An option of a URL is unknown or has a wrong value; the message is one line that names it."""


def check_options(url: URL) -> None:
    """Raise WrongOption for the first option that the engine of the URL does not take."""
    if holds_password(url.database or ""):
        raise WrongOption(
            "a password stands in the name of the database; write it before the @, as in "
            "postgresql://user:password@host/name"
        )
    backend = url.get_backend_name()
    known = _known(backend)
    for name, value in url.query.items():
        if name not in known:
            raise WrongOption(_unknown(url, name))
        if not isinstance(value, str):
            # libpq tries several hosts in turn.
            if name in ("host", "port") and backend in _POSTGRESQL:
                continue
            raise WrongOption(f"the option {name} stands twice in the URL; remove one of them")
        wrong = known[name](value)
        if wrong:
            raise WrongOption(f"the option {name} of the URL has to be {wrong}")


def _unknown(url: URL, name: str) -> str:
    engine = _shown(url.get_backend_name())
    # An & in a password that is not written as %26 ends it, and the rest looks like an option.
    if any(map(is_secret, url.query)):
        return (
            f"the URL has an option that {engine} does not know; remove it, and write an & inside "
            "a password as %26"
        )
    return f"{engine} has no option {_safe(name)}; remove it from the URL"


def driver_url(url: URL) -> URL:
    """Return the URL without the options that every connection of this package sets itself.

    Drivers take them as arguments of Python's types and fail on text.
    """
    kept = {}
    for name, value in url.query.items():
        # PyMySQL would take the text `false` for true; without them, both are off.
        is_off = name in _TRUE_IF_TEXT and str(value).lower() in _NO
        if name not in _OWN and not is_off:
            kept[name] = value
    return url.set(query=kept)


def _any(value: str) -> str | None:
    return None


def _whole(value: str) -> str | None:
    return None if value.isascii() and value.isdigit() else "a whole number"


def _signed(value: str) -> str | None:
    # libpq takes -1 for no limit.
    return _whole(value.removeprefix("-"))


def _number(value: str) -> str | None:
    try:
        float(value)
    except ValueError:
        return "a number"
    return None


def _yes_or_no(value: str) -> str | None:
    words = ("true", "false", "1", "0", "yes", "no", "on", "off")
    return None if value.lower() in words else "true or false"


def _one_of(*words: str) -> Check:
    def check(value: str) -> str | None:
        return None if value.lower() in words else f"one of {', '.join(words)}"

    return check


def _file(value: str) -> str | None:
    return None if Path(value).expanduser().exists() else "a file that exists"


def _root_certificate(value: str) -> str | None:
    # libpq's word for the certificates of the operating system.
    return None if value == "system" else _file(value)


def _prepare_threshold(value: str) -> str | None:
    return None if value.lower() == "none" else _whole(value)


def _charset(value: str) -> str | None:
    from pymysql.charset import charset_by_name

    try:
        known = charset_by_name(value)
    except KeyError:
        known = None
    return None if known else "a character set of the server, such as utf8mb4"


_POSTGRESQL = ("postgresql", "postgres")
_OWN = frozenset({"autocommit", "prepare_threshold"})
_TRUE_IF_TEXT = frozenset({"binary_prefix", "ssl_disabled"})
_NO = ("false", "0", "no", "off")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_POSTGRESQL_VALUES: dict[str, Check] = {
    "autocommit": _yes_or_no,
    "prepare_threshold": _prepare_threshold,
    "sslmode": _one_of(*_SSL_MODES),
    "gssencmode": _one_of("disable", "prefer", "require"),
    "channel_binding": _one_of("disable", "prefer", "require"),
    "target_session_attrs": _one_of(
        "any", "read-write", "read-only", "primary", "standby", "prefer-standby"
    ),
    "connect_timeout": _signed,
    "port": _whole,
    "keepalives": _whole,
    "keepalives_idle": _whole,
    "keepalives_interval": _whole,
    "keepalives_count": _whole,
    "tcp_user_timeout": _whole,
    "sslrootcert": _root_certificate,
    "sslcert": _file,
    "sslkey": _file,
}
"""Options whose values are known; libpq takes more, and the server checks those."""
_MYSQL: dict[str, Check] = {
    "autocommit": _yes_or_no,
    "bind_address": _any,
    "binary_prefix": _yes_or_no,
    "charset": _charset,
    "client_flag": _whole,
    "collation": _any,
    "compress": _yes_or_no,
    "connect_timeout": _whole,
    "host": _any,
    "init_command": _any,
    "local_infile": _yes_or_no,
    "max_allowed_packet": _whole,
    "password": _any,
    "passwd": _any,
    "program_name": _any,
    "read_default_file": _file,
    "read_default_group": _any,
    "read_timeout": _whole,
    "server_public_key": _any,
    "sql_mode": _any,
    "ssl_ca": _file,
    "ssl_capath": _file,
    "ssl_cert": _file,
    "ssl_check_hostname": _yes_or_no,
    "ssl_cipher": _any,
    "ssl_disabled": _yes_or_no,
    "ssl_key": _file,
    "ssl_key_password": _any,
    "ssl_verify_cert": _yes_or_no,
    "ssl_verify_identity": _yes_or_no,
    "unix_socket": _file,
    "use_unicode": _yes_or_no,
    "user": _any,
    "write_timeout": _whole,
}
"""The arguments of PyMySQL that text can express."""
# Files are always opened read-only with settings of this package. The options that other programs
# put into the URL of a file are taken where they make no difference to a reader.
_DUCKDB: dict[str, Check] = {
    "access_mode": _one_of("automatic", "read_only", "read_write"),
    "read_only": _yes_or_no,
    "threads": _whole,
    "memory_limit": _any,
    "max_memory": _any,
    "temp_directory": _any,
}
_SQLITE: dict[str, Check] = {
    "cache": _one_of("shared", "private"),
    "cached_statements": _whole,
    "check_same_thread": _yes_or_no,
    "detect_types": _whole,
    "immutable": _yes_or_no,
    "isolation_level": _any,
    "mode": _one_of("ro", "rw", "rwc"),
    "nolock": _yes_or_no,
    "timeout": _number,
    "uri": _yes_or_no,
}


def _known(backend: str) -> dict[str, Check]:
    if backend == "sqlite":
        return _SQLITE
    if backend == "duckdb":
        return _DUCKDB
    if backend not in _POSTGRESQL:
        return _MYSQL
    # The library knows what its own version takes. Imported here, because a process loads only
    # the driver that it uses.
    from psycopg.pq import Conninfo

    names = [option.keyword.decode() for option in Conninfo.get_defaults()]
    return {**dict.fromkeys(names, _any), **_POSTGRESQL_VALUES}


def _shown(backend: str) -> str:
    names = {"sqlite": "SQLite", "duckdb": "DuckDB", "mysql": "MySQL", "mariadb": "MariaDB"}
    return names.get(backend, "PostgreSQL")


def _safe(name: str) -> str:
    """Return a name fit for one line of a message."""
    return "".join(character if character.isprintable() else "?" for character in name[:60])
