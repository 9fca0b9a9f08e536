"""Titles over states, flags of what rows refer to, values placed by the noun beside them, ages."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from linked_databases import linked_database

from mome.answering.titles.reader import TitleReader
from mome.forms.forms import Forms

CLINIC = """
CREATE TABLE department (department_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE doctor (doctor_id INTEGER PRIMARY KEY, full_name TEXT NOT NULL UNIQUE,
  specialty TEXT NOT NULL, department_id INTEGER NOT NULL REFERENCES department,
  born_on TEXT NOT NULL, hired_on TEXT NOT NULL, left_on TEXT);
CREATE TABLE icd (code TEXT PRIMARY KEY, chapter TEXT NOT NULL, is_chronic INTEGER NOT NULL);
CREATE TABLE appointment (appointment_id INTEGER PRIMARY KEY,
  doctor_id INTEGER NOT NULL REFERENCES doctor, code TEXT NOT NULL REFERENCES icd,
  status TEXT NOT NULL, booked_at TEXT NOT NULL, scheduled_at TEXT NOT NULL,
  booked_by TEXT NOT NULL);
INSERT INTO department VALUES (1, 'Cardiology'), (2, 'Surgery'), (3, 'Archive');
INSERT INTO doctor VALUES (1, 'Ann Lee', 'Cardiology', 1, '1960-01-01', '2020-01-01', NULL),
  (2, 'Bo Kim', 'Cardiology', 2, '1980-01-01', '2010-01-01', '2024-01-01');
INSERT INTO icd VALUES ('I10', 'Heart', 1), ('S52', 'Injury', 0);
INSERT INTO appointment VALUES (1, 1, 'I10', 'no-show', '2023-12-30', '2024-01-10', 'specialty'),
  (2, 1, 'S52', 'completed', '2024-02-01', '2024-02-10', 'phone'),
  (3, 2, 'I10', 'no-show', '2024-03-01', '2024-03-10', 'phone');
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which doctors have left?", [("Bo Kim",)]),
        # Both are of the specialty, one works in the department.
        ("List the doctors of the cardiology department", [("Ann Lee",)]),
        ("Number of no-shows per doctor", [("Ann Lee", 1), ("Bo Kim", 1)]),
        ("Number of chronic appointments by chapter", [("Heart", 2)]),
        ("The oldest doctor", [("Ann Lee",)]),
        ("The youngest doctor", [("Bo Kim",)]),
        (
            "How many doctors work in each department, including departments without doctors?",
            [("Archive", 0), ("Cardiology", 1), ("Surgery", 1)],
        ),
        ("Number of appointments by status", [("completed", 1), ("no-show", 2)]),
        # Booked by a specialty, or divided by that of the doctor.
        ("Number of appointments by specialty", None),
        # They are booked on one day, and take place on another one.
        ("Number of appointments per month", None),
    ],
)
def test_words_are_read_as_the_clinic_means_them(
    question: str, expected: list[tuple] | None, tmp_path: Path
) -> None:
    path = tmp_path / "clinic.sqlite"
    linker = linked_database(path, CLINIC)
    title = TitleReader(Forms(linker.catalog, graph=linker.graph)).read(linker.match(question))
    assert (title is None) == (expected is None)
    if title is not None:
        connection = sqlite3.connect(path)
        assert sorted(connection.execute(title.sql)) == expected
        connection.close()
