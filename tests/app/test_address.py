"""Addresses of answers, on the page without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from app import history
from app.desk import Desk
from app.memories import ListedMemory
from page import CHANNELS, COUNT, PATIENCE_S, MakeDesk, click, heading

FARM = ListedMemory(Path("/data/farm"), Path("/data/farm/versions/0001"))


def opened(desk: Desk, memories: list[ListedMemory], parts: dict[str, str]) -> AppTest:
    """The page at an address; what is above and below the answer is left out."""

    def show(desk, memories):
        import streamlit as st

        from app import address, main, side_view

        is_new = address.is_new()
        if is_new:
            st.caption(f"missing: {address.choose_memory(memories)}")
        chosen = side_view.choose(memories)
        st.caption(f"chosen: {chosen.name}")
        if is_new:
            address.open_answer(desk)
        main.question_box(desk.name)
        main.room(desk)
        if not is_new:
            address.write(desk, chosen.name, chosen == memories[0])

    page = AppTest.from_function(show, default_timeout=PATIENCE_S, args=(desk, memories))
    for name, value in parts.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def captions(page: AppTest) -> list[str]:
    return [caption.value for caption in page.caption]


def parts(page: AppTest) -> dict[str, str]:
    """What the address says; Streamlit's test gives texts before the page writes, then lists."""
    found = {name: page.query_params[name] for name in page.query_params}
    return {name: value if isinstance(value, str) else value[0] for name, value in found.items()}


def test_the_address_of_a_question_asks_it(desk_of: MakeDesk, shop: ListedMemory) -> None:
    page = opened(desk_of(COUNT), [shop, FARM], {"memory": "bookshop", "q": COUNT.question})
    assert heading(page) == COUNT.question and page.metric[0].value == "180"
    assert parts(page)["q"] == COUNT.question


def test_an_answer_is_written_into_the_address(desk_of: MakeDesk, shop: ListedMemory) -> None:
    page = opened(desk_of(COUNT, CHANNELS), [shop], {})
    assert not page.query_params
    page.text_input(key="question").set_value(COUNT.question)
    click(page, "Ask")
    assert parts(page) == {"memory": "bookshop", "q": COUNT.question}


def test_a_memory_that_is_not_here_is_told(desk_of: MakeDesk, shop: ListedMemory) -> None:
    page = opened(desk_of(COUNT), [shop, FARM], {"memory": "/etc", "q": COUNT.question})
    assert "missing: /etc" in captions(page)
    assert "chosen: farm" in captions(opened(desk_of(), [shop, FARM], {"memory": "farm"}))


def test_sql_that_a_person_wrote_is_opened_as_it_is(desk_of: MakeDesk, shop: ListedMemory) -> None:
    desk = desk_of(COUNT)
    page = opened(desk, [shop], {"q": COUNT.question})
    page.toggle[0].set_value(True).run()
    page.text_area[0].set_value("SELECT 7 AS n")
    click(page, "Run")
    assert page.metric[0].value == "7"
    again = opened(desk, [shop], {"q": COUNT.question.lower()})
    assert again.metric[0].value == "7"
    kept = history.find(desk.path, COUNT.question)
    assert kept is not None and kept.origin == "person"


def test_a_click_before_the_browser_has_the_last_address_opens_nothing(
    desk_of: MakeDesk, shop: ListedMemory
) -> None:
    page = opened(desk_of(COUNT, CHANNELS), [shop], {"q": COUNT.question})
    # As a browser that has not heard of the address yet.
    page.query_params.clear()
    page.text_input(key="question").set_value(CHANNELS.question)
    click(page, "Ask")
    assert heading(page) == CHANNELS.question
    assert parts(page) == {"memory": "bookshop", "q": CHANNELS.question}
