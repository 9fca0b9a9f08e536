"""The page in every state, without a browser: real database, guard and feedback; translations are
given in the place of a model.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import launch
from app.desk import Desk
from app.main import EXAMPLES, examples
from app.markup import plain
from app.memories import ListedMemory
from mome.answering.translation import Alternative, Rewritten, Translation
from mome.artifacts.feedback import REJECTED, VERIFIED
from mome.errors import BackboneError, Unreachable
from mome.execution import Executor, open_executor

PATIENCE_S = 120
MakeDesk = Callable[..., Desk]
SLOW = (
    "SELECT COUNT(*) FROM order_line AS a, order_line AS b, order_line AS c WHERE a.quantity + "
    "b.quantity + c.quantity = 12345"
)


def answer(question: str, sql: str, **more: object) -> Translation:
    return replace(Translation(question, "ok", sql, "sqlite", 0.91), **more)


CHANNELS = answer(
    "Orders by channel?",
    "SELECT channel, COUNT(*) AS orders FROM orders GROUP BY channel",
    explanation="Orders are counted for each channel.",
    literals=(Rewritten("genre.name", "crime novel", "Crime"),),
    verified_match="How many orders came in through each channel?",
    timings={"link": 3.0, "decode": 120.0},
)
LINES = answer("All lines", "SELECT * FROM order_line")
COUNT = answer("How many books?", "SELECT COUNT(*) FROM book")
EMPTY = answer("Free books", "SELECT title FROM book WHERE price < 0")


def open_room(desk: Desk) -> AppTest:
    def show(desk):
        from app import main

        main.room(desk)

    return AppTest.from_function(show, default_timeout=PATIENCE_S, args=(desk,)).run()


def ask(page: AppTest, question: str) -> AppTest:
    page.text_input(key="question").set_value(question)
    click(page, "Ask")
    return page


def click(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def edit(page: AppTest, sql: str, button: str) -> AppTest:
    if not page.text_area:
        page.toggle[0].set_value(True).run()
    page.text_area[0].set_value(sql)
    return click(page, button)


def words(page: AppTest) -> str:
    """Everything written on the page, without the signs of Markdown."""
    kinds = (
        page.title,
        page.subheader,
        page.markdown,
        page.caption,
        page.info,
        page.warning,
        page.error,
        page.success,
        page.code,
    )
    return (
        "\n".join(element.value for kind in kinds for element in kind)
        .replace("\\", "")
        .replace("**", "")
    )


def heading(page: AppTest) -> str:
    """The question that is answered."""
    return (
        next(element.value for element in page.markdown if element.value.startswith("####"))
        .removeprefix("#### ")
        .replace("\\", "")
    )


def stored(desk: Desk, name: str) -> list[dict]:
    path = desk.path / name
    return (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )


def start(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> AppTest:
    monkeypatch.setattr(sys, "argv", ["main.py", *map(str, folders)])
    page = AppTest.from_file(
        Path(launch.__file__).with_name("main.py"), default_timeout=PATIENCE_S
    ).run()
    assert not page.exception
    return page


def test_without_a_memory_the_page_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOME_HOME", str(tmp_path))
    page = start(monkeypatch)
    assert page.title[0].value == "No memory yet"
    assert page.code[0].value.startswith("mome tune --db-url ")
    assert not page.text_input


def test_a_folder_without_a_memory_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = start(monkeypatch, tmp_path / "gone")
    assert str(tmp_path / "gone") in page.warning[0].value.replace("\\", "")


def test_a_memory_that_cannot_be_loaded_says_why(
    shop: ListedMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = start(monkeypatch, shop.path)
    assert "This memory cannot be used." in page.error[0].value
    assert "mome tune" in page.error[0].value


def test_before_a_question_there_are_examples_to_click(desk_of: MakeDesk) -> None:
    page = open_room(desk_of(COUNT, CHANNELS))
    assert page.subheader[0].value == "Ask bookshop"
    click(page, plain(CHANNELS.question))
    assert heading(page) == CHANNELS.question


def test_examples_are_the_first_ones_and_some_from_all_over() -> None:
    known = [str(number) for number in range(100)]
    assert examples(known) == ["0", "1", "2", "3", "4", "28", "52", "76"]
    assert examples(known[:5]) == known[:5]
    assert len(examples(known)) == EXAMPLES
    assert examples([]) == []


def test_an_answer_shows_rows_chart_sql_and_why(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(CHANNELS)), CHANNELS.question)
    assert page.dataframe[0].value["channel"].tolist() == ["phone", "store", "web"]
    assert page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert [button.label for button in page.download_button] == ["CSV", "Parquet"]
    assert page.code[0].value.splitlines()[0] == "SELECT"
    said = words(page)
    rewritten = "crime novel → Crime in genre.name"
    for part in (
        "91% confident",
        "Verified question",
        "3 rows",
        "orders.channel",
        rewritten,
        CHANNELS.explanation,
    ):
        assert part in said
    assert page.status[0].state == "complete"
    assert page.status[0].label.startswith("3 rows in ")


def test_a_single_number_is_shown_large(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(COUNT)), COUNT.question)
    assert page.metric[0].value == "180"


def test_rows_are_capped_and_it_says_so(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(LINES)), LINES.question)
    assert len(page.dataframe[0].value) == 1000
    assert "first 1,000 rows; there are more" in words(page)


def test_an_empty_result_says_so(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(EMPTY)), EMPTY.question)
    assert "No rows." in page.info[0].value
    assert not page.dataframe


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


def test_thumbs_are_stored(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(desk), COUNT.question)
    page.feedback[0].set_value(1).run()
    assert stored(desk, VERIFIED) == [
        {"question": COUNT.question, "sql": COUNT.sql, "source": "thumbs_up"}
    ]
    page.feedback[0].set_value(0).run()
    assert stored(desk, VERIFIED) == []
    assert stored(desk, REJECTED) == [
        {"question": COUNT.question, "sql": COUNT.sql, "source": "thumbs_down"}
    ]
    assert not page.exception


def test_feedback_that_cannot_be_stored_says_so(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(desk), COUNT.question)
    (desk.path / VERIFIED).mkdir()
    page.feedback[0].set_value(1).run()
    assert "not stored" in page.error[0].value


def test_a_question_that_the_database_cannot_answer_offers_others(desk_of: MakeDesk) -> None:
    weather = Translation(
        "Weather?",
        "unanswerable",
        None,
        "sqlite",
        0.8,
        reason="nothing here answers it",
        nearest=(COUNT.question,),
    )
    page = ask(open_room(desk_of(weather, COUNT)), "Weather?")
    assert "Not in this database." in page.info[0].value
    click(page, plain(COUNT.question))
    assert page.metric[0].value == "180"


def test_a_question_that_was_blocked_says_why(desk_of: MakeDesk) -> None:
    blocked = Translation(
        "Drop it", "blocked", None, "sqlite", 0.0, reason="only reading is possible here"
    )
    page = ask(open_room(desk_of(blocked)), "Drop it")
    assert "Only reading is possible here." in words(page)


def test_an_ambiguous_question_has_readings_to_choose_from(desk_of: MakeDesk) -> None:
    readings = (Alternative("SELECT COUNT(*) FROM author", -0.1),)
    page = ask(
        open_room(
            desk_of(answer("How many?", COUNT.sql, status="ambiguous", alternatives=readings))
        ),
        "How many?",
    )
    assert "more than one way" in page.info[0].value
    assert page.metric[0].value == "180"
    click(page, "Use this reading")
    assert page.metric[0].value == "60"


def test_a_translator_that_fails_says_why(desk_of: MakeDesk) -> None:
    def failing(question: str, on_stage: object = None) -> Translation:
        raise BackboneError("the base model is gone; tune again")

    desk = desk_of()
    page = ask(
        open_room(Desk(desk.path, desk.name, desk.catalog, (), failing, desk.executor)), "How many?"
    )
    assert "The base model is gone; tune again." in words(page)


def test_a_slow_query_is_stopped_and_can_be_tried_again(
    desk_of: MakeDesk, bookshop: ListedMemory
) -> None:
    with open_executor(bookshop.path.with_suffix(".sqlite"), timeout_s=0.2) as hasty:
        page = ask(open_room(desk_of(answer("Slow?", SLOW), database=lambda: hasty)), "Slow?")
        assert "Stopped." in page.warning[0].value
        click(page, "Try again")
        assert "Stopped." in page.warning[0].value


def test_a_database_that_is_gone_and_comes_back(desk_of: MakeDesk, executor: Executor) -> None:
    state = {"there": False}

    def database() -> Executor:
        if not state["there"]:
            raise Unreachable("the server does not answer; start it")
        return executor

    page = ask(open_room(desk_of(COUNT, database=database)), COUNT.question)
    assert "The database does not answer." in page.error[0].value
    state["there"] = True
    click(page, "Try again")
    assert page.metric[0].value == "180"


def test_a_hostile_name_is_text(desk_of: MakeDesk) -> None:
    hostile = answer(
        "![x](http://evil) <b> $x$ :red[y]", "SELECT 'http://evil' AS \"![x](http://evil)\", 1 AS n"
    )
    page = ask(open_room(desk_of(hostile)), hostile.question)
    assert f"#### {plain(hostile.question)}" in [element.value for element in page.markdown]
    assert not page.exception
