"""The generator: its SQL runs on every engine, tables and rules share the limit evenly."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import FullCatalog, FullTable, Source, introspect, open_reader, resolve_url
from training_data.facts import Fact
from training_data.generate import generate
from training_data.language.words import normalise
from training_data.rules import RULES

CONCERTS = (
    Path(__file__).resolve().parent.parent / "fixtures" / "training_data" / "concerts.sql"
).read_text("utf-8")
EVERYTHING = 100_000
Check = Callable[[str], str | None]


def accept(sql: str) -> None:
    """Accept all SQL."""


def statements(engine: str) -> list[str]:
    """Return the statements for one engine, in its quotes and without what it does not know."""
    script = CONCERTS
    if engine in ("sqlite", "mysql"):
        script = re.sub(r"^(CREATE SCHEMA|COMMENT) .*\n", "", script, flags=re.MULTILINE)
        script = script.replace("press.", "")
    if engine == "mysql":
        script = script.replace('"', "`").replace("\\", "\\\\")
    return [statement for statement in script.split(";\n") if statement.strip()]


def filled(url: str, engine: str) -> Source:
    """Create the tables of the concerts in the database at this URL."""
    database = sqlalchemy.create_engine(url)
    with database.begin() as connection:
        for statement in statements(engine):
            connection.exec_driver_sql(statement)
    database.dispose()
    return resolve_url(url)


def run_all(source: Source) -> list[Fact]:
    """Run every fact of every rule on its database; the first one that fails raises the error."""
    with open_reader(source) as reader:

        def check(sql: str) -> None:
            reader.rows(sql, timeout_s=10)

        return generate(introspect(source), check=check, limit=EVERYTHING)


def test_everything_runs_on_sqlite(bookshop_catalog: FullCatalog, bookshop_check: Check) -> None:
    reasons: list[str | None] = []

    def check(sql: str) -> str | None:
        reasons.append(bookshop_check(sql))
        return reasons[-1]

    facts = generate(bookshop_catalog, check=check, limit=EVERYTHING)
    assert set(reasons) == {None}
    assert len(facts) > 350
    assert {fact.kind for fact in facts} == {rule.__name__ for rule in RULES}


def test_awkward_names_run_on_sqlite(tmp_path: Path) -> None:
    facts = run_all(filled(f"sqlite:///{tmp_path}/concerts.sqlite", "sqlite"))
    assert len(facts) > 120


def test_awkward_names_run_on_duckdb(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "concerts.duckdb")) as connection:
        for statement in statements("duckdb"):
            connection.execute(statement)
    facts = run_all(resolve_url(tmp_path / "concerts.duckdb"))
    assert len(facts) > 120


def test_awkward_names_run_on_postgresql(postgres_url: str) -> None:
    facts = run_all(filled(postgres_url, "postgresql"))
    assert len(facts) > 120


def test_awkward_names_run_on_mariadb(mariadb_url: str) -> None:
    facts = run_all(filled(mariadb_url, "mysql"))
    assert len(facts) > 120


@pytest.mark.parametrize("limit", [0, 1, 7, 50, 200])
def test_the_limit_is_kept_and_reached(bookshop_catalog: FullCatalog, limit: int) -> None:
    assert len(generate(bookshop_catalog, check=accept, limit=limit)) == limit


def test_the_same_facts_on_every_run_and_more_with_a_higher_limit(
    bookshop_catalog: FullCatalog,
) -> None:
    facts = generate(bookshop_catalog, check=accept, limit=200)
    again = generate(FullCatalog.from_dict(bookshop_catalog.to_dict()), check=accept, limit=300)
    assert again[: len(facts)] == facts
    assert len({fact.id for fact in again}) == len(again)


def test_tables_and_rules_take_turns(bookshop_catalog: FullCatalog) -> None:
    facts = generate(bookshop_catalog, check=accept, limit=120)
    by_kind = Counter(fact.kind for fact in facts)
    assert set(by_kind.values()) <= set(range(1, len(bookshop_catalog.tables) + 1))
    assert len(by_kind) >= 8
    for table in bookshop_catalog.tables:
        assert sum(table.key in fact.objects for fact in facts) >= 5


def test_many_tables_get_a_fact_each_before_any_gets_two(bookshop_catalog: FullCatalog) -> None:
    tables = tuple(
        dataclasses.replace(bookshop_catalog.table("genre"), name=f"thing_{number}")
        for number in range(1000)
    )
    facts = generate(dataclasses.replace(bookshop_catalog, tables=tables), check=accept, limit=300)
    assert len({fact.objects[0] for fact in facts}) == 300


def test_no_two_facts_answer_the_same_words_differently(bookshop_catalog: FullCatalog) -> None:
    answers: dict[str, str] = {}
    for fact in generate(bookshop_catalog, check=accept, limit=EVERYTHING):
        for wording in fact.wordings:
            assert answers.setdefault(normalise(wording), fact.sql) == fact.sql


def test_refused_sql_is_left_out_and_others_take_its_place(bookshop_catalog: FullCatalog) -> None:
    facts = generate(
        bookshop_catalog, check=lambda sql: "no joins here" if "JOIN" in sql else None, limit=200
    )
    assert len(facts) == 200
    assert not any("JOIN" in fact.sql for fact in facts)


def test_nothing_is_checked_beyond_the_limit(bookshop_catalog: FullCatalog) -> None:
    checked: list[str] = []
    generate(bookshop_catalog, check=checked.append, limit=5)
    assert len(checked) == 5


def test_progress_is_called_after_every_draft(bookshop_catalog: FullCatalog) -> None:
    calls: list[tuple[int, int]] = []

    def progress(facts: int, limit: int, wording: str) -> None:
        calls.append((facts, limit))

    generate(bookshop_catalog, check=accept, limit=3, progress=progress)
    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_excluded_values_enter_no_fact(bookshop: Path) -> None:
    catalog = introspect(resolve_url(bookshop), exclude=["*.city", "customer.*", "country.name"])
    facts = generate(catalog, check=accept, limit=EVERYTHING)
    texts = [text for fact in facts for text in (fact.sql, *fact.wordings)]
    for word in ("London", "Amsterdam", "Austria", "Germany"):
        assert not any(word in text for text in texts)


def test_a_table_without_rows_or_columns_of_use(bookshop_catalog: FullCatalog) -> None:
    bare = FullTable(schema=None, name="log", kind="table", columns=(), rows=0)
    facts = generate(
        dataclasses.replace(bookshop_catalog, tables=(bare,)), check=accept, limit=EVERYTHING
    )
    assert {fact.sql for fact in facts} == {"SELECT COUNT(*) FROM log", "SELECT * FROM log"}


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
VALUES = st.lists(st.text(max_size=20) | st.integers() | st.booleans(), max_size=4, unique_by=repr)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    dialect=st.sampled_from(["sqlite", "duckdb", "postgres", "mysql"]),
    table=NAMES,
    names=st.lists(NAMES, min_size=6, max_size=6),
    values=VALUES,
)
def test_no_name_and_no_value_breaks_out_of_its_quotes(
    concerts: Callable[[str], FullCatalog],
    dialect: str,
    table: str,
    names: list[str],
    values: list[object],
) -> None:
    """Each fact is one SELECT that reads tables of the catalog, whatever its names and values."""
    catalog = concerts(dialect)
    singer = catalog.table("singer")
    assert singer is not None
    columns = [
        dataclasses.replace(column, name=name)
        for column, name in zip(singer.columns[1:], names, strict=True)
    ]
    columns[2] = dataclasses.replace(
        columns[2], values=tuple(values), values_complete=True, distinct=None
    )
    odd = FullTable(
        schema=None,
        name=table,
        kind="table",
        columns=tuple({column.name: column for column in columns}.values()),
        rows=9,
    )
    for fact in generate(dataclasses.replace(catalog, tables=(odd,)), check=accept, limit=60):
        (tree,) = sqlglot.parse(fact.sql, dialect=dialect)
        assert isinstance(tree, sqlglot.exp.Select)
        assert {node.name for node in tree.find_all(sqlglot.exp.Table)} == {table}
        assert tree.sql(dialect=dialect) == fact.sql


def facts_of(path: Path, script: str) -> dict[str, str]:
    """Return the SQL of every fact by its normalised wordings."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    answers: dict[str, str] = {}
    for fact in run_all(resolve_url(path)):
        answers.update((normalise(wording), fact.sql) for wording in fact.wordings)
    return answers


