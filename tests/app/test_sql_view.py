"""SQL that is edited on the page: run, refused, stored."""

from __future__ import annotations

import pytest

from mome.answering.translation import Alternative
from mome.artifacts.feedback import VERIFIED
from page import COUNT, MakeDesk, answer, ask, click, edit, open_room, stored, words


def test_the_sql_can_be_edited_and_run_again(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(COUNT)), COUNT.question)
    edit(page, "SELECT COUNT(*) FROM author", "Run")
    assert page.metric[0].value == "60"
    assert "SQL edited by hand" in words(page)
    assert "FROM author" in page.text_area[0].value


@pytest.mark.parametrize("sql", ["DELETE FROM book", "SELECT * FROM secrets", "not sql at all"])
def test_sql_that_the_guard_refuses_is_not_run(desk_of: MakeDesk, sql: str) -> None:
    page = edit(ask(open_room(desk_of(COUNT)), COUNT.question), sql, "Run")
    assert "Not run." in page.error[0].value
    assert not page.metric and not page.dataframe
    assert page.text_area[0].value == sql


def test_corrected_sql_is_stored_when_it_runs(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(desk), COUNT.question)
    edit(page, "SELECT COUNT(*) FROM nowhere", "Run and store as right")
    assert "Not stored" in page.warning[0].value
    edit(page, "select count(*) from book where stock > 0", "Run and store as right")
    assert "Stored as a verified pair" in page.success[0].value
    sql = "SELECT COUNT(*) FROM book WHERE stock > 0"
    assert stored(desk, VERIFIED) == [
        {"question": COUNT.question, "sql": sql, "source": "corrected"}
    ]


def test_sql_that_nobody_edited_is_not_stored_as_corrected(desk_of: MakeDesk) -> None:
    reading = Alternative("SELECT COUNT(*) FROM author", -0.1)
    desk = desk_of(answer("How many?", COUNT.sql, alternatives=(reading,)))
    page = ask(open_room(desk), "How many?")
    page.toggle[0].set_value(True).run()
    click(page, "Run and store as right")
    assert "edited by hand" not in words(page) and "91% confident" in words(page)
    edit(page, "select count ( * )\nfrom book -- all", "Run")
    assert "edited by hand" not in words(page)
    click(page, "Use this reading")
    assert "Another reading" in words(page) and "edited by hand" not in words(page)
    page.feedback[0].set_value(1).run()
    assert [pair["source"] for pair in stored(desk, VERIFIED)] == ["thumbs_up", "chosen"]
    click(page, "Use this reading")
    assert page.metric[0].value == "180", "the first reading can be chosen again"


def test_feedback_that_cannot_be_stored_says_so(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(desk), COUNT.question)
    (desk.path / VERIFIED).mkdir()
    page.feedback[0].set_value(1).run()
    assert "feedback cannot be read" in page.error[0].value.replace("\\", "")
    assert not page.success
