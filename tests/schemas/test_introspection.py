"""A whole introspection: excluded values, unreadable objects, time limits and speed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy

from schemas import EmptyDatabase, Limits, introspect, resolve_url
from schemas.readers.base import Row
from schemas.readers.sqlalchemy_reader import SQLAlchemyReader

PEOPLE = "CREATE TABLE people(id INTEGER PRIMARY KEY, email VARCHAR(30), city VARCHAR(30))"
ROWS = "INSERT INTO people VALUES (1, 'ann@example.org', 'Rome'), (2, 'bob@example.org', 'Oslo')"


def test_excluded_values_are_in_no_part_of_the_catalog(make_sqlite: Callable) -> None:
    catalog = introspect(
        resolve_url(make_sqlite(f"{PEOPLE}; {ROWS}")), exclude=["*.EMAIL", "id", "people.nickname"]
    )
    email = catalog.table("people").column("email")
    assert (email.excluded, email.values, email.distinct, email.min) == (True, None, None, None)
    assert catalog.table("people").column("id").max is None
    assert catalog.table("people").column("city").values == ("Oslo", "Rome")
    assert "example.org" not in json.dumps(catalog.to_dict())
    (problem,) = catalog.problems
    assert (problem.object, "names no column" in problem.reason) == ("people.nickname", True)


def test_the_default_schema_can_be_named_in_a_pattern(postgres_url: str, run: Callable) -> None:
    run(postgres_url, PEOPLE, ROWS)
    catalog = introspect(resolve_url(postgres_url), exclude=["public.people.email"])
    assert [column.excluded for column in catalog.table("people").columns] == [False, True, False]
    assert catalog.problems == ()


def test_an_error_message_does_not_carry_an_excluded_value(
    postgres_url: str, run: Callable
) -> None:
    run(
        postgres_url,
        "CREATE TABLE t AS SELECT 'ann@example.org' AS email",
        "CREATE VIEW v AS SELECT email::int AS email FROM t",
    )
    whole = introspect(resolve_url(postgres_url))
    assert "ann@example.org" in json.dumps(whole.to_dict())
    without_email = introspect(resolve_url(postgres_url), exclude=["email"])
    assert "ann@example.org" not in json.dumps(without_email.to_dict())


@pytest.mark.parametrize("server", ["postgres_url", "mariadb_url"])
def test_no_password_is_in_the_catalog(
    server: str, request: pytest.FixtureRequest, run: Callable
) -> None:
    url = request.getfixturevalue(server)
    password = sqlalchemy.make_url(url).password
    run(url, PEOPLE)
    catalog = introspect(resolve_url(url))
    assert password not in json.dumps(catalog.to_dict())
    assert catalog.url == url.replace(f":{password}", "")


def _as_reader(url: str) -> str:
    """Return the URL with the user `reader` in place of the administrator."""
    reader = sqlalchemy.make_url(url).set(username="reader", password="reads")
    return reader.render_as_string(hide_password=False)


@pytest.fixture
def limited_postgres(postgres_url: str, run: Callable) -> Iterator[str]:
    """The URL of a role that may read people and three columns of staff, but nothing else."""
    run(
        postgres_url,
        PEOPLE,
        ROWS,
        "CREATE TABLE salaries(id int PRIMARY KEY, person_id int REFERENCES people(id))",
        "CREATE TABLE staff(id int, name text, salary int, "
        "salary_id int REFERENCES salaries(id), doc json)",
        "INSERT INTO staff VALUES (1, 'Ann', 10, NULL, '{}')",
        "CREATE SCHEMA hidden",
        "CREATE TABLE hidden.t(a int)",
        "CREATE ROLE reader LOGIN PASSWORD 'reads'",
        "GRANT SELECT ON people TO reader",
        "GRANT SELECT (id, name, salary_id) ON staff TO reader",
    )
    yield _as_reader(postgres_url)
    run(postgres_url, "DROP OWNED BY reader", "DROP ROLE reader")


def test_objects_without_rights_are_left_out_and_reported_in_postgresql(
    limited_postgres: str,
) -> None:
    catalog = introspect(resolve_url(limited_postgres))
    assert [table.key for table in catalog.tables] == ["people", "staff"]
    staff = catalog.table("staff")
    assert [column.name for column in staff.columns] == ["id", "name", "salary_id"]
    assert staff.column("name").values == ("Ann",)
    assert staff.foreign_keys == ()
    assert {problem.object for problem in catalog.problems} == {
        "hidden.t",
        "salaries",
        "staff",
        "staff.salary",
        "staff.doc",
    }
    for problem in catalog.problems:
        assert problem.object == "staff" or "permission denied" in problem.reason


def test_objects_without_rights_are_left_out_in_mariadb(mariadb_url: str, run: Callable) -> None:
    name = mariadb_url.rpartition("/")[2]
    run(mariadb_url, PEOPLE, ROWS, "CREATE TABLE salaries(id int)", "CREATE TABLE inbox(id int)")
    run(
        mariadb_url,
        "CREATE USER reader@'%' IDENTIFIED BY 'reads'",
        f"GRANT SELECT ON {name}.people TO reader@'%'",
        f"GRANT INSERT ON {name}.inbox TO reader@'%'",
    )
    try:
        catalog = introspect(resolve_url(_as_reader(mariadb_url)))
    finally:
        run(mariadb_url, "DROP USER reader@'%'")
    assert [table.key for table in catalog.tables] == ["people"]
    assert [problem.object for problem in catalog.problems] == ["inbox"]


def test_nothing_to_read_is_an_error(
    make_sqlite: Callable, make_duckdb: Callable, postgres_url: str, mariadb_url: str, run: Callable
) -> None:
    for url in (
        make_sqlite("CREATE TABLE t(a); DROP TABLE t"),
        make_duckdb("CREATE TABLE t(a INT); DROP TABLE t"),
        postgres_url,
        mariadb_url,
    ):
        with pytest.raises(EmptyDatabase, match="holds no tables"):
            introspect(resolve_url(url))
    run(postgres_url, "CREATE VIEW v AS SELECT 1 / 0 AS a")
    with pytest.raises(EmptyDatabase, match="v.*division by zero"):
        introspect(resolve_url(postgres_url))


def test_when_time_is_up_the_structure_remains(make_sqlite: Callable) -> None:
    catalog = introspect(resolve_url(make_sqlite(f"{PEOPLE}; {ROWS}")), limits=Limits(rows_s=0.0))
    people = catalog.table("people")
    assert (people.rows, len(people.columns)) == (None, 3)
    assert [problem.object for problem in catalog.problems] == ["people"]


def test_a_locked_table_keeps_its_structure(postgres_url: str, run: Callable) -> None:
    run(postgres_url, PEOPLE, "CREATE TABLE busy(a int)")
    holder = sqlalchemy.create_engine(postgres_url, poolclass=sqlalchemy.pool.NullPool)
    with holder.connect() as connection:
        connection.exec_driver_sql("LOCK TABLE busy IN ACCESS EXCLUSIVE MODE")
        catalog = introspect(resolve_url(postgres_url), limits=Limits(statement_s=0.3))
    assert [column.name for column in catalog.table("busy").columns] == ["a"]
    assert {problem.object for problem in catalog.problems} == {"busy"}


def test_progress_is_reported(make_sqlite: Callable) -> None:
    source = resolve_url(make_sqlite("CREATE TABLE b(x); CREATE TABLE a(x)"))
    steps: list[tuple] = []
    introspect(source, progress=lambda *step: steps.append(step))
    assert steps == [(0, 1, "structure"), (0, 3, "a"), (1, 3, "b"), (2, 3, "keys"), (3, 3, "done")]


def test_the_database_is_not_changed(make_sqlite: Callable, make_duckdb: Callable) -> None:
    for path in (make_sqlite(f"{PEOPLE}; {ROWS}"), make_duckdb(f"{PEOPLE}; {ROWS}")):
        before = _state(path.parent)
        introspect(resolve_url(path))
        assert _state(path.parent) == before


def _state(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_thousand_postgresql_tables_take_few_statements_and_little_time(
    postgres_url: str, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """About 10 seconds on two idle cores.

    The number of statements and the CPU time of this process are checked, because they depend
    least on the load of the machine.
    """
    kinds = "varchar(20)|int|numeric(10, 2)|date|timestamptz|boolean|text|bigint|float8".split("|")
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(kinds * 2))
    tables = (
        f"CREATE TABLE t{number}(id int PRIMARY KEY, t{max(number - 1, 0)}_id int, {columns});"
        for number in range(1000)
    )
    rows = (
        f"INSERT INTO t{number} (id, c0, c1) SELECT g, g % 7, g FROM generate_series(1, 99) g;"
        for number in range(0, 1000, 10)
    )
    run(postgres_url, "BEGIN;" + "".join(tables) + "".join(rows) + "COMMIT")
    statements: list[str] = []
    read_rows = SQLAlchemyReader.rows

    def counted_rows(self: SQLAlchemyReader, sql: str, *, timeout_s: float) -> list[Row]:
        statements.append(sql)
        return read_rows(self, sql, timeout_s=timeout_s)

    monkeypatch.setattr(SQLAlchemyReader, "rows", counted_rows)
    start = time.process_time()
    catalog = introspect(resolve_url(postgres_url))
    assert time.process_time() - start < 20
    assert len(statements) < 4.2 * 1000
    assert len(catalog.tables) == 1000
    assert sum(len(table.columns) for table in catalog.tables) == 20_000
    assert catalog.table("t10").column("c0").values == tuple("0123456")


def test_catalogs_of_equal_databases_are_equal(make_sqlite: Callable) -> None:
    first = introspect(resolve_url(make_sqlite(f"{PEOPLE}; {ROWS}", "first.db")))
    second = introspect(resolve_url(make_sqlite(f"{PEOPLE}; {ROWS}", "second.db")))
    assert replace(first, url="") == replace(second, url="")
