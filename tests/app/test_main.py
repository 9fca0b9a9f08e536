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

from app import answers, launch
from app.desk import Desk
from app.downloads import KINDS, MOST_ROWS
from app.lessons import Lessons
from app.main import EXAMPLES, examples
from app.markup import plain
from app.memories import ListedMemory
from mome.answering.translation import Alternative, Rewritten, Translation
from mome.artifacts.facts import MemoryFact
from mome.artifacts.feedback import LONGEST_QUESTION, REJECTED, VERIFIED, said_about
from mome.catalog import Catalog
from mome.errors import BackboneError, Unreachable
from mome.execution import Executor, open_executor
from mome.guard import guard
from mome.reporting import Reporter
from mome.tune.learn import MemoryChange

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
        page.header,
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
    return page.header[0].value.replace("\\", "")


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
    assert page.title[0].value == "Ask bookshop"
    click(page, plain(CHANNELS.question))
    assert heading(page) == CHANNELS.question


def test_examples_are_the_first_ones_and_some_from_all_over() -> None:
    known = [str(number) for number in range(100)]
    assert examples(known) == ["0", "1", "2", "3", "4", "28", "52", "76"]
    for number in range(EXAMPLES + 1):
        assert examples(known[:number]) == known[:number]
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


def test_rows_are_capped_and_it_says_how_many_there_are(
    desk_of: MakeDesk, catalog: Catalog, executor: Executor
) -> None:
    page = ask(open_room(desk_of(LINES)), LINES.question)
    assert len(page.dataframe[0].value) == 1000
    total = len(executor.run(guard("SELECT 1 FROM order_line", catalog), max_rows=10**6).rows)
    assert total > 1000
    assert f"{total:,} rows" in words(page)
    assert f"first 1,000 rows of {total:,}. Downloads hold all of them, 64 MiB at most." in words(
        page
    )


