"""The SQL of an answer: shown, edited, run again and judged. Part of `answer_view`."""

from __future__ import annotations

import streamlit as st

from app import session
from app.answers import Entry, pretty
from app.markup import plain
from app.session import Judge, RunSql

# Height of one line of Streamlit's text area.
_LINE_PIXELS = 24


def show(entry: Entry, dialect: str) -> None:
    """Draw the SQL that ran last and its actions."""
    heading, edit = st.columns([3, 1], vertical_alignment="center")
    heading.markdown(f"**SQL** ({plain(dialect)})")
    editing = edit.toggle("Edit", key=f"editing-{entry.number}", value=_was_refused(entry))
    sql = entry.sql or ""
    # What a person wrote keeps its own layout.
    text = sql if entry.edited else pretty(sql, dialect)
    if editing:
        _editor(entry, text)
    else:
        st.code(text, language="sql", wrap_lines=True)
    _thumbs(entry)
    said = session.noted(entry.number)
    if said is not None:
        tone, line = said
        {"success": st.success, "warning": st.warning, "error": st.error}[tone](line)


def _was_refused(entry: Entry) -> bool:
    return entry.outcome is not None and entry.outcome.failure is not None


def _editor(entry: Entry, text: str) -> None:
    """Draw the editor as a form, so that the text arrives with the click that sends it."""
    key = f"sql-{entry.number}-{entry.turn}"
    with st.form(f"form-{entry.number}", border=False):
        st.text_area(
            "SQL",
            text,
            key=key,
            label_visibility="collapsed",
            height=max(120, _LINE_PIXELS * (text.count("\n") + 3)),
        )
        with st.container(horizontal=True):
            st.form_submit_button(
                "Run", type="primary", on_click=_send, args=(entry.number, key, False)
            )
            store = "Runs it, and stores it with the question as a verified pair for the next tune"
            st.form_submit_button(
                "Run and store as right", help=store, on_click=_send, args=(entry.number, key, True)
            )


def _send(number: int, key: str, keep: bool) -> None:
    session.request(RunSql(number, st.session_state[key], keep))


def _thumbs(entry: Entry) -> None:
    if entry.outcome is None or entry.outcome.result is None:
        return
    key = f"thumbs-{entry.number}-{entry.turn}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Is this right?")
        st.feedback("thumbs", key=key, on_change=_judge, args=(entry.number, key))


def _judge(number: int, key: str) -> None:
    """Schedule a verdict: 0 is thumbs down, 1 thumbs up; None withdraws a thumb and changes nothing
    stored.
    """
    thumb = st.session_state[key]
    if thumb is not None:
        session.request(Judge(number, bool(thumb)))
