"""The rows of an answer: a number, a chart, the grid and the downloads. Part of `answer_view`."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app import charts, export, notices, session
from app.answers import Entry, Outcome
from app.desk import Desk
from app.downloads import KINDS, MOST_ROWS, Downloads
from app.labels import label_places
from app.markup import count, plain, short
from mome.execution import Result
from mome.execution.bounds import RESULT

# Characters of a column's title; a longer one hides the columns beside it on a laptop.
LONGEST_TITLE = 24
_SIZE = f"{RESULT // 2**20} MiB"
"""Most that a download holds, however many rows that are."""


def show(entry: Entry, outcome: Outcome, result: Result, desk: Desk) -> None:
    """Draw the rows, beside a chart if there is one."""
    if not result.rows:
        notices.empty()
        return
    labels = label_places(outcome.query, result.columns, desk.catalog)
    wanted = entry.translation.display
    drawn = charts.choose(result.columns, result.rows, labels, wanted)
    if charts.is_missed(drawn, wanted):
        st.caption(charts.MISSED[wanted])
    if isinstance(drawn, charts.Metric):
        st.metric(plain(drawn.label), drawn.value)
    elif drawn is not None:
        chart, rows = st.columns([3, 2], gap="large")
        with chart:
            st.altair_chart(drawn, key=f"chart-{entry.number}-{entry.turn}")
        with rows:
            _rows(entry, result, labels, desk)
        return
    _rows(entry, result, labels, desk)


def size(outcome: Outcome) -> str:
    """Return how many rows there are, as far as it is known."""
    result = outcome.result
    if result is None:
        return "no rows"
    if not result.truncated:
        return count(len(result.rows), "row")
    if outcome.total is None:
        return f"More than {count(len(result.rows), 'row')}"
    return count(outcome.total, "row")


def _rows(entry: Entry, result: Result, labels: frozenset[int], desk: Desk) -> None:
    grid = export.grid(result.columns, result.rows)
    exact = export.table(result.columns, result.rows)
    titles = {}
    for place, name in enumerate(grid.column_names):
        title = short(name, LONGEST_TITLE)
        if place in labels and export.is_number(grid, place):
            titles[name] = st.column_config.NumberColumn(title, help=plain(name), format="plain")
        elif not export.is_number(grid, place) and export.is_number(exact, place):
            # Numbers that are shown as text, because the browser would round them.
            titles[name] = st.column_config.TextColumn(title, help=plain(name), alignment="right")
        else:
            titles[name] = st.column_config.Column(title, help=plain(name))
    st.dataframe(grid, hide_index=True, column_config=titles, key=f"rows-{entry.number}")
    _downloads(entry, result, desk)


def _downloads(entry: Entry, result: Result, desk: Desk) -> None:
    outcome = entry.outcome
    if outcome is None or outcome.query is None:
        return
    if result.truncated:
        st.caption(_extent(outcome, result))
    if result.cut:
        st.caption(_cut(result))
    query = outcome.query
    files = session.files(
        entry, lambda: Downloads(query, result, desk.executor, outcome.timeout_s or 0)
    )
    with st.container(horizontal=True):
        for kind, (mime, _) in KINDS.items():
            st.download_button(
                kind,
                # A function: the file is made when it is asked for, not at every run of the page.
                partial(files.content, kind),
                export.file_name(entry.question, kind.lower()),
                mime,
                key=f"{kind}-{entry.number}-{entry.turn}",
                on_click="ignore",
                icon=":material/download:",
            )


def _extent(outcome: Outcome, result: Result) -> str:
    """Return what the grid and the downloads hold of all rows."""
    shown = count(len(result.rows), "row")
    if outcome.total is None:
        first = f"Shown are the first {shown}; there are more, which were not counted in time."
        return f"{first} Downloads hold {MOST_ROWS:,} rows and {_SIZE} at most."
    first = f"Shown are the first {shown} of {outcome.total:,}."
    if outcome.total <= MOST_ROWS:
        return f"{first} Downloads hold all of them, {_SIZE} at most."
    return f"{first} Downloads hold the first {MOST_ROWS:,}, {_SIZE} at most."


def _cut(result: Result) -> str:
    """Return how many values of the grid and the downloads are shortened."""
    verb = "is" if result.cut == 1 else "are"
    return f"{count(result.cut, 'value')} {verb} too long and cut, also in downloads."
