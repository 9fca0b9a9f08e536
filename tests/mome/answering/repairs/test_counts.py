"""Counts of two kinds side by side."""

from __future__ import annotations

import sqlite3

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

MEMBER = Table(
    None, "member", "table", None, None,
    (
        Column("town", "TEXT", "text"),
        Column("sex", "TEXT", "text", values=("F", "M"), values_complete=True),
        Column("level", "TEXT", "text", values=("gold", "silver", "trial"), values_complete=True),
        Column("mfa_enabled", "INTEGER", "integer", values=(0, 1), values_complete=True),
        Column("left_on", "DATE", "date"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "member.sqlite", "", (MEMBER,))
IF = "COUNT(CASE WHEN {} THEN 1 END)".format
FEMALE = IF("sex = 'F'")
MFA = "how many members have MFA enabled and how many don't?"
SEXES = "show the number of male and the number of female members side by side"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    ("counts", "question", "both"),
    [
        (["COUNT(*)", IF("mfa_enabled = 0")], MFA, ["mfa_enabled = 1", "mfa_enabled = 0"]),
        (["COUNT(*)", IF("mfa_enabled IS NULL")], MFA, ["mfa_enabled = 1", "mfa_enabled = 0"]),
        ([IF("mfa_enabled = 1"), "COUNT(*)"], MFA, ["mfa_enabled = 1", "mfa_enabled = 0"]),
        (["COUNT(*)", IF("sex = 'F'")], SEXES, ["sex = 'M'", "sex = 'F'"]),
        (
            ["COUNT(*)", IF("sex = 'F'")],
            "number of female and male ones",
            ["sex = 'F'", "sex = 'M'"],
        ),
        (
            ["COUNT(*)", IF("level = 'gold'")],
            "how many gold members and how many trial members are there?",
            ["level = 'gold'", "level = 'trial'"],
        ),
        (
            ["COUNT(*)", IF("left_on IS NULL")],
            "how many have left, and how many have not?",
            ["NOT left_on IS NULL", "left_on IS NULL"],
        ),
        (
            ["COUNT(*)", IF("town = 'Bern'")],
            "how many live in Bern and how many do not?",
            ["town = 'Bern'", "town <> 'Bern'"],
        ),
    ],
)
def test_each_kind_is_counted(counts: list[str], question: str, both: list[str]) -> None:
    found = repair(f"SELECT {', '.join(counts)} FROM member", question)
    assert found == f"SELECT {', '.join(map(IF, both))} FROM member"


def test_a_condition_of_one_kind_becomes_two_counts() -> None:
    question = "for each town, the number of gold members next to the number of trial ones"
    found = repair("SELECT town, COUNT(*) FROM member WHERE level = 'gold' GROUP BY town", question)
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE member (town TEXT, level TEXT);"
        "INSERT INTO member VALUES ('Bern', 'gold'), ('Bern', 'trial'), ('Bern', 'trial'),"
        " ('Bern', 'silver'), ('Chur', 'trial');"
    )
    assert connection.execute(found).fetchall() == [("Bern", 1, 2), ("Chur", 0, 1)]
    connection.close()


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (
            f"SELECT COUNT(*), {FEMALE} FROM member",
            "how many members are there, and how many are female?",
        ),
        (f"SELECT COUNT(*), {IF('mfa_enabled = 0')} FROM member", "how many members have no MFA?"),
        ("SELECT COUNT(*) FROM member WHERE level = 'gold'", "how many gold members?"),
        ("SELECT COUNT(*) FROM member WHERE level = 'gold'", "number of gold and bronze members"),
        ("SELECT COUNT(*) FROM member WHERE left_on IS NULL", "how many left and how many didn't?"),
    ],
)
def test_other_counts_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql
