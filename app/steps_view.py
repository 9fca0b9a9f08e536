"""The steps that a click takes from an answer, and rows behind a figure. Part of `rows_view`."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import grid, notices, session
from app.answers import Entry
from app.chart_axes import PICKED
from app.columns import shown_columns
from app.desk import Desk
from app.markup import count, plain
from app.session import LookBehind, TakeStep
from app.steps import Grouped, next_steps, place_named, rows_behind

MOST_CHOICES = 200
"""Rows that can be chosen from the list; all can be clicked."""


def show(entry: Entry, found: Grouped) -> None:
    """Draw the steps as buttons, and a list for those who do not click on charts."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for number, step in enumerate(next_steps(found)):
            st.button(
                step.label,
                key=f"step-{entry.number}-{entry.turn}-{number}",
                on_click=session.request,
                args=(TakeStep(entry.number, step.question, step.sql),),
            )
        is_known = rows_behind(found, found.given.rows[0]) is not None
        if is_known and not found.dimensions:
            st.button(
                "Rows behind it",
                key=f"behind-{entry.number}-{entry.turn}",
                on_click=_look,
                args=(entry, found, 0),
            )
        elif is_known:
            _choice(entry, found)


def picked_mark(key: str, entry: Entry, found: Grouped) -> None:
    """Look behind the mark of a chart that was clicked."""
    marks: Any = st.session_state[key].selection.get(PICKED, [])
    rows = [mark["row"] for mark in marks if mark.get("row") is not None]
    if rows:
        _look(entry, found, int(rows[0]))


def picked_cell(key: str, entry: Entry, found: Grouped) -> None:
    """Look behind the row of a cell that was clicked."""
    cells: Any = st.session_state[key].selection.cells
    if cells:
        _look(entry, found, int(cells[0][0]))


def behind(entry: Entry, desk: Desk) -> None:
    """Draw the rows behind a figure, if they were asked for."""
    found = session.behind(entry)
    if found is None:
        return
    outcome, about = found.outcome, f" {found.about}" if found.about else " it"
    st.subheader(plain(f"Rows behind{about}"), anchor=False)
    if outcome.failure is not None or outcome.result is None:
        notices.failure(entry, outcome.failure) if outcome.failure else notices.empty()
        return
    result = outcome.result
    number = len(result.rows) if not result.truncated else outcome.total
    many = count(number, "row") if number is not None else f"more than {len(result.rows):,} rows"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(many)
        st.button(
            "Open as an answer",
            key=f"open-{entry.number}-{entry.turn}",
            on_click=session.request,
            args=(TakeStep(entry.number, f"the rows behind{about}", outcome.sql),),
        )
    columns = shown_columns(outcome.query, result.columns, desk.catalog)
    shown = grid.table(result, columns)
    configs = grid.configs(result, columns, shown)
    st.dataframe(shown, hide_index=True, column_config=configs, key=f"behind-rows-{entry.number}")


def _choice(entry: Entry, found: Grouped) -> None:
    rows = found.given.rows[:MOST_CHOICES]
    key = f"choice-{entry.number}-{entry.turn}"
    st.selectbox(
        "Rows behind",
        range(len(rows)),
        index=None,
        format_func=lambda row: place_named(found, rows[row]),
        placeholder="Choose a figure",
        key=key,
        on_change=_chosen,
        args=(key, entry, found),
        width=280,
    )


def _chosen(key: str, entry: Entry, found: Grouped) -> None:
    row = st.session_state[key]
    if row is not None:
        _look(entry, found, row)


def _look(entry: Entry, found: Grouped, row: int) -> None:
    values = found.given.rows[row]
    sql = rows_behind(found, values)
    if sql is not None:
        session.request(LookBehind(entry.number, place_named(found, values), sql))
