"""Joins follow the roles that a question names; where it names none, this is told."""

from __future__ import annotations

import pytest

from mome.answering.key_roles import KeyRoles, RoleReading
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table


def table(name: str, columns: str, *keys: tuple[str, str]) -> Table:
    return Table(
        schema=None,
        name=name,
        kind="table",
        comment=None,
        rows=None,
        columns=tuple(Column(column, "INTEGER", "integer") for column in columns.split()),
        foreign_keys=tuple(ForeignKey((own,), other, ("id",)) for own, other in keys),
    )


CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "league.sqlite",
    "",
    (
        table("teams", "id name"),
        table(
            "matches",
            "id home_team_id away_team_id winner_id goals",
            ("home_team_id", "teams"),
            ("away_team_id", "teams"),
            ("winner_id", "teams"),
        ),
        table("departments", "id name manager_id", ("manager_id", "employees")),
        table(
            "employees",
            "id name salary department_id supervisor_id",
            ("department_id", "departments"),
            ("supervisor_id", "employees"),
        ),
    ),
)
AWAY = (
    "SELECT COUNT(*) FROM teams JOIN matches ON teams.id = matches.away_team_id "
    "WHERE teams.name = 'Falcons'"
)
NESTED = (
    "SELECT COUNT(*) FROM matches WHERE away_team_id IN "
    "(SELECT id FROM teams WHERE name = 'Falcons')"
)
BOTH = (
    "SELECT h.name, a.name FROM matches AS m JOIN teams AS h ON m.home_team_id = h.id "
    "JOIN teams AS a ON m.away_team_id = a.id"
)
STAFF = "SELECT e.name FROM employees AS e JOIN departments AS d ON e.department_id = d.id"


def reading(sql: str, clear: bool = True) -> RoleReading:
    return RoleReading(SqlDraft(sql, "sqlite"), clear)


def settle(sql: str, question: str) -> RoleReading:
    return KeyRoles(CATALOG).settle(SqlDraft(sql, "sqlite"), question)


@pytest.mark.parametrize("sql", [AWAY, NESTED])
@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("How many matches did the Falcons play at home?", "home_team_id"),
        ("How many away matches did the Falcons play?", "away_team_id"),
        ("How many matches did the Falcons win?", "winner_id"),
    ],
)
def test_the_join_goes_over_the_key_that_is_named(sql: str, question: str, column: str) -> None:
    assert settle(sql, question) == reading(sql.replace("away_team_id", column))


@pytest.mark.parametrize("sql", [AWAY, NESTED])
@pytest.mark.parametrize(
    "question",
    ["How many matches did the Falcons play?", "Did the Falcons win at home or lose at home?"],
)
def test_where_no_single_role_is_named_that_is_told(sql: str, question: str) -> None:
    assert settle(sql, question) == reading(sql, clear=False)


def test_the_other_keys_are_other_readings() -> None:
    roles = KeyRoles(CATALOG)
    assert roles.others(AWAY, "How many matches did the Falcons play?") == [
        AWAY.replace("away_team_id", "home_team_id"),
        AWAY.replace("away_team_id", "winner_id"),
    ]
    assert roles.others(AWAY, "How many away matches did the Falcons play?") == []
    assert roles.others("SELECT (", "How many matches did the Falcons play?") == []


def test_a_query_over_both_keys_is_left_alone() -> None:
    question = "Show the home team and the away team of every match"
    assert settle(BOTH, question) == reading(BOTH)


def test_the_key_that_needs_no_role_is_meant_where_none_is_named() -> None:
    assert settle(STAFF, "Which employees are in Sales?") == reading(STAFF)
    assert not settle(STAFF, "Which employees does the manager of Sales lead?").clear
    named = f"{STAFF} WHERE d.manager_id = 3"
    assert settle(named, "Employees of the departments that manager 3 leads") == reading(named)


def test_a_key_to_the_own_table_that_is_named_is_used() -> None:
    question = "Which employees earn more than their supervisor?"
    ignores = "SELECT name FROM employees WHERE salary > (SELECT MAX(salary) FROM employees)"
    assert not settle(ignores, question).clear
    uses = (
        "SELECT e.name FROM employees AS e JOIN employees AS s ON e.supervisor_id = s.id "
        "WHERE e.salary > s.salary"
    )
    assert settle(uses, question) == reading(uses)
    stored = "SELECT name FROM employees WHERE name = 'Supervisor'"
    assert settle(stored, "Who is the supervisor?") == reading(stored)


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("How many flights depart from Oslo?", "source_airport"),
        ("How many flights arrive in Oslo?", "dest_airport"),
        ("How many flights go to Oslo?", "dest_airport"),
        ("How many flights land in Oslo?", "dest_airport"),
    ],
)
def test_other_words_for_the_ends_of_a_trip_name_their_keys(question: str, column: str) -> None:
    airports = table("airports", "id city")
    flights = table(
        "flights",
        "id source_airport dest_airport",
        ("source_airport", "airports"),
        ("dest_airport", "airports"),
    )
    roles = KeyRoles(Catalog("sqlite", "sqlite", "flights.sqlite", "", (airports, flights)))
    sql = (
        "SELECT COUNT(*) FROM flights JOIN airports ON flights.{} = airports.id "
        "WHERE airports.city = 'Oslo'"
    )
    for written in ("source_airport", "dest_airport"):
        read = roles.settle(SqlDraft(sql.format(written), "sqlite"), question)
        assert read == reading(sql.format(column))
    draft = SqlDraft(sql.format("dest_airport"), "sqlite")
    unsaid = roles.settle(draft, "How many flights has Oslo?")
    assert unsaid == RoleReading(draft, clear=False)
