"""Private database servers for tests: request the fixture `postgres_url` or `mariadb_url`.

A server starts at its first use in a session, on a free port of 127.0.0.1, and stops at the end of
the session. As root, it runs as its Debian user. If a server is not installed the test is skipped;
with the environment variable CI set, it fails.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pymysql
import pytest
from pytest_postgresql.janitor import DatabaseJanitor

# A shell makes its background jobs ignore SIGINT, but several tests send it.
if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # as a shell leaves it in the background; several tests press Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

USER = "tester"
PASSWORD = "secret-for-tests"
START_SECONDS = 90
"""Time in which a server must accept connections before the test fails."""


@dataclass(frozen=True)
class Server:
    """A running private server, which `USER` administers with `PASSWORD`."""

    port: int


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Run a private PostgreSQL with password logins; most tests need `postgres_url` instead."""
    initdb, postgres = _binary("initdb", _DEBIAN_POSTGRES), _binary("postgres", _DEBIAN_POSTGRES)
    with _private_folder("postgres") as (folder, owner):
        password_file, data = folder / "password", folder / "data"
        password_file.write_text(PASSWORD)
        make = [
            initdb,
            "-D",
            data,
            "-U",
            USER,
            "--pwfile",
            password_file,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale",
            "C.UTF-8",
            "-N",
        ]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, **owner)
        port = _free_port()
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "off",
        }
        command = [postgres, "-D", data, *(f"--{name}={value}" for name, value in settings.items())]
        with _running(command, folder, owner, lambda: _ask_postgres(port)):
            yield Server(port)


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """Return the URL of a new empty PostgreSQL database, which is dropped after the test.

    The URL is postgresql+psycopg://tester:secret-for-tests@127.0.0.1:PORT/NAME. The user is a
    superuser, so a test may create roles. It should drop them again: they belong to the server.
    """
    name, port = f"test_{uuid.uuid4().hex[:12]}", postgres_server.port
    with DatabaseJanitor(user=USER, password=PASSWORD, host="127.0.0.1", port=port, dbname=name):
        yield f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{port}/{name}"


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    """Run a private MariaDB with password logins; most tests need `mariadb_url` instead."""
    install, mariadbd = _binary("mariadb-install-db", "/usr/bin"), _binary("mariadbd", "/usr/sbin")
    with _private_folder("mysql") as (folder, owner):
        data, first_sql, port = folder / "data", folder / "first.sql", _free_port()
        first_sql.write_text(
            f"CREATE USER IF NOT EXISTS {USER}@'%' IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO {USER}@'%' WITH GRANT OPTION;\n"
        )
        make = [
            install,
            "--no-defaults",
            f"--datadir={data}",
            "--skip-test-db",
            "--skip-name-resolve",
        ]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, **owner)
        settings = {
            "datadir": data,
            "socket": folder / "socket",
            "pid-file": folder / "pid",
            "port": port,
            "init-file": first_sql,
        }
        settings |= {
            "bind-address": "127.0.0.1",
            "character-set-server": "utf8mb4",
            "innodb-flush-log-at-trx-commit": 0,
        }
        command = [
            mariadbd,
            "--no-defaults",
            *(f"--{name}={value}" for name, value in settings.items()),
            "--skip-name-resolve",
        ]
        with _running(command, folder, owner, lambda: _ask_mariadb(port, "SELECT 1")):
            yield Server(port)


@pytest.fixture
def mariadb_url(mariadb_server: Server) -> Iterator[str]:
    """Return the URL of a new empty MariaDB database, which is dropped after the test.

    The URL is mysql+pymysql://tester:secret-for-tests@127.0.0.1:PORT/NAME. The user has all
    privileges, so a test may create users and databases. It should drop them again: they belong to
    the server.
    """
    name, port = f"test_{uuid.uuid4().hex[:12]}", mariadb_server.port
    _ask_mariadb(port, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    yield f"mysql+pymysql://{USER}:{PASSWORD}@127.0.0.1:{port}/{name}"
    _ask_mariadb(port, f"DROP DATABASE IF EXISTS {name}")


_DEBIAN_POSTGRES = "/usr/lib/postgresql/*/bin"
"""Debian keeps PostgreSQL's programs here, outside of the PATH."""


def _binary(name: str, folder: str) -> str:
    """The newest program of this name in the folder (a glob) or on the PATH; without one the test is skipped, or fails under CI."""
    found = sorted(
        Path("/").glob(f"{folder.lstrip('/')}/{name}"), key=lambda path: [len(str(path)), str(path)]
    )
    program = str(found[-1]) if found else shutil.which(name)
    if program is None and os.environ.get("CI"):
        pytest.fail(f"{name} is not installed, and under CI no engine may be left out")
    if program is None:
        pytest.skip(f"{name} is not installed")
    return program


@contextmanager
def _private_folder(system_user: str) -> Iterator[tuple[Path, dict[str, object]]]:
    """Make a folder and return it with the subprocess options to run as its owner.

    As root, the owner is `system_user`: the servers refuse to run as root.
    """
    # A short path: the path of a Unix socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="db-"))
    owner: dict[str, object] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, system_user, system_user)
        owner = {"user": system_user, "group": system_user, "extra_groups": []}
    try:
        yield folder, owner
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(
    command: list[object], folder: Path, owner: dict[str, object], ask: Callable[[], object]
) -> Iterator[None]:
    """Run a server within the context.

    `connect`: raises OperationalError until the server accepts connections.
    """
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(part) for part in command], stdout=output, stderr=output, cwd=folder, **owner
        )
    try:
        _wait_for(server, ask, log)
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(server: subprocess.Popen[bytes], ask: Callable[[], object], log: Path) -> None:
    """Wait until the server accepts connections; fail with the end of its log if it does not."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            ask()
            return
        except (psycopg.OperationalError, pymysql.err.OperationalError):
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(
                    f"the database server did not start:\n{log.read_text(errors='replace')[-2000:]}"
                )
        time.sleep(0.1)


def _free_port() -> int:
    """Return a port that no program uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _ask_postgres(port: int) -> None:
    psycopg.connect(
        host="127.0.0.1", port=port, user=USER, password=PASSWORD, dbname="postgres"
    ).close()


def _ask_mariadb(port: int, sql: str) -> None:
    connection = pymysql.connect(
        host="127.0.0.1", port=port, user=USER, password=PASSWORD, autocommit=True
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    finally:
        connection.close()
