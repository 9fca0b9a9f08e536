"""The buttons that download an answer, and what the files hold. Part of `rows_view`."""

from __future__ import annotations

from functools import partial

import altair as alt
import streamlit as st

from app import export, pictures, session
from app.answers import Entry, Outcome
from app.charts import Multiples
from app.columns import Shown
from app.desk import Desk
from app.downloads import KINDS, Downloads, most_rows
from app.markup import count
from mome.execution import Result
from mome.execution.bounds import RESULT

_SIZE = f"{RESULT // 2**20} MiB"
"""Most that a download holds, however many rows that are."""


def show(
    entry: Entry,
    result: Result,
    columns: tuple[Shown, ...],
    desk: Desk,
    drawn: alt.Chart | Multiples | None,
) -> None:
    """Draw what the downloads hold, and their buttons; those of pictures where there is a chart."""
    outcome = entry.outcome
    if outcome is None or outcome.query is None:
        return
    if result.truncated:
        st.caption(_extent(outcome, result))
    if result.cut:
        st.caption(_cut(result))
    query, about = outcome.query, _about(entry, outcome, result)
    files = session.files(
        entry,
        lambda: Downloads(query, result, desk.executor, outcome.timeout_s or 0, columns, about),
    )
    with st.container(horizontal=True, gap="small"):
        for kind, (suffix, mime, _) in KINDS.items():
            # A function: the file is made when it is asked for, not at every run of the page.
            _button(entry, kind, suffix, mime, partial(files.content, kind))
        if drawn is not None:
            _pictures(entry, files, drawn)


def _pictures(entry: Entry, files: Downloads, drawn: alt.Chart | Multiples) -> None:
    for kind, mime in pictures.MIME.items():
        draw = partial(pictures.draw, drawn, entry.question, kind)
        _button(entry, kind, kind.lower(), mime, partial(files.picture, kind, draw))


def _button(entry: Entry, kind: str, suffix: str, mime: str, content: partial[bytes]) -> None:
    st.download_button(
        kind,
        content,
        export.file_name(entry.question, suffix),
        mime,
        key=f"{kind}-{entry.number}-{entry.turn}",
        on_click="ignore",
        icon=":material/download:",
    )


def _about(entry: Entry, outcome: Outcome, result: Result) -> tuple[tuple[str, str], ...]:
    """Return what a workbook tells of its rows."""
    total = len(result.rows) if not result.truncated else outcome.total
    known = f"{total:,}" if total is not None else "not counted in time"
    return (("Question", entry.question), ("SQL", outcome.sql), ("Rows in all", known))


def _extent(outcome: Outcome, result: Result) -> str:
    """Return what the grid and the downloads hold of all rows."""
    shown, most = count(len(result.rows), "row"), most_rows()
    if outcome.total is None:
        first = f"Shown are the first {shown}; there are more, which were not counted in time."
        return f"{first} Downloads hold {most:,} rows and {_SIZE} at most."
    first = f"Shown are the first {shown} of {outcome.total:,}."
    if outcome.total <= most:
        return f"{first} Downloads hold all of them, {_SIZE} at most."
    return f"{first} Downloads hold the first {most:,}, {_SIZE} at most."


def _cut(result: Result) -> str:
    """Return how many values of the grid and the downloads are shortened."""
    verb = "is" if result.cut == 1 else "are"
    return f"{count(result.cut, 'value')} {verb} too long and cut, also in downloads."
