"""One answer on the page: what stands around its rows, and its readings."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import parse_one

from app.markup import plain
from mome.answering.measures import expression_key
from mome.answering.translation import Alternative, Join
from page import CHANNELS, COUNT, MakeDesk, answer, ask, click, open_room, words


def test_an_answer_shows_rows_chart_sql_and_why(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(CHANNELS)), CHANNELS.question)
    assert page.dataframe[0].value["channel"].tolist() == ["phone", "store", "web"]
    assert page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert [button.label for button in page.download_button] == [
        "CSV",
        "Excel",
        "Parquet",
        "PNG",
        "SVG",
    ]
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


def test_joins_and_terms_are_among_the_reasons(desk_of: MakeDesk) -> None:
    joins = (Join("book.genre_id = genre.id", "inferred"),)
    page = ask(
        open_room(desk_of(replace(COUNT, joins=joins, terms=("stock value",)))), COUNT.question
    )
    said = words(page).replace("\\", "")
    assert "book.genre_id = genre.id, a key that names and rows tell of" in said
    assert "stock value" in said


def test_an_answer_is_announced_and_the_page_has_a_main_heading(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(CHANNELS)), CHANNELS.question)
    assert len(page.title) == 1 and page.header[0].value == plain(CHANNELS.question)
    said = [element.proto.body for element in page.get("html")]
    assert [body for body in said if 'role="alert"' in body and "3 rows" in body]


def test_what_the_sql_leaves_out_is_said_before_the_rows(desk_of: MakeDesk) -> None:
    note = "nothing in this query says 'median'"
    page = ask(open_room(desk_of(replace(COUNT, notes=(note,)))), COUNT.question)
    said = page.caption[0].value.replace("\\", "")
    assert said == "Nothing in this query says 'median'."


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
    assert difference in words(page)
    assert "SELECT COUNT" not in "".join(one.value for one in page.markdown)
    click(page, "Use this reading")
    assert page.metric[0].value == "60"


def test_a_chosen_reading_has_the_first_one_beside_it(desk_of: MakeDesk) -> None:
    reading = Alternative("SELECT COUNT(*) FROM book WHERE stock > 0", -0.1)
    desk = desk_of(answer("How many?", COUNT.sql, alternatives=(reading,)))
    page = ask(open_room(desk), "How many?")
    assert "Other reading 1: Only where stock is more than 0." in words(page)
    click(page, "Use this reading")
    assert "First reading: Not only where stock is more than 0." in words(page)


def test_a_hostile_name_is_text(desk_of: MakeDesk) -> None:
    hostile = answer(
        "![x](http://evil) <b> $x$ :red[y]", "SELECT 'http://evil' AS \"![x](http://evil)\", 1 AS n"
    )
    page = ask(open_room(desk_of(hostile)), hostile.question)
    assert page.header[0].value == plain(hostile.question)
    assert not page.exception


def test_a_term_is_named_in_the_place_of_its_formula(desk_of: MakeDesk) -> None:
    asked = answer(
        "Stock value?",
        "SELECT SUM(book.price * book.stock) FROM book",
        explanation="Shows total price times stock.",
    )
    desk = desk_of(asked)
    formula = parse_one(asked.require_sql(), dialect="sqlite").selects[0]
    key = expression_key(formula, desk.catalog)
    page = ask(open_room(replace(desk, measures={key: "stock value"})), asked.question)
    assert "Shows stock value." in words(page)
    assert page.metric[0].label == "stock value"