def rows(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute(sql).fetchall())


@pytest.mark.parametrize(
    ("type_", "no", "yes"), [("boolean", "false", "true"), ("text", "N", "Y"), ("text", "f", "t")]
)
def test_flags_that_are_stored_as_text(tmp_path: Path, type_: str, no: str, yes: str) -> None:
    path = tmp_path / "shop.sqlite"
    answers = facts_of(
        path,
        f"CREATE TABLE customers (id integer PRIMARY KEY, name text, is_active {type_});"
        f"INSERT INTO customers VALUES (1, 'Ann', '{yes}'), (2, 'Bo', '{no}'), (3, 'Cy', '{yes}'),"
        f"(4, 'Di', '{yes}')",
    )
    assert rows(path, answers["how many active customers are there"]) == [(3,)]
    assert rows(path, answers["how many customers that are not active are there"]) == [(1,)]


def test_one_value_in_several_cases_is_matched_in_all(tmp_path: Path) -> None:
    path = tmp_path / "clinic.sqlite"
    answers = facts_of(
        path,
        "CREATE TABLE patients (id integer PRIMARY KEY, name text, country text);"
        "INSERT INTO patients VALUES (1, 'Ann', 'France'), (2, 'Bo', 'france'),"
        "(3, 'Cy', 'FRANCE'), (4, 'Di', 'Spain'), (5, 'Ed', 'France'), (6, 'Flo', 'Spain')",
    )
    assert rows(path, answers["how many patients in france are there"]) == [(4,)]
    others = answers["which patients have a country that is not france"]
    assert rows(path, others) == [("Di",), ("Flo",)]
    # Groups by the stored spelling would say that Spain is the most common one.
    assert "what is the most common country of patients" not in answers


