"""Questions in the database's spelling, and what people are told of it."""

from __future__ import annotations

from mome.catalog import Catalog, Column, Table
from mome.linking.respelling import Respelling, notes_on
from mome.linking.slice import Linker

COLUMNS = (Column("apptId", "INTEGER", "integer"), Column("discount", "REAL", "number"))
APPT = Table(None, "appt", "table", None, None, COLUMNS)
LINKER = Linker(
    Catalog("sqlite", "sqlite", "clinic.sqlite", "", (APPT,)),
    [("appt", "discount", ["Averge"], True)],
)


def test_short_forms_and_slips_are_put_in() -> None:
    question = "totl discout of all appointments"
    found = Respelling(LINKER.catalog).respell(LINKER.match(question))
    assert found.question == "totl discount of all appt"
    assert found.words == (("discout", "discount"), ("appointments", "appt"))


def test_a_stored_value_stays() -> None:
    question = "appt with averge"
    assert Respelling(LINKER.catalog).respell(LINKER.match(question)).words == ()


def test_people_are_told_what_was_read() -> None:
    words = (("completed", "CMP"), ("appointments", "appt"), ("completed", "CMP"))
    assert notes_on(words) == ("read “completed” as CMP, “appointments” as appt",)
    assert notes_on(()) == ()
