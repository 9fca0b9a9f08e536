"""The buttons that download an answer, and what the files hold. Part of `rows_view`."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app import export, session
from app.answers import Entry, Outcome
from app.desk import Desk
from app.downloads import KINDS, MOST_ROWS, Downloads
from app.markup import count
from mome.execution import Result
from mome.execution.bounds import RESULT

_SIZE = f"{RESULT // 2**20} MiB"
"""Most that a download holds, however many rows that are."""


def show(entry: Entry, result: Result, desk: Desk) -> None:
    """Draw what the downloads hold, and their buttons."""
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