TEAMS = """
CREATE TABLE teams (id integer PRIMARY KEY, name text);
CREATE TABLE matches (id integer PRIMARY KEY, home_team_id integer REFERENCES teams (id),
    away_team_id integer REFERENCES teams (id), goals integer);
INSERT INTO teams VALUES (1, 'Falcons'), (2, 'Bears'), (3, 'Wolves');
INSERT INTO matches VALUES (1, 1, 2, 3), (2, 1, 3, 2), (3, 1, 2, 1), (4, 3, 2, 4), (5, 2, 1, 2);
"""


def test_of_several_keys_to_one_table_questions_say_the_role(tmp_path: Path) -> None:
    path = tmp_path / "league.sqlite"
    answers = facts_of(path, TEAMS)
    assert rows(path, answers["how many matches with home team falcons are there"]) == [(3,)]
    assert rows(path, answers["how many matches with away team falcons are there"]) == [(1,)]
    assert rows(path, answers["which teams are the away team of at least 2 matches"]) == [
        ("Bears",)
    ]
    unclear = ("how many matches does falcons have", "which teams have at least 2 matches")
    assert not answers.keys() & set(unclear)


def test_a_table_that_refers_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "staff.sqlite"
    answers = facts_of(
        path,
        "CREATE TABLE employees (id integer PRIMARY KEY, name text, salary real,"
        "supervisor_id integer REFERENCES employees (id));"
        "INSERT INTO employees VALUES (1, 'Ann', 100, NULL), (2, 'Bo', 120, 1), (3, 'Cy', 70, 1),"
        "(4, 'Di', 90, 2)",
    )
    paid = answers["which employees earn more than their supervisor"]
    assert rows(path, paid) == [("Bo",)]
    with_ann = answers["how many employees with supervisor ann are there"]
    assert rows(path, with_ann) == [(2,)]


def test_names_without_letters(tmp_path: Path) -> None:
    path = tmp_path / "odd.sqlite"
    answers = facts_of(
        path,
        'CREATE TABLE "_" (id integer PRIMARY KEY, name text, "__" date, "--" text, "?" integer);'
        "INSERT INTO _ VALUES (1, 'Ann', '2024-01-02', 'Y', 1), (2, 'Bo', '2023-02-01', 'N', 20)",
    )
    assert rows(path, answers["how many _ have a __ in 2024"]) == [(1,)]
