"""The rows of an answer on the page: how many there are, and how they are called and drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import answers, pictures
from app.downloads import KINDS, MOST_ROWS
from mome.catalog import Catalog
from mome.execution import Executor
from mome.guard import guard
from page import CHANNELS, COUNT, EMPTY, LINES, MakeDesk, answer, ask, open_room, words


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


def test_files_are_made_when_they_are_asked_for_and_once(
    desk_of: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*given: object) -> bytes:
        raise AssertionError("nobody asked for it")

    for kind, (suffix, mime, _) in KINDS.items():
        monkeypatch.setitem(KINDS, kind, (suffix, mime, never))
    monkeypatch.setattr(pictures, "draw", never)
    page = ask(open_room(desk_of(CHANNELS)), CHANNELS.question)
    assert not page.exception and len(page.download_button) == 5


def test_years_and_ids_are_no_amounts(desk_of: MakeDesk) -> None:
    year = answer("Youngest?", "SELECT MAX(birth_year) AS youngest FROM author")
    total = answer("Sum?", "SELECT SUM(birth_year) AS birth_year FROM author")
    page = open_room(desk_of(year, total))
    assert "," not in ask(page, "Youngest?").metric[0].value
    assert "," in ask(page, "Sum?").metric[0].value


def test_an_empty_result_says_so(desk_of: MakeDesk) -> None:
    page = ask(open_room(desk_of(EMPTY)), EMPTY.question)
    assert "No rows." in page.info[0].value
    assert not page.dataframe


def test_columns_are_called_what_they_hold(desk_of: MakeDesk) -> None:
    sql = "SELECT channel, COUNT(*), AVG(store_id) AS mean FROM orders GROUP BY channel"
    page = ask(open_room(desk_of(answer("Channels?", sql))), "Channels?")
    assert list(page.dataframe[0].value.columns) == ["channel", "number of orders", "mean"]
    assert "COUNT(*)" in page.code[0].value
