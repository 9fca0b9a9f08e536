"""An answer as a turn of a conversation: what was asked and what it follows, changed, pinned. Part
of `answer_view`.
"""

from __future__ import annotations

import streamlit as st

from app import history, session
from app.answers import Entry
from app.desk import Desk
from app.markup import plain, short
from app.session import Ask, Open, Pin

LONGEST_HEADING = 300
"""Characters of a question as a heading; the box above holds all of it."""
_LONGEST_STEP = 40


def show(entry: Entry, desk: Desk) -> None:
    """Draw what was asked where the heading is what was understood, and what can be done."""
    if entry.asked:
        st.caption(f"You asked: {plain(short(entry.asked, LONGEST_HEADING))}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _pin(entry, desk)
        _change(entry)
        if entry.after:
            _before(entry)


def _pin(entry: Entry, desk: Desk) -> None:
    kept = history.find(desk.path, entry.question)
    # Where the folder cannot be written there is nothing to pin.
    if kept is None:
        return
    st.button(
        "Unpin" if kept.pinned else "Pin",
        key=f"pin-{entry.number}-{kept.pinned}",
        icon=":material/keep_off:" if kept.pinned else ":material/keep:",
        help="Pinned questions stand first in the history and are not cleared",
        on_click=session.request,
        args=(Pin(entry.number, not kept.pinned),),
    )


def _before(entry: Entry) -> None:
    """Draw the way back to the turn that this one followed; asked further from there, the
    conversation branches.
    """
    st.button(
        f"Follows: {plain(short(entry.after, _LONGEST_STEP))}",
        key=f"after-{entry.number}",
        icon=":material/arrow_back:",
        on_click=_go_back,
        args=(entry,),
    )


def _go_back(entry: Entry) -> None:
    known = session.asked(entry.memory, entry.after)
    if known is None:
        session.request(Open(entry.after))
    else:
        session.clicked()
        session.show(entry.memory, known.number)


def _change(entry: Entry) -> None:
    """Draw the question to be changed: in full, and a follow-up also in the person's words."""
    title = "Change how it was understood" if entry.asked else "Change the question"
    key = f"understood-{entry.number}-{entry.turn}"
    with st.popover(title):
        with st.form(key, border=False):
            st.text_input("The question in full", entry.question, key=f"{key}-text")
            st.form_submit_button("Ask this instead", on_click=_ask_instead, args=(f"{key}-text",))
        if entry.asked and entry.origin != "step":
            with st.form(f"{key}-again", border=False):
                st.text_input("Your words", entry.asked, key=f"{key}-asked")
                st.form_submit_button(
                    "Ask after the same question",
                    on_click=_ask_in_place,
                    args=(f"{key}-asked", entry.number),
                )


def _ask_instead(key: str) -> None:
    session.request(Ask(st.session_state[key]))


def _ask_in_place(key: str, number: int) -> None:
    session.request(Ask(st.session_state[key], instead_of=number))
