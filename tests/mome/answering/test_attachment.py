"""What stands beside "A and B" restricts both, or the one next to it alone."""

from __future__ import annotations

import pytest
import sqlglot

from mome.answering.attachment import other_attachment

BOTH = "SELECT title FROM film WHERE (kind = 'Documentary' OR kind = 'Short Film') AND budget = 500"
ONE_OF = "SELECT title FROM film WHERE kind IN ('Documentary', 'Short Film') AND budget = 500"
LAST = "SELECT title FROM film WHERE kind = 'Documentary' OR (kind = 'Short Film' AND budget = 500)"
FIRST = (
    "SELECT title FROM film WHERE kind = 'Short Film' OR (kind = 'Documentary' AND budget = 500)"
)
AFTER = "Give me all documentaries and short films with a budget of 500."
GUIDES = (
    "SELECT tour_guide.name FROM tour_guide JOIN agency ON tour_guide.agency_id = agency.id{} "
    "UNION SELECT travel_agent.name FROM travel_agent JOIN agency "
    "ON travel_agent.agency_id = agency.id WHERE agency.name = 'Expedia'"
)
AT_EXPEDIA = " WHERE agency.name = 'Expedia'"


@pytest.mark.parametrize(
    ("question", "sql", "other"),
    [
        (AFTER, BOTH, LAST),
        (AFTER, ONE_OF, LAST),
        (AFTER, LAST, BOTH),
        ("500 documentaries and short films", BOTH, FIRST),
        ("500 documentaries and short films", FIRST, BOTH),
        (
            "Show me tour guides and travel agents working at Expedia.",
            GUIDES.format(AT_EXPEDIA),
            GUIDES.format(""),
        ),
        (
            "Rooms and suites for 100 people",
            "SELECT n FROM room WHERE seats = 100 UNION SELECT n FROM suites WHERE seats = 100",
            "SELECT n FROM room UNION SELECT n FROM suites WHERE seats = 100",
        ),
    ],
)
def test_the_other_reading(question: str, sql: str, other: str) -> None:
    found = other_attachment(question, sqlglot.parse_one(sql))
    assert found is not None and found.sql() == other


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        # Nothing but the alternatives is asked.
        ("documentaries or short films", "SELECT 1 FROM f WHERE k = 'documentary' OR k = 'short'"),
        # Nothing joins the two.
        ("documentaries that short films with 500", BOTH),
        # Both are of one phrase, and the condition is of what the phrase is.
        ("films of documentaries or short films with 500", BOTH),
        # The condition stands between them.
        ("documentaries with 500 and short films", BOTH),
        # It stands before them, and what it restricts is said.
        ("all 500 of the most recent documentaries and short films", BOTH),
        ("documentaries with a budget of 500", "SELECT 1 FROM f WHERE k = 'a' AND budget = 500"),
        ("how many films", "SELECT COUNT(*) FROM film"),
    ],
)
def test_a_question_with_one_reading(question: str, sql: str) -> None:
    assert other_attachment(question, sqlglot.parse_one(sql)) is None
