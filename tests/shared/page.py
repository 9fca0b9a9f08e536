"""The page in a test without a browser: opened, asked, clicked and read. The tests of `app` share
it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from app.desk import Desk
from mome.answering.translation import Rewritten, Translation

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

        main.question_box(desk.name)
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


def titles(page: AppTest) -> list[str]:
    return [expander.label.replace("\\", "") for expander in page.expander]
