"""People and those to whom they report."""

from __future__ import annotations

import sqlite3

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.values import ValueIndex

EMP = Table(
    None, "emp", "table", None, None,
    (
        Column("emp_no", "TEXT", "text", False),
        Column("emp_nm", "TEXT", "text"),
        Column("dept", "TEXT", "text"),
        Column("mgr_emp_no", "TEXT", "text"),
    ),
    ("emp_no",),
    foreign_keys=(ForeignKey(("mgr_emp_no",), "emp", ("emp_no",)),),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "emp.sqlite", "", (EMP,))
DEPT = "SELECT dept FROM emp WHERE emp_nm = 'Ann Lee'"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    "question", ["Who are the direct reports of Ann Lee?", "employees who report to Ann Lee"]
)
def test_reports_are_those_whose_manager_somebody_is(question: str) -> None:
    found = repair(DEPT, question)
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE emp (emp_no TEXT, emp_nm TEXT, dept TEXT, mgr_emp_no TEXT);"
        "INSERT INTO emp VALUES ('1', 'Ann Lee', 'IT', NULL), ('2', 'Bo', 'IT', '1'), "
        "('3', 'Cy', 'HR', '2');"
    )
    assert connection.execute(found).fetchall() == [("Bo",)]
    connection.close()


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (DEPT, "Which department is Ann Lee in?"),
        (DEPT, "How many people report to Ann Lee?"),
        (DEPT, "Who are the direct reports of Bo?"),
        ("SELECT emp_nm FROM emp WHERE mgr_emp_no = '1'", "the direct reports of 1"),
    ],
)
def test_other_queries_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql
