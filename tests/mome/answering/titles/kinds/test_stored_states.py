"""States that the question does not write as they are stored."""

from __future__ import annotations

from mome.answering.titles.kinds.stored_states import meant_states, stored_states, with_stored
from mome.catalog import Catalog, Column, Table

COMMENT = "DLV = delivered, RTN = returned to sender, LST = lost"
STATUS = Column("status_cd", "TEXT", "text", False, COMMENT, ("DLV", "LST", "RTN"), True)
PLAIN = Column("state", "TEXT", "text", False, None, ("failed", "paid"), True)
CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "sqlite://",
    "f",
    (Table(None, "parcel", "table", None, None, (STATUS, PLAIN), ()),),
)


def test_a_state_is_a_value_or_the_meaning_of_a_code() -> None:
    found = [
        (said, one.column, one.stored) for said, one in stored_states(("lost", "failed"), CATALOG)
    ]
    assert found == [(("lost",), "status_cd", "LST"), (("failed",), "state", "failed")]


def test_the_first_word_of_a_longer_meaning_is_enough() -> None:
    found = [(said, one.stored) for said, one in meant_states(["returned", "to"], CATALOG)]
    assert found == [(("returned",), "RTN")]


def test_values_that_are_known_are_not_added_again() -> None:
    known = tuple(stored_states(("lost",), CATALOG))
    assert with_stored(known, stored_states(("lost",), CATALOG)) == known