def test_rows_that_cannot_be_counted_are_more_than_those(
    desk_of: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_count", lambda *_: None)
    page = ask(open_room(desk_of(LINES)), LINES.question)
    assert "More than 1,000 rows" in words(page)
    assert f"Downloads hold {MOST_ROWS:,} rows and 64 MiB at most." in words(page)


def test_values_that_are_cut_are_told(desk_of: MakeDesk) -> None:
    sql = (
        "SELECT 1 AS n, GROUP_CONCAT(a.quantity || ' pieces') AS pieces FROM order_line AS a "
        "CROSS JOIN (SELECT quantity FROM order_line LIMIT 200) AS b"
    )
    page = ask(open_room(desk_of(replace(LINES, sql=sql))), LINES.question)
    assert "1 value is too long and cut, also in downloads." in words(page)


def test_a_question_over_the_limit_is_kept_and_told(desk_of: MakeDesk) -> None:
    long = "How many books? " * 80
    page = ask(open_room(desk_of(COUNT)), long)
    assert f"{len(long) - 1:,} characters, and {LONGEST_QUESTION:,}" in words(page)
    assert page.text_input(key="question").value == long
    assert not page.header


def test_files_are_made_when_they_are_asked_for_and_once(
    desk_of: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(columns: object, rows: object) -> bytes:
        raise AssertionError("nobody asked for it")

    for kind, (mime, _) in KINDS.items():
        monkeypatch.setitem(KINDS, kind, (mime, never))
    page = ask(open_room(desk_of(CHANNELS)), CHANNELS.question)
    assert not page.exception and len(page.download_button) == 2


def test_years_and_ids_are_no_amounts(desk_of: MakeDesk) -> None:
    year = answer("Youngest?", "SELECT MAX(birth_year) AS youngest FROM author")
    total = answer("Sum?", "SELECT SUM(birth_year) AS birth_year FROM author")
    page = open_room(desk_of(year, total))
    assert "," not in ask(page, "Youngest?").metric[0].value
    assert "," in ask(page, "Sum?").metric[0].value


def test_an_answer_is_announced_and_the_page_has_a_main_heading(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(CHANNELS)), CHANNELS.question)
    assert len(page.title) == 1 and page.header[0].value == plain(CHANNELS.question)
    said = [element.proto.body for element in page.get("html")]
    assert [body for body in said if 'role="alert"' in body and "3 rows" in body]


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


def honest(desk: Desk, *translations: Translation) -> Desk:
    """The desk with a model that leaves out what people rejected, as the translator does."""

    def translate(question: str, on_stage: object = None) -> Translation:
        wrong = said_about(desk.path, question).wrong
        for translation in translations:
            if translation.question == question and translation.sql not in wrong:
                return translation
        return Translation(question, "unanswerable", None, "sqlite", 0.0, reason="marked as wrong")

    return replace(desk, translate=translate)


def test_a_thumb_down_takes_the_answer_away_at_once_until_it_is_undone(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    second = answer(COUNT.question, "SELECT COUNT(DISTINCT title) FROM book", confidence=0.3)
    page = ask(open_room(honest(desk, COUNT, second)), COUNT.question)
    page.feedback[0].set_value(0).run()
    assert "COUNT(DISTINCT title)" in page.code[0].value
    assert "not shown for this question any more" in page.success[0].value
    assert "FROM book" in page.code[1].value, "what was marked as wrong can be seen"
    page.feedback[0].set_value(0).run()
    assert "No other answer." in page.info[0].value
    click(page, "Undo")
    assert "COUNT(DISTINCT title)" in page.code[0].value
    click(page, "Not wrong after all")
    assert page.code[0].value.split() == COUNT.sql.split()
    assert stored(desk, REJECTED) == []


def test_what_was_marked_as_wrong_can_be_corrected_where_no_answer_is_left(
    desk_of: MakeDesk,
) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(honest(desk, COUNT)), COUNT.question)
    page.feedback[0].set_value(0).run()
    page.toggle[0].set_value(True).run()
    assert page.text_area[0].value.split() == COUNT.sql.split()
    edit(page, "SELECT COUNT(*) FROM author", "Run and store as right")
    assert page.metric[0].value == "60"
    assert [pair["source"] for pair in stored(desk, VERIFIED)] == ["corrected"]


def test_a_stored_pair_can_be_taken_back(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(desk), COUNT.question)
    page.feedback[0].set_value(0).run()
    before = (stored(desk, VERIFIED), stored(desk, REJECTED))
    edit(page, COUNT.sql, "Run and store as right")
    assert (len(stored(desk, VERIFIED)), stored(desk, REJECTED)) == (1, [])
    click(page, "Undo")
    assert (stored(desk, VERIFIED), stored(desk, REJECTED)) == before
    assert "Taken back." in page.success[0].value
    assert all(button.label != "Undo" for button in page.button)


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


class Tuner:
    """Learns in no time, and writes down what it was told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.heard = error, []

    def learn(
        self, memory: Path, question: str, sql: str, reporter: Reporter, *, stored: bool
    ) -> MemoryChange:
        reporter.stage("Memorising")
        reporter.progress(1, 2, "steps")
        self.heard.append(("learn", question, sql))
        if self.error is not None:
            raise self.error
        return MemoryChange(MemoryFact("f1", "verified", (question,), sql))

    def forget(self, memory: Path, name: str, reporter: Reporter) -> MemoryChange:
        self.heard.append(("forget", name))
        return MemoryChange(MemoryFact("f1", "verified", ("q",), "s"))


def settled(page: AppTest) -> AppTest:
    """The page once the memory is no longer at work."""
    for _ in range(100):
        if not any("at work" in str(element) for element in page.get("progress")):
            return page
        page.run()
    raise AssertionError("the memory is at work for ever")


def test_a_stored_pair_is_learned_in_the_background_and_unlearned(desk_of: MakeDesk) -> None:
    tuner = Tuner()
    desk = replace(desk_of(COUNT), lessons=Lessons(tuner))
    page = ask(open_room(desk), COUNT.question)
    page.feedback[0].set_value(1).run()
    settled(page)
    assert tuner.heard == [("learn", COUNT.question, COUNT.sql)]
    assert "The memory is up to date." in words(page)
    settled(click(page, "Undo"))
    assert tuner.heard[1:] == [("forget", "f1")]
    assert stored(desk, VERIFIED) == []


def test_a_pair_that_is_not_learned_answers_all_the_same(desk_of: MakeDesk) -> None:
    tuner = Tuner(BackboneError("the base model is gone; tune again"))
    desk = replace(desk_of(COUNT), lessons=Lessons(tuner))
    page = ask(open_room(desk), COUNT.question)
    page.feedback[0].set_value(1).run()
    settled(page)
    assert "The base model is gone" in words(page) or "the base model is gone" in words(page)
    assert said_about(desk.path, COUNT.question).sql == COUNT.sql


def test_feedback_that_cannot_be_stored_says_so(desk_of: MakeDesk) -> None:
    desk = desk_of(COUNT)
    page = ask(open_room(desk), COUNT.question)
    (desk.path / VERIFIED).mkdir()
    page.feedback[0].set_value(1).run()
    assert "feedback cannot be read" in page.error[0].value.replace("\\", "")
    assert not page.success


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


def test_a_question_without_a_likely_answer_is_not_said_to_be_out_of_the_database(
    desk_of: MakeDesk,
) -> None:
    unknown = Translation("Oldest?", "unanswerable", None, "sqlite", 0.0, reason="no reading fits")
    page = ask(open_room(desk_of(unknown)), "Oldest?")
    assert page.info[0].value.startswith("**I don't know.** No reading fits")


def test_what_the_sql_leaves_out_is_said_before_the_rows(desk_of: MakeDesk) -> None:
    note = "nothing in this query says 'median'"
    page = ask(open_room(desk_of(replace(COUNT, notes=(note,)))), COUNT.question)
    said = page.caption[0].value.replace("\\", "")
    assert said == "Nothing in this query says 'median'."


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
    assert (page.metric[0].label, page.metric[0].value) == ("number of books", "180")
    difference = "Other reading 1: Shows number of authors instead of number of books."
    assert difference in titles(page)
    click(page, "Use this reading")
    assert page.metric[0].value == "60"


def test_a_chosen_reading_has_the_first_one_beside_it(desk_of: MakeDesk) -> None:
    reading = Alternative("SELECT COUNT(*) FROM book WHERE stock > 0", -0.1)
    desk = desk_of(answer("How many?", COUNT.sql, alternatives=(reading,)))
    page = ask(open_room(desk), "How many?")
    assert "Other reading 1: Only where stock is more than 0." in titles(page)
    click(page, "Use this reading")
    assert "First reading: Not only where stock is more than 0." in titles(page)


def titles(page: AppTest) -> list[str]:
    return [expander.label.replace("\\", "") for expander in page.expander]


def test_columns_are_called_what_they_hold(desk_of: MakeDesk) -> None:
    sql = "SELECT channel, COUNT(*), AVG(store_id) AS mean FROM orders GROUP BY channel"
    page = ask(open_room(desk_of(answer("Channels?", sql))), "Channels?")
    assert list(page.dataframe[0].value.columns) == ["channel", "number of orders", "mean"]
    assert "COUNT(*)" in page.code[0].value


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
        assert "0.2 s" in page.warning[0].value.replace("\\", "")


def test_a_slow_query_can_be_given_more_time(desk_of: MakeDesk, bookshop: ListedMemory) -> None:
    with open_executor(bookshop.path.with_suffix(".sqlite"), timeout_s=0.001) as hasty:
        slow = answer("Slow?", "SELECT COUNT(*) FROM order_line AS a, order_line AS b")
        page = ask(open_room(desk_of(slow, database=lambda: hasty)), "Slow?")
        labels = [button.label for button in page.button]
        assert "Allow 1 min" in labels and "Allow 5 min" in labels
        click(page, "Allow 1 min")
        assert page.metric and not page.warning


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
    assert page.header[0].value == plain(hostile.question)
    assert not page.exception
