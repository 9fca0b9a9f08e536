"""Streamlit's entry point: the page on which people ask. Its arguments are folders of memories;
default: all under MOME_HOME.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from app import (
    actions,
    address,
    ahead_view,
    answer_view,
    label_page,
    memories,
    notices,
    resources,
    session,
    side_view,
)
from app.desk import Desk
from app.markup import plain
from app.memories import ListedMemory
from app.session import Ask, Task
from app.theme import STYLE
from mome.artifacts.home import has_labels, home
from mome.errors import MomeError

# Examples below the empty question box; more of them push it out of a laptop's first screen.
EXAMPLES = 8


def page(arguments: Sequence[str]) -> None:
    """Draw the page; Streamlit calls this on every click."""
    st.set_page_config(page_title="mome", layout="wide")
    st.html(STYLE)
    found, missing = memories.find([Path(argument) for argument in arguments])
    notices.missing(missing)
    if not found:
        notices.no_memory(home())
        return
    is_opened = address.is_new()
    if is_opened:
        notices.no_such_memory(address.choose_memory(found))
    with st.sidebar:
        memory = side_view.choose(found)
    if has_labels(memory.path):
        label_page.show(memory)
        return
    state, box = st.container(), st.empty()
    # The question box is there before the memory is loaded, which takes seconds once.
    with box.container():
        question_box(memory.name)
    try:
        desk = _desk(memory)
    except MomeError as error:
        box.empty()
        notices.unusable(memory.name, str(error))
        return
    with state:
        notices.state_of(resources.health(str(memory.version)))
    if is_opened:
        address.open_answer(desk)
    room(desk)
    with st.sidebar:
        side_view.about(desk, str(memory.version))
    # An address that was opened stays as it was given.
    if not is_opened:
        address.write(desk, memories.names(found)[str(memory.path)], memory == found[0])


def first_memory(folders: Sequence[Path]) -> ListedMemory | None:
    """Return the memory of a database that the page shows first; None if it shows none."""
    found, _ = memories.find(folders)
    return found[0] if found and not has_labels(found[0].path) else None


def room(desk: Desk) -> None:
    """Execute the task and draw the answer."""
    task = session.requested()
    with st.container():  # always there, so that what is below keeps its place when the stages go
        if task is not None:
            ahead = None if session.entries(desk.key) else ahead_view.fetch()
            _execute(task, desk)
            if ahead is not None:
                ahead.empty()
    entry = session.shown(desk.key)
    if entry is None:
        notices.suggest("For example", examples(desk.examples), "examples")
    else:
        answer_view.show(entry, desk)


def _execute(task: Task, desk: Desk) -> None:
    # Another click ends this run with an exception that is no Exception; the task is kept then.
    try:
        actions.do(task, desk)
    except Exception:
        # It would fail again at every run of the page.
        session.done()
        raise
    session.done()


def examples(known: Sequence[str]) -> list[str]:
    """Return some known questions: first those that people verified, then a spread over
    the list.
    """
    first, rest = list(known[: EXAMPLES // 2]), known[EXAMPLES // 2 :]
    wanted = EXAMPLES - len(first)
    if len(rest) <= wanted:
        return first + list(rest)
    # Every (len(rest) / wanted)-th: neighbours in the list come from one rule and read alike.
    return first + [rest[len(rest) * turn // wanted] for turn in range(wanted)]


def _desk(memory: ListedMemory) -> Desk:
    version = str(memory.version)
    translator = resources.translator(str(memory.path), version)
    return Desk(
        memory.path,
        memory.name,
        translator.catalog,
        translator.examples,
        translator.translate,
        lambda: resources.executor(version),
        lambda turns, question, on_stage=None: translator.conversation(turns).ask(
            question, on_stage
        ),
        resources.lessons(),
        translator.measures,
    )


def question_box(name: str) -> None:
    """Draw where a question to the memory of this name is asked."""
    st.title(f"Ask {plain(name)}", anchor=False)
    with st.form("ask", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        # Without `max_chars`: the browser would drop a longer text without a word.
        st.text_input(
            "Question",
            key="question",
            placeholder="Ask in plain words",
            label_visibility="collapsed",
        )
        st.form_submit_button("Ask", type="primary", on_click=_ask)


def _ask() -> None:
    session.request(Ask(st.session_state["question"], follows=True))


if __name__ == "__main__":
    page(sys.argv[1:])
