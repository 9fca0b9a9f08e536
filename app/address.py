"""The address of an answer: `?memory=NAME&q=QUESTION`. `main` opens what it names, and writes that
of the answer that is shown: the browser's back and forward lead through the answers.

The browser tells its address with each run of the page. It was typed, or gone back to, if it is not
the one that the page wrote last. A click may come before the browser has the last one: what begins
with a click of ours opens no address, and the browser will have the one that was written.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import session
from app.desk import Desk
from app.memories import ListedMemory, names
from app.session import Open
from mome.artifacts.feedback import form

MEMORY, QUESTION = "memory", "q"


def is_new() -> bool:
    """Return whether the browser was led to another address than the page wrote."""
    return not session.was_clicked() and _parts() != session.address()


def choose_memory(memories: Sequence[ListedMemory]) -> str:
    """Choose the memory of a new address. Returns the name of one that is not here, else an empty
    text.
    """
    name = _parts().get(MEMORY, "")
    for path, called in names(memories).items():
        if called == name:
            session.choose_memory(path)
            return ""
    return name


def open_answer(desk: Desk) -> None:
    """Show the answer of a new address, or request that it is opened."""
    session.set_address(_parts())
    question = _parts().get(QUESTION, "")
    known = session.asked(desk.key, question)
    if not question.strip():
        session.done()
        session.show(desk.key, None)
    elif known is not None:
        session.done()
        session.show(desk.key, known.number)
    else:
        session.schedule(Open(question))


def write(desk: Desk, name: str, is_first: bool) -> None:
    """Write the address of what is shown, where it is another one.

    is_first: whether this memory is the one that an address without a name opens.
    """
    entry = session.shown(desk.key)
    parts = session.address()
    if entry is not None:
        wanted = {MEMORY: name, QUESTION: entry.question}
    else:
        wanted = {} if is_first else {MEMORY: name}
    # A question in other letters is the same one: its address stays, for a further entry in the
    # browser's history would make its way back end here.
    if {**wanted, QUESTION: form(wanted.get(QUESTION, ""))} == {
        **parts,
        QUESTION: form(parts.get(QUESTION, "")),
    }:
        return
    st.query_params.from_dict(wanted)
    session.set_address(wanted)


def _parts() -> dict[str, str]:
    parts = st.query_params.to_dict()
    return {name: parts[name] for name in (MEMORY, QUESTION) if name in parts}
