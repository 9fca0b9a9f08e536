"""The SQL of an answer: shown, edited, run again and judged. Part of `answer_view`."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import lesson_view, session
from app.answers import Entry, pretty
from app.markup import plain
from app.naming import named_sql
from app.session import AcceptAgain, Judge, RunSql, TakeBack

# Height of one line of Streamlit's text area.
_LINE_PIXELS = 24


def show(entry: Entry, dialect: str, wrong: Sequence[str]) -> None:
    """Draw the SQL that ran last and its actions; without an answer, a box to write SQL.

    wrong: the queries that people marked as wrong for this question.
    """
    if not wrong and _is_out_of_the_database(entry):
        return
    has_sql = entry.sql is not None or bool(wrong)
    with st.container(horizontal=True, vertical_alignment="center"):
        if has_sql:
            st.markdown(f"**SQL** ({plain(dialect)})")
        label = "Edit" if has_sql else "Write the SQL yourself"
        editing = st.toggle(label, key=f"editing-{entry.number}", value=_was_refused(entry))
    # Where there is no answer any more, the SQL that was marked as wrong is there to be corrected.
    sql = entry.sql or (wrong[-1] if wrong else "")
    # What a person wrote keeps its own layout.
    text = sql if entry.origin == "person" else pretty(_named(entry, sql, dialect), dialect)
    if editing:
        _editor(entry, text)
    elif entry.sql is not None:
        st.code(text, language="sql", wrap_lines=True)
    _thumbs(entry)
    _note(entry)
    _marked(entry, wrong, dialect)


def _named(entry: Entry, sql: str, dialect: str) -> str:
    """Return the SQL with the names of the page's columns."""
    result = entry.outcome.result if entry.outcome is not None else None
    return sql if result is None else named_sql(sql, result.columns, dialect)


def _note(entry: Entry) -> None:
    """Draw what was said last, how far the memory is, and how to undo it."""
    note = session.noted(entry.number)
    if note is None:
        return
    {"success": st.success, "warning": st.warning, "error": st.error}[note.tone](note.line)
    if note.lesson is not None:
        lesson_view.show(note.lesson)
    if note.before is not None:
        st.button(
            "Undo",
            key=f"undo-{entry.number}-{entry.turn}",
            icon=":material/undo:",
            on_click=session.request,
            args=(TakeBack(entry.number),),
        )


def _marked(entry: Entry, wrong: Sequence[str], dialect: str) -> None:
    """Draw the queries that are left out of the answers to this question."""
    for number, sql in enumerate(wrong):
        with st.expander(f"Marked as wrong {number + 1}"):
            st.code(pretty(sql, dialect), language="sql", wrap_lines=True)
            st.button(
                "Not wrong after all",
                key=f"accept-{entry.number}-{number}",
                on_click=session.request,
                args=(AcceptAgain(entry.number, sql),),
            )


def _is_out_of_the_database(entry: Entry) -> bool:
    """Return whether no SQL answers a question: it is about something else, or asks to write."""
    answer = entry.translation
    is_other = answer.status == "unanswerable" and answer.confidence > 0
    return entry.outcome is None and (is_other or answer.status == "blocked")


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
            store = "Runs it, and stores it: it answers this question from now on, and is learned"
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
    stored; `Undo` does.
    """
    thumb = st.session_state[key]
    if thumb is not None:
        session.request(Judge(number, bool(thumb)))
