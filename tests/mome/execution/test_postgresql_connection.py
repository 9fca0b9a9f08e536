"""PostgreSQL's connection: the values that come over it, and what a person reads when it fails."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from mome.errors import Unreachable
from mome.execution import postgresql
from mome.execution.address import DatabaseAddress
from mome.execution.postgresql import PostgresqlEngine, PostgresqlSession
from mome.execution.session import ConnectionLost, plain
from postgresql_server import as_reader


def test_values_are_python_values(pg_reader: PostgresqlSession) -> None:
    sql = """SELECT 1.50, DATE '2024-02-29', TIMESTAMPTZ '2024-02-29 12:00:00+00',
      INTERVAL '1 day', '\\xff'::bytea, NULL, ARRAY[1, 2],
        '{"a": [1]}'::jsonb, '10.0.0.1'::inet, int4range(1, 5),
          '0b4ea9ff-3b8f-4a3e-9e39-3f3b1f3a8a57'::uuid, '100%s'"""
    utc = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)
    dates = (
        Decimal("1.50"),
        datetime.date(2024, 2, 29),
        utc,
        datetime.timedelta(days=1),
        b"\xff",
        None,
        [1, 2],
    )
    texts = ({"a": [1]}, "10.0.0.1", "[1,5)", "0b4ea9ff-3b8f-4a3e-9e39-3f3b1f3a8a57", "100%s")
    assert plain(pg_reader.run(sql, 30.0, 10).rows[0]) == [*dates, *texts]


def test_dates_that_python_cannot_hold_are_texts(pg_reader: PostgresqlSession) -> None:
    sql = (
        "SELECT DATE 'infinity', DATE '0044-03-15 BC', TIMESTAMP '-infinity', TIMESTAMPTZ "
        "'infinity', TIMESTAMP '20000-01-01'"
    )
    assert pg_reader.run(sql, 30.0, 10).rows == [
        ("infinity", "0044-03-15 BC", "-infinity", "infinity", "20000-01-01 00:00:00")
    ]


def test_intervals_and_ranges_are_exact(pg_reader: PostgresqlSession) -> None:
    sql = (
        "SELECT INTERVAL '1 year 2 mons', INTERVAL '-1 mon 3 days', INTERVAL '3 days 04:05:06', "
        "daterange('2024-01-01', NULL), int4range(1, 5)"
    )
    assert pg_reader.run(sql, 30.0, 10).rows == [
        (
            "1 year 2 mons",
            "-1 mons +3 days",
            datetime.timedelta(days=3, hours=4, minutes=5, seconds=6),
            "[2024-01-01,)",
            "[1,5)",
        )
    ]


def test_a_broken_connection_is_known_as_such(
    pg_reader: PostgresqlSession, pg_admin: psycopg.Connection
) -> None:
    pg_admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mome_reader'"
    )
    with pytest.raises(ConnectionLost, match="broke"):
        pg_reader.run("SELECT 1", 30.0, 10)
    assert not pg_reader.usable


def test_no_connection_says_why_in_one_line_without_secrets(
    pg_admin: psycopg.Connection, postgres_url: str, subtests: pytest.Subtests
) -> None:
    for reason, change in (
        ("no host has this name", {"host": "no-such-host.invalid"}),
        ("nothing answers there", {"port": 1}),
        ("the user or the password is wrong", {"password": "hunter2-wrong"}),
        ("the user or the password is wrong", {"username": "nobody"}),
        ("no such database", {"database": "no_such_database"}),
    ):
        with subtests.test(reason):
            with pytest.raises(Unreachable, match=reason) as caught:
                PostgresqlEngine(
                    DatabaseAddress("postgresql", as_reader(postgres_url).url.set(**change))
                ).connect()
            message = str(caught.value)
            assert not any(secret in message for secret in ("\n", "reads", "hunter2", "://"))


def test_the_password_may_come_from_the_drivers_own_means(
    pg_admin: psycopg.Connection, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = PostgresqlEngine(
        DatabaseAddress("postgresql", as_reader(postgres_url).url._replace(password=None))
    )
    with pytest.raises(Unreachable, match="asks for a password"):
        engine.connect()
    (tmp_path / "pgpass").write_text("*:*:*:mome_reader:reads\n")
    (tmp_path / "pgpass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    engine.connect().close()


def test_a_pooler_that_takes_no_options(
    pg_admin: psycopg.Connection, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, tried = psycopg.connect, []

    def pooled(**given: object) -> psycopg.Connection:
        tried.append(given.get("options"))
        if given.get("options"):
            raise psycopg.OperationalError("FATAL: unsupported startup parameter: options")
        return connect(**given)

    monkeypatch.setattr(postgresql.psycopg, "connect", pooled)
    session = PostgresqlEngine(as_reader(postgres_url)).connect()
    assert tried == ["-c default_transaction_read_only=on", None]
    assert session.run("SELECT current_setting('transaction_read_only')", 30.0, 10).rows == [
        ("on",)
    ]
    session.close()
