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
from functools import partial
from pathlib import Path

import psycopg
import pymysql
import pytest
from pytest_postgresql.janitor import DatabaseJanitor

# A shell makes its background jobs ignore SIGINT, but several tests send it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A developer's machine may hold open models, with which `--base auto` tunes.
os.environ["MOME_MODELS"] = os.environ["HF_HOME"] = os.path.join(tempfile.gettempdir(), "no-models")

USER = "tester"
PASSWORD = "secret-for-tests"
START_SECONDS = 90
"""Time in which a server must accept connections before the test fails."""
_DEBIAN_POSTGRES = "/usr/lib/postgresql/*/bin"
"""Debian keeps PostgreSQL's programs here, outside of the PATH."""


@dataclass(frozen=True)
class Server:
    """A running private server, which `USER` administers with `PASSWORD`."""

    port: int


@dataclass(frozen=True)
class PostgresData:
    """The folder of a private PostgreSQL with password logins, which may be started again."""

    folder: Path
    owner: dict[str, object]
    """Subprocess options to run as the folder's owner."""
    port: int

    def create(self) -> None:
        """Make an empty cluster."""
        password_file = self.folder / "password"
        password_file.write_text(PASSWORD)
        create = [
            _program("initdb", _DEBIAN_POSTGRES),
            f"--pgdata={self.folder / 'data'}",
            f"--username={USER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        subprocess.run(create, check=True, capture_output=True, cwd=self.folder, **self.owner)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the server within the context; it may be killed there."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "fsync": "off",
        }
        program = _program("postgres", _DEBIAN_POSTGRES)
        command = [program, "-D", self.folder / "data", *_options(settings)]
        connect = partial(_connect_to_postgres, self.port)
        with _running(command, self.folder, self.owner, connect) as server:
            yield server


@pytest.fixture
def postgres_data() -> Iterator[PostgresData]:
    """Return a cluster of one test, for tests that stop its server."""
    with _private_folder("postgres") as (folder, owner):
        data = PostgresData(folder, owner, _free_port())
        data.create()
        yield data


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Run a private PostgreSQL with password logins; most tests need `postgres_url` instead."""
    with _private_folder("postgres") as (folder, owner):
        data = PostgresData(folder, owner, _free_port())
        data.create()
        with data.running():
            yield Server(data.port)


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """Return the URL of a new empty PostgreSQL database, which is dropped after the test.

    The URL is postgresql+psycopg://tester:secret-for-tests@127.0.0.1:PORT/NAME. The user is a
    superuser, so a test may create roles. It should drop them again: they belong to the server.
    """
    name = f"test_{uuid.uuid4().hex[:12]}"
    port = postgres_server.port
    with DatabaseJanitor(user=USER, password=PASSWORD, host="127.0.0.1", port=port, dbname=name):
        yield f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{port}/{name}"


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    """Run a private MariaDB with password logins; most tests need `mariadb_url` instead."""
    install = _program("mariadb-install-db", "/usr/bin")
    mariadbd = _program("mariadbd", "/usr/sbin")
    with _private_folder("mysql") as (folder, owner):
        data = folder / "data"
        first_sql = folder / "first.sql"
        port = _free_port()
        first_sql.write_text(
            f"CREATE USER IF NOT EXISTS {USER}@'%' IDENTIFIED BY '{PASSWORD}';\n"
            f"GRANT ALL ON *.* TO {USER}@'%' WITH GRANT OPTION;\n"
        )
        create = [
            install,
            "--no-defaults",
            f"--datadir={data}",
            "--skip-test-db",
            "--skip-name-resolve",
        ]
        subprocess.run(create, check=True, capture_output=True, cwd=folder, **owner)
        settings = {
            "datadir": data,
            "socket": folder / "socket",
            "pid-file": folder / "pid",
            "port": port,
            "init-file": first_sql,
            "bind-address": "127.0.0.1",
            "character-set-server": "utf8mb4",
            "innodb-flush-log-at-trx-commit": 0,
        }
        command = [mariadbd, "--no-defaults", *_options(settings), "--skip-name-resolve"]
        with _running(command, folder, owner, lambda: _run_in_mariadb(port, "SELECT 1")):
            yield Server(port)


@pytest.fixture
def mariadb_url(mariadb_server: Server) -> Iterator[str]:
    """Return the URL of a new empty MariaDB database, which is dropped after the test.

    The URL is mysql+pymysql://tester:secret-for-tests@127.0.0.1:PORT/NAME. The user has all
    privileges, so a test may create users and databases. It should drop them again: they belong to
    the server.
    """
    name = f"test_{uuid.uuid4().hex[:12]}"
    port = mariadb_server.port
    _run_in_mariadb(port, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    yield f"mysql+pymysql://{USER}:{PASSWORD}@127.0.0.1:{port}/{name}"
    _run_in_mariadb(port, f"DROP DATABASE IF EXISTS {name}")


def _program(name: str, folder: str) -> str:
    """Return the path of the newest program `name` in the folder, or of the one on the PATH.

    `folder`: a glob pattern.
    Skips the test if there is none, or fails if the environment variable CI is set.
    """
    paths = [str(path) for path in Path("/").glob(f"{folder.lstrip('/')}/{name}")]
    if paths:
        # Longer paths are newer versions: .../9.6/bin comes before .../17/bin.
        return max(paths, key=lambda path: (len(path), path))
    program = shutil.which(name)
    if program is None and os.environ.get("CI"):
        pytest.fail(f"{name} is not installed, and under CI no engine may be left out")
    if program is None:
        pytest.skip(f"{name} is not installed")
    return program


def _options(settings: dict[str, object]) -> list[str]:
    """Return settings as options of a command line."""
    return [f"--{name}={value}" for name, value in settings.items()]


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
    command: list[object], folder: Path, owner: dict[str, object], connect: Callable[[], object]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server within the context.

    `connect`: raises OperationalError until the server accepts connections.
    """
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(part) for part in command], stdout=output, stderr=output, cwd=folder, **owner
        )
    try:
        _wait_for(server, connect, log)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(server: subprocess.Popen[bytes], connect: Callable[[], object], log: Path) -> None:
    """Wait until the server accepts connections; fail with the end of its log if it does not."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connect()
            return
        except (psycopg.OperationalError, pymysql.err.OperationalError):
            if server.poll() is not None or time.monotonic() > deadline:
                end_of_log = log.read_text(errors="replace")[-2000:]
                pytest.fail(f"the database server did not start:\n{end_of_log}")
        time.sleep(0.1)


def _free_port() -> int:
    """Return a port that no program uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _connect_to_postgres(port: int) -> None:
    """Open and close one connection."""
    connection = psycopg.connect(
        host="127.0.0.1", port=port, user=USER, password=PASSWORD, dbname="postgres"
    )
    connection.close()


def _run_in_mariadb(port: int, sql: str) -> None:
    """Run one statement over a connection of its own."""
    connection = pymysql.connect(
        host="127.0.0.1", port=port, user=USER, password=PASSWORD, autocommit=True
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    finally:
        connection.close()
