"""Rows that a question calls by their number."""

from __future__ import annotations

import sqlite3

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.values import ValueIndex

AGENT = Table(
    None, "agent", "table", None, None,
    (Column("agent_id", "INTEGER", "integer"), Column("agent_name", "TEXT", "text")),
    primary_key=("agent_id",),
)  # fmt: skip
TICKET = Table(
    None, "support_tickets", "table", None, None,
    (
        Column("ticket_id", "INTEGER", "integer"),
        Column("agent_id", "INTEGER", "integer"),
        Column("subject", "TEXT", "text"),
        Column("reopen_count", "INTEGER", "integer"),
        Column("opened_year", "INTEGER", "integer"),
        Column("opened_on", "DATE", "date"),
    ),
    primary_key=("ticket_id",),
    foreign_keys=(ForeignKey(("agent_id",), "agent", ("agent_id",)),),
)  # fmt: skip
FLIGHT = Table(
    None, "flight", "table", None, None,
    (
        Column("id", "INTEGER", "integer"),
        Column("flight_no", "INTEGER", "integer"),
        Column("seats", "INTEGER", "integer"),
    ),
    primary_key=("id",),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "desk.sqlite", "", (AGENT, TICKET, FLIGHT))
OF_SUBJECT = "SELECT subject FROM support_tickets"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    "question",
    [
        "what is ticket 1005 about?",
        "subject of support ticket 1005",
        "subject of ticket no. 1005",
        "subject of ticket number 1005",
        "subject of ticket #1005",
        "what is the subject of ticket id 1005, please?",
    ],
)
def test_the_number_of_a_row_is_its_key(question: str) -> None:
    found = repair(f"{OF_SUBJECT} WHERE reopen_count = 1005", question)
    assert found == f"{OF_SUBJECT} WHERE ticket_id = 1005"


def test_the_row_is_found_in_a_join() -> None:
    sql = (
        "SELECT agent.agent_name FROM support_tickets "
        "JOIN agent ON support_tickets.agent_id = agent.agent_id WHERE {} = 2"
    )
    found = repair(sql.format("agent.agent_id"), "who has ticket 2?")
    assert found == sql.format("support_tickets.ticket_id")
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE agent (agent_id INTEGER PRIMARY KEY, agent_name TEXT);"
        "CREATE TABLE support_tickets (ticket_id INTEGER PRIMARY KEY, agent_id INTEGER);"
        "INSERT INTO agent VALUES (1, 'Ann'), (2, 'Bob');"
        "INSERT INTO support_tickets VALUES (1, 2), (2, 1);"
    )
    assert connection.execute(found).fetchall() == [("Ann",)]
    connection.close()


@pytest.mark.parametrize(
    "question",
    [
        "show me everything about ticket 7",
        "all details of ticket 7",
        "give me the full record of support ticket 7",
    ],
)
def test_everything_about_a_row_is_all_of_its_columns(question: str) -> None:
    found = repair(f"{OF_SUBJECT} WHERE reopen_count = 7", question)
    assert found == "SELECT * FROM support_tickets WHERE ticket_id = 7"
    assert repair(f"{OF_SUBJECT} WHERE ticket_id = 7", question) == found
    joined = (
        "SELECT support_tickets.* FROM support_tickets JOIN agent "
        "ON support_tickets.agent_id = agent.agent_id WHERE support_tickets.ticket_id = 7"
    )
    assert repair(joined, question) == found


def test_a_foreign_key_stands_for_a_table_that_is_not_read() -> None:
    found = repair(f"{OF_SUBJECT} WHERE ticket_id = 3", "subjects of the tickets of agent 3")
    assert found == f"{OF_SUBJECT} WHERE agent_id = 3"


def test_a_subquery_shows_what_it_did() -> None:
    sql = (
        "SELECT agent_name FROM agent WHERE agent_id IN "
        "(SELECT agent_id FROM support_tickets WHERE ticket_id = 7)"
    )
    assert repair(sql, "everything about ticket 7") == sql


def test_further_conditions_leave_the_columns_as_they_are() -> None:
    sql = f"{OF_SUBJECT} WHERE ticket_id = 7 AND reopen_count > 2"
    assert repair(sql, "everything about ticket 7 if reopened more than twice") == sql


@pytest.mark.parametrize(
    "conditions",
    [
        "opened_on >= '2010-01-01' AND opened_on < '2011-01-01'",
        "reopen_count > 2 AND opened_on >= '2010-01-01' AND opened_on < '2011-01-01'",
        "opened_on >= '2010-01-01' AND opened_on < '2011-01-01' AND reopen_count > 2",
    ],
)
def test_the_number_of_a_row_is_no_year(conditions: str) -> None:
    found = repair(f"{OF_SUBJECT} WHERE {conditions}", "subject of ticket 2010")
    days = "opened_on >= '2010-01-01' AND opened_on < '2011-01-01'"
    assert found == f"{OF_SUBJECT} WHERE {conditions.replace(days, 'ticket_id = 2010')}"


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (f"{OF_SUBJECT} WHERE reopen_count = 3", "tickets 3 and 4"),
        (f"{OF_SUBJECT} WHERE reopen_count = 3", "each ticket 3 times reopened"),
        (f"{OF_SUBJECT} WHERE reopen_count = 3", "subjects reopened 3 times"),
        (f"{OF_SUBJECT} WHERE reopen_count > 3", "who has ticket 3?"),
        (f"{OF_SUBJECT} WHERE agent_id = 3", "subjects of agent 3"),
        ("SELECT seats FROM flight WHERE flight_no = 99", "seats of flight 99"),
        ("SELECT seats FROM flight WHERE seats = 99", "seats of flight 99"),
        (
            f"{OF_SUBJECT} WHERE opened_on >= '2024-01-01' AND opened_on < '2025-01-01'",
            "subject of each ticket in 2024",
        ),
        (f"{OF_SUBJECT} WHERE opened_year = 2024", "who opened a ticket 2024 in March 2024?"),
    ],
)
def test_other_numbers_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql
