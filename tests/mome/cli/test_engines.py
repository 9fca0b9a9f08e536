"""`mome tune` and `mome ask` on DuckDB, csv files, PostgreSQL and MariaDB; a server's password is
in no file and in no output.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import duckdb
import sqlalchemy

if TYPE_CHECKING:
    from conftest import Cli, Done

PASSWORD = "p@ss/w0rd:of%reader"
TABLES = (
    "CREATE TABLE shelf (shelf_id INTEGER PRIMARY KEY, room VARCHAR(20) NOT NULL)",
    "CREATE TABLE jar (jar_id INTEGER PRIMARY KEY, label VARCHAR(40) NOT NULL, grams INTEGER "
    "NOT NULL, "
    "shelf_id INTEGER NOT NULL REFERENCES shelf(shelf_id))",
    "CREATE TABLE salary (person VARCHAR(40) NOT NULL, amount INTEGER NOT NULL)",
    "INSERT INTO shelf VALUES (1, 'cellar'), (2, 'attic')",
    "INSERT INTO jar VALUES (1, 'plum', 250, 1), (2, 'quince', 400, 1), (3, 'sloe', 150, 2)",
    "INSERT INTO salary VALUES ('Ada', 1), ('Ben', 2)",
)
QUESTION = "Which jars stand in the cellar?"
PAIRS = (
    (
        QUESTION,
        (
            "SELECT jar.label FROM jar JOIN shelf ON jar.shelf_id = shelf.shelf_id WHERE "
            "shelf.room = "
            "'cellar'"
        ),
    ),
    ("How much do all jars weigh?", "SELECT SUM(grams) FROM jar"),
)


def test_duckdb(tmp_path: Path, mome: Cli) -> None:
    with duckdb.connect(str(tmp_path / "pantry.duckdb")) as connection:
        _run_all(connection.execute, TABLES)
    _tune_and_ask(mome, tmp_path, tmp_path / "pantry.duckdb", name="pantry")


def test_a_folder_of_csv_files(tmp_path: Path, mome: Cli) -> None:
    folder = tmp_path / "pantry"
    folder.mkdir()
    (folder / "shelf.csv").write_text("shelf_id,room\n1,cellar\n2,attic\n")
    (folder / "jar.csv").write_text(
        "jar_id,label,grams,shelf_id\n1,plum,250,1\n2,quince,400,1\n3,sloe,150,2\n"
    )
    _tune_and_ask(mome, tmp_path, folder, name="pantry")


def test_postgresql_as_a_reader_of_some_tables(
    postgres_url: str, tmp_path: Path, mome: Cli
) -> None:
    """The role comes with the whole URL in DB_URL; the table it may not read is reported and the
    rest goes on.
    """
    role = f"reader_{postgres_url.rpartition('_')[2]}"
    _run_on_server(
        postgres_url,
        [
            *TABLES,
            f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'",
            f"GRANT SELECT ON shelf, jar TO {role}",
        ],
    )
    try:
        tuned, memory = _tune_and_ask(
            mome,
            tmp_path,
            _as(postgres_url, role),
            name=postgres_url.rpartition("/")[2],
            by_environment=True,
        )
    finally:
        _run_on_server(postgres_url, [f"DROP OWNED BY {role}", f"DROP ROLE {role}"])
    assert "left out: salary: " in tuned.err and "warning" not in tuned.err
    assert {table["name"] for table in _catalog(memory)["tables"]} == {"jar", "shelf"}


def test_a_role_that_may_do_more_than_read_is_told(postgres_url: str, mome: Cli) -> None:
    _run_on_server(postgres_url, TABLES)
    done = mome("tune", "--db-url", postgres_url, "--dry-run")
    assert done.code == 0 and "warning: the role is a superuser" in done.err, done.err


def test_mariadb_as_a_reader_of_some_tables(mariadb_url: str, tmp_path: Path, mome: Cli) -> None:
    database = mariadb_url.rpartition("/")[2]
    role = f"reader_{database.rpartition('_')[2]}"
    grants = [f"GRANT SELECT ON {database}.{table} TO {role}@'%'" for table in ("shelf", "jar")]
    _run_on_server(
        mariadb_url, [*TABLES, f"CREATE USER {role}@'%' IDENTIFIED BY '{PASSWORD}'", *grants]
    )
    try:
        _, memory = _tune_and_ask(mome, tmp_path, _as(mariadb_url, role), name=database)
    finally:
        _run_on_server(mariadb_url, [f"DROP USER {role}@'%'"])
    assert {table["name"] for table in _catalog(memory)["tables"]} == {"jar", "shelf"}


def _tune_and_ask(
    mome: Cli, folder: Path, source: object, *, name: str, by_environment: bool = False
) -> tuple[Done, Path]:
    """Tune by `--db-url` or by DB_URL, then ask by DB_URL; both must succeed and keep the
    password.
    """
    pairs = folder / "verified.jsonl"
    pairs.write_text(
        "".join(json.dumps({"question": question, "sql": sql}) + "\n" for question, sql in PAIRS)
    )
    environment = {"DB_URL": str(source)}
    given = {"env": environment} if by_environment else {}
    tuned = mome(
        "tune",
        "--verified",
        pairs,
        "--facts",
        0,
        *(() if by_environment else ("--db-url", source)),
        **given,
    )
    assert tuned.code == 0, tuned.err
    memory = mome.home / name
    recall = json.loads((memory / "current" / "recall.json").read_text("utf-8"))
    assert (recall["recalled"], recall["total"]) == (2, 2)
    asked = mome("ask", QUESTION, env=environment)
    assert asked.code == 0, asked.err
    assert "plum" in asked.out and "quince" in asked.out and "sloe" not in asked.out
    _assert_secret(memory, [tuned, asked])
    return tuned, memory


def _assert_secret(memory: Path, done: Iterable[Done]) -> None:
    """The password, as it is and as a URL writes it, is nowhere."""
    for secret in (PASSWORD, quote(PASSWORD, safe="")):
        assert [
            path.name
            for path in memory.rglob("*")
            if path.is_file() and secret.encode() in path.read_bytes()
        ] == []
        assert not any(secret in text for each in done for text in (each.out, each.err))


def _as(url: str, role: str) -> str:
    return (
        sqlalchemy.make_url(url)
        .set(username=role, password=PASSWORD)
        .render_as_string(hide_password=False)
    )


def _catalog(memory: Path) -> dict:
    return json.loads((memory / "current" / "catalog.json").read_text("utf-8"))


def _run_on_server(url: str, statements: Iterable[str]) -> None:
    engine = sqlalchemy.create_engine(
        url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool
    )
    with engine.connect() as connection:
        _run_all(
            lambda statement: connection.exec_driver_sql(
                statement, execution_options={"no_parameters": True}
            ),
            statements,
        )
    engine.dispose()


def _run_all(run: object, statements: Iterable[str]) -> None:
    for statement in statements:
        run(statement)
