"""Names in the place of foreign keys."""

from __future__ import annotations

import sqlite3

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.repairs.parents import names_of
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.values import ValueIndex


def integers(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "INTEGER", "integer") for name in names)


def texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "TEXT", "text") for name in names)


STAFF = Table(
    None, "staff", "table", None, None,
    (*integers("staff_id", "manager_id"), *texts("full_name", "office_code")),
    primary_key=("staff_id",),
    foreign_keys=(
        ForeignKey(("manager_id",), "staff", ("staff_id",)),
        ForeignKey(("office_code",), "office", ("code",)),
    ),
)  # fmt: skip
OFFICE = Table(
    None, "office", "table", None, None, texts("code", "office_name"), primary_key=("code",)
)  # fmt: skip
DOCTOR = Table(
    None, "doctor", "table", None, None,
    (*integers("docId"), *texts("firstName", "lastName")),
    primary_key=("docId",),
)  # fmt: skip
VISIT = Table(
    None, "visit", "table", None, None,
    integers("visit_id", "docId", "refDocId", "minutes", "room_id"),
    primary_key=("visit_id",),
    foreign_keys=(
        ForeignKey(("docId",), "doctor", ("docId",)),
        ForeignKey(("refDocId",), "doctor", ("docId",)),
        ForeignKey(("room_id",), "room", ("room_id",)),
    ),
)  # fmt: skip
ROOM = Table(
    None, "room", "table", None, None, integers("room_id", "floor"), primary_key=("room_id",)
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "visits.sqlite", "", (STAFF, OFFICE, DOCTOR, VISIT, ROOM))
BY_REFERRER = "SELECT refDocId, COUNT(*) FROM visit GROUP BY refDocId"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


def test_a_role_is_shown_by_both_names() -> None:
    found = repair(BY_REFERRER, "for each referring doctor, how many visits were there?")
    assert found == (
        "SELECT doctor.firstName, doctor.lastName, COUNT(*) FROM visit "
        "JOIN doctor ON visit.refDocId = doctor.docId "
        "GROUP BY doctor.docId, doctor.firstName, doctor.lastName"
    )
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE doctor (docId INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT);"
        "CREATE TABLE visit (visit_id INTEGER PRIMARY KEY, docId INTEGER, refDocId INTEGER);"
        "INSERT INTO doctor VALUES (1, 'Ann', 'Ott'), (2, 'Bob', 'Rey'), (3, 'Ann', 'Ott');"
        "INSERT INTO visit VALUES (1, 1, 2), (2, 3, 2), (3, 2, 1), (4, 2, 3), (5, 2, NULL);"
    )
    rows = sorted(connection.execute(found))
    assert rows == [("Ann", "Ott", 1), ("Ann", "Ott", 1), ("Bob", "Rey", 2)]
    connection.close()


def test_a_table_is_joined_to_itself_under_the_role() -> None:
    found = repair(
        "SELECT COUNT(*) AS reports, manager_id FROM staff WHERE full_name <> 'Ann' "
        "GROUP BY manager_id HAVING COUNT(*) > 1 ORDER BY reports DESC, manager_id",
        "number of direct reports per manager",
    )
    assert found == (
        "SELECT COUNT(*) AS reports, manager.full_name FROM staff "
        "JOIN staff AS manager ON staff.manager_id = manager.staff_id "
        "WHERE staff.full_name <> 'Ann' GROUP BY manager.staff_id, manager.full_name "
        "HAVING COUNT(*) > 1 ORDER BY reports DESC, manager.staff_id"
    )


def test_the_name_of_the_key_stands_for_it() -> None:
    found = repair(
        "SELECT manager_id AS boss, COUNT(*) FROM staff GROUP BY manager_id ORDER BY boss",
        "direct reports of each manager",
    )
    assert found.endswith("ORDER BY manager.staff_id")


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (f"{BY_REFERRER} ORDER BY 2 DESC", "visits by referring doctor"),
        (BY_REFERRER, "visits by id of the referring doctor"),
        (BY_REFERRER, "visits by referring doctor number"),
        (BY_REFERRER, "number of visits per doctor"),
        (
            "SELECT refDocId, minutes, COUNT(*) FROM visit GROUP BY refDocId, minutes",
            "visits by referring doctor and minutes",
        ),
        ("SELECT refDocId FROM visit GROUP BY refDocId", "each referring doctor"),
        ("SELECT room_id, COUNT(*) FROM visit GROUP BY room_id", "visits per room"),
        ("SELECT office_code, COUNT(*) FROM staff GROUP BY office_code", "staff per office"),
    ],
)
def test_other_keys_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (("first_name", "last_name"), ("first_name", "last_name")),
        (("fname", "lname"), ("fname", "lname")),
        (("guest_name", "hotel_name"), ("guest_name",)),
        (("display_name", "note"), ("display_name",)),
        (("title", "name"), ("name",)),
        (("note", "hotel_name"), ()),
    ],
)
def test_how_people_know_a_row(columns: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert names_of(Table(None, "guests", "table", None, None, texts(*columns))) == names
