"""Follow-ups on the page: what was asked and understood, and how rows are shown on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app import charts
from app.desk import Desk
from mome.answering.translation import Translation
from mome.conversation.turn import Turn
from page import CHANNELS, COUNT, MakeDesk, answer, ask, click, heading, open_room, words

WEB = answer(
    "only for the web",
    "SELECT channel, COUNT(*) AS orders FROM orders WHERE channel = 'web' GROUP BY channel",
    understood="Orders by channel, only for the web?",
)


def following(desk: Desk, asked: list[Sequence[Turn]]) -> Desk:
    """The desk with a conversation that answers WEB to all that follows, and notes the turns."""

    def follow(turns: Sequence[Turn], question: str, on_stage: object = None) -> Translation:
        asked.append(turns)
        return replace(WEB, question=question)

    return replace(desk, follow=follow)


def test_a_follow_up_shows_what_was_understood_and_can_be_changed(desk_of: MakeDesk) -> None:
    asked: list[Sequence[Turn]] = []
    page = ask(open_room(following(desk_of(CHANNELS, COUNT), asked)), CHANNELS.question)
    assert asked == [] and "You asked" not in words(page)
    ask(page, WEB.question)
    assert heading(page) == WEB.understood
    assert "You asked: only for the web" in words(page)
    assert [(turn.asked, turn.answer.sql) for turn in asked[0]] == [
        (CHANNELS.question, CHANNELS.sql)
    ]
    changed = next(box for box in page.text_input if box.label == "The question in full")
    assert changed.value == WEB.understood
    changed.set_value(COUNT.question)
    click(page, "Ask this instead")
    assert heading(page) == COUNT.question
    assert len(asked) == 1, "a changed question stands alone"


def test_a_wanted_chart_is_drawn_or_missed() -> None:
    columns, rows = ("month", "n"), [("2024-01-01", 3), ("2024-02-01", 5)]
    drawn = charts.choose(columns, rows)
    assert not charts.is_missed(drawn, "line") and charts.is_missed(drawn, "bar")
    assert not charts.is_missed(charts.choose(columns, rows, wanted="bar"), "bar")
    assert charts.choose(columns, rows, wanted="table") is None
    assert charts.is_missed(charts.choose(("a", "b", "c"), [(1, 2, 3)], wanted="bar"), "bar")
