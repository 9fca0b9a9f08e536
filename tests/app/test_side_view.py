"""The sidebar: memories to choose from, the tree of tables, examples, history; and what the page
says about the state of the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from app.desk import Desk
from app.health import Health
from app.memories import ListedMemory
from mome.answering.translation import Translation

PATIENCE_S = 120
COUNT = Translation("How many books?", "ok", "SELECT COUNT(*) FROM book", "sqlite", 0.9)
STOCK = Translation("Sold out?", "ok", "SELECT title FROM book WHERE stock = 0", "sqlite", 0.9)


def open_page(desk: Desk, *memories: ListedMemory) -> AppTest:
    def show(desk, memories):
        import streamlit as st

        from app import main, side_view

        with st.sidebar:
            chosen = side_view.choose(memories)
            st.caption(f"chosen {chosen.name}")
        main.question_box(desk.name)
        main.room(desk)
        with st.sidebar:
            side_view.about(desk, str(chosen.version))

    page = AppTest.from_function(show, default_timeout=PATIENCE_S, args=(desk, memories)).run()
    assert not page.exception
    return page


def tables(page: AppTest) -> list[str]:
    return [
        expander.label.replace("\\", "").split(" :gray")[0] for expander in page.sidebar.expander
    ]


def turn_to(page: AppTest, tab: str) -> AppTest:
    """Open a tab of the sidebar."""
    page.session_state["side"] = tab
    return page.run()


def heading(page: AppTest) -> str:
    """The question that is answered."""
    return page.header[0].value.replace("\\", "")


def words(page: AppTest) -> str:
    return "\n".join(
        element.value for kind in (page.sidebar.markdown, page.sidebar.caption) for element in kind
    ).replace("\\", "")


def test_a_memory_is_chosen_by_its_name(desk_of: Callable[..., Desk], shop: ListedMemory) -> None:
    other = ListedMemory(Path("/data/farm"), Path("/data/farm/versions/0001"))
    page = open_page(desk_of(COUNT), shop, other)
    assert page.sidebar.selectbox[0].options == ["bookshop", "farm"]
    page.sidebar.selectbox[0].set_value(str(other.path)).run()
    assert "chosen farm" in words(page)


def test_the_schema_is_a_tree_that_can_be_searched(
    desk_of: Callable[..., Desk], shop: ListedMemory
) -> None:
    page = open_page(desk_of(COUNT), shop)
    assert tables(page)[:2] == ["author", "book"]
    assert "→" not in words(page), "what is folded is not drawn"
    page.session_state["table-book"] = True
    page.run()
    assert "→ author" in words(page) and "AU, EB, HC, PB" in words(page)
    page.sidebar.text_input(key="find").set_value("RATING").run()
    assert tables(page) == ["review"]
    page.sidebar.text_input(key="find").set_value("nothing like this").run()
    assert "Nothing by this name." in words(page)


def test_history_brings_an_answer_back(desk_of: Callable[..., Desk], shop: ListedMemory) -> None:
    page = open_page(desk_of(COUNT, STOCK), shop)
    for question in (COUNT.question, STOCK.question):
        page.text_input(key="question").set_value(question)
        next(button for button in page.button if button.label == "Ask").click().run()
    assert heading(page) == "Sold out?"
    turn_to(page, "History")
    page.sidebar.button(key="history-1").click().run()
    assert heading(page) == "How many books?"
    assert page.metric[0].value == "180"


def test_history_outlives_a_reload_until_it_is_cleared(
    desk_of: Callable[..., Desk], shop: ListedMemory
) -> None:
    desk = desk_of(COUNT, STOCK)
    page = open_page(desk, shop)
    page.text_input(key="question").set_value(COUNT.question)
    next(button for button in page.button if button.label == "Ask").click().run()
    again = turn_to(open_page(desk, shop), "History")
    again.sidebar.button(key="history-0").click().run()
    assert heading(again) == "How many books?" and again.metric[0].value == "180"
    again.sidebar.button(key="clear").click().run()
    assert not again.header and "What you ask is listed here." in words(again)
    assert "What you ask is listed here." in words(turn_to(open_page(desk, shop), "History"))


def test_examples_can_be_asked_from_the_sidebar(
    desk_of: Callable[..., Desk], shop: ListedMemory
) -> None:
    page = turn_to(open_page(desk_of(COUNT, STOCK), shop), "Examples")
    page.sidebar.button(key="example-1").click().run()
    assert heading(page) == "Sold out?"


def state_of(health: Health) -> AppTest:
    def show(health):
        from app import notices

        notices.state_of(health)

    return AppTest.from_function(show, default_timeout=PATIENCE_S, args=(health,)).run()


def test_a_database_that_moved_is_a_warning_with_what_moved() -> None:
    page = state_of(
        Health(moved=True, changes=tuple(f"book.c{number}: new column" for number in range(10)))
    )
    assert "has changed since this memory was tuned" in page.warning[0].value
    assert "and 2 more" in [markdown.value for markdown in page.markdown]


def test_a_database_that_is_gone_and_a_role_that_can_write_are_warnings() -> None:
    page = state_of(
        Health(unreachable="no route to host", warnings=("this role can write; use another",))
    )
    assert "No route to host." in page.warning[0].value.replace("\\", "")
    assert "This role can write; use another." in page.warning[1].value.replace("\\", "")


def test_what_is_looked_at_once_is_looked_at_again_when_asked(shop: ListedMemory) -> None:
    def show(version):
        import time

        import streamlit as st

        from app import notices, resources

        st.button("Check for changes", on_click=resources.look_again, args=(version,))
        while (health := resources.health(version)) is None:
            time.sleep(0.05)
        notices.state_of(health)

    page = AppTest.from_function(show, default_timeout=PATIENCE_S, args=(str(shop.version),)).run()
    assert not page.warning
    connection = sqlite3.connect(shop.path.with_suffix(".sqlite"))
    connection.execute("ALTER TABLE book ADD COLUMN isbn TEXT")
    connection.close()
    assert not page.run().warning
    assert "has changed" in page.button[0].click().run().warning[0].value
