"""`The tennis courts` are all courts of a series, whichever of them a model has written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Table
from mome.linking.values import ValueIndex

ROOMS = ["", "Squash Court", "Tennis Court 1", "Tennis Court 2", "Block A", "Block B", "Studio 7"]
BOTH = "name IN ('Tennis Court 1', 'Tennis Court 2')"


@pytest.fixture
def repair(
    make_catalog: Callable[..., Catalog], make_table: Callable[..., Table]
) -> Callable[[str, str], tuple[str, tuple[str, ...]]]:
    """`repair(condition, question)`: the condition as it is repaired, and the notes."""
    catalog = make_catalog(make_table("room", "id integer!, name text, size integer"))
    values = ValueIndex([("room", "name", ROOMS, True)])

    def repair(condition: str, question: str) -> tuple[str, tuple[str, ...]]:
        start = "SELECT size FROM room WHERE "
        draft, notes = repaired(SqlDraft(start + condition, "sqlite"), question, catalog, values)
        assert draft.sql.startswith(start)
        return draft.sql.removeprefix(start), notes

    return repair


@pytest.mark.parametrize(
    ("condition", "question", "wanted"),
    [
        ("name = 'Tennis Court 1'", "Who booked the tennis courts?", BOTH),
        ("name = 'tennis courts'", "Who booked the tennis courts?", BOTH),
        ("name IN ('Tennis Court 2')", "bookings of a tennis court", BOTH),
        ("name <> 'Tennis Court 1'", "rooms that are no tennis court", f"NOT {BOTH}"),
        ("name = 'Block A' AND size > 3", "large rooms of the blocks",
         "name IN ('Block A', 'Block B') AND size > 3"),
    ],
)  # fmt: skip
def test_a_series_is_taken_whole(
    repair: Callable[[str, str], tuple[str, tuple[str, ...]]],
    condition: str,
    question: str,
    wanted: str,
) -> None:
    found, notes = repair(condition, question)
    assert found == wanted
    assert len(notes) == 1 and "was read as" in notes[0]


@pytest.mark.parametrize(
    ("condition", "question"),
    [
        ("name = 'Tennis Court 1'", "Who booked tennis court 1?"),
        ("name = 'Tennis Court 2'", "Who booked tennis courts 1 and 2?"),
        ("name = 'Tennis Court 1'", "Who booked the first court?"),
        ("name IN ('Tennis Court 1', 'Tennis Court 2')", "Who booked the tennis courts?"),
        ("name = 'Squash Court'", "Who booked the squash court?"),
        ("name = 'Studio 7'", "Who booked the studio?"),
        ("name = 'Badminton Court'", "Who booked the badminton court?"),
        ("name LIKE 'Tennis Court%'", "Who booked the tennis courts?"),
        ("name = ''", "Who booked the tennis courts?"),
    ],
)
def test_what_is_named_itself_stays(
    repair: Callable[[str, str], tuple[str, tuple[str, ...]]], condition: str, question: str
) -> None:
    assert repair(condition, question) == (condition, ())
