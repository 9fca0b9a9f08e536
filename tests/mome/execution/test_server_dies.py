"""A server that dies, comes back and changes its password, under one executor."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from mome.catalog import Catalog
from mome.errors import ExecutionError, Unreachable
from mome.execution import Executor, open_executor
from mome.guard import GuardedQuery, guard

if TYPE_CHECKING:
    from conftest import PostgresData

USER, PASSWORD = "tester", "secret-for-tests"


def url(port: int) -> str:
    return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"


def one() -> GuardedQuery:
    return guard("SELECT 1", Catalog("postgres", "postgresql", "postgresql://", ""))


def failure(executor: Executor) -> str:
    """The message of a query that fails, on one line and without the password."""
    with pytest.raises((Unreachable, ExecutionError)) as caught:
        executor.run(one())
    message = str(caught.value)
    assert PASSWORD not in message and "\n" not in message
    return message


def test_queries_go_on_when_a_killed_server_is_back(postgres_data: PostgresData) -> None:
    with open_executor(url(postgres_data.port)) as executor:
        with postgres_data.running() as server:
            assert executor.run(one()).rows == [(1,)]
            server.kill()
            server.wait()
            # The backends end when they notice that their parent is gone, and the file of its
            # process is left behind; a server that starts again finds both.
            assert failure(executor)
            assert "postgresql at 127.0.0.1" in failure(executor)
        _forget_the_dead(postgres_data.folder)
        with postgres_data.running():
            assert executor.run(one()).rows == [(1,)]


def test_a_changed_password_is_one_line(postgres_data: PostgresData) -> None:
    with open_executor(url(postgres_data.port)) as executor:
        with postgres_data.running():
            assert executor.run(one()).rows == [(1,)]
            with psycopg.connect(url(postgres_data.port), autocommit=True) as connection:
                connection.execute(f"ALTER USER {USER} PASSWORD 'another'")
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE usename = current_user AND pid <> pg_backend_pid()"
                )
            assert re.search("password", failure(executor))


def _forget_the_dead(folder: Path) -> None:
    """Remove the lock files of a server that was killed."""
    (folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    for lock in folder.glob(".s.PGSQL.*"):
        lock.unlink()
