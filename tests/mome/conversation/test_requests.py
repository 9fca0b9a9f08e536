"""Requests about the answer itself."""

from __future__ import annotations

import pytest

from mome.answering.translation import Translation
from mome.conversation.requests import answer_request, unmet_request, unread_request
from mome.conversation.turn import Turn

SQL = "SELECT country, COUNT(*) FROM customer GROUP BY country"
ANSWER = Translation("By country?", "ok", SQL, "sqlite", 0.8, explanation="Shows countries.")
TURN = Turn("By country?", ANSWER)


@pytest.mark.parametrize(
    ("request_", "display"),
    [
        ("as a bar chart", "bar"),
        ("Show it as a table, please.", "table"),
        ("draw a line chart", "line"),
        ("plot it", "chart"),
    ],
)
def test_charts(request_: str, display: str) -> None:
    found = answer_request(request_, TURN)
    assert found is not None
    assert (found.sql, found.display, found.understood) == (SQL, display, "By country?")


@pytest.mark.parametrize(
    ("request_", "note"),
    [
        ("as a pie chart", "a pie chart is not drawn here; there are bar charts, lines and tables"),
        ("export to Excel", "the page has buttons that download the rows, and `mome ask --csv` "
         "prints them"),
        ("why?", "this is how the answer was made: shows countries"),
        ("How do you know?", "this is how the answer was made: shows countries"),
        ("Show me the SQL", "the SQL stands with the answer"),
    ],
)  # fmt: skip
def test_what_is_said_of_the_answer(request_: str, note: str) -> None:
    found = answer_request(request_, TURN)
    assert found is not None
    assert (found.status, found.sql, found.notes[0]) == ("ok", SQL, note)


@pytest.mark.parametrize(
    "question", ["Show all charts", "as percent", "Which customers are there?", "by table"]
)
def test_questions_are_no_requests(question: str) -> None:
    assert answer_request(question, TURN) is None


def test_what_cannot_be_done_is_said() -> None:
    dropped = unmet_request("drop the age", TURN)
    assert dropped is not None and dropped.sql == SQL
    assert dropped.notes == ("the answer has no such part that could be left out",)
    assert unmet_request("sort by revenue", TURN) is None
    found = unread_request("sort by revenue", TURN)
    assert found is not None and found.sql == SQL
    assert found.notes == (
        "the rows cannot be sorted like that; name a column that is shown, or one of its table",
    )
    assert unread_request("Who is the owner of that cat", TURN) is None
