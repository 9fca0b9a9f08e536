"""How far the memory is with learning a stored pair. Part of `sql_view`."""

from __future__ import annotations

import streamlit as st

from app.lessons import Lesson
from app.markup import plain

# Seconds between two looks at the lesson.
_LOOK_S = 1.0


def show(lesson: Lesson) -> None:
    """Draw the progress while the lesson goes on, then its result."""
    if lesson.finished:
        _result(lesson)
    else:
        _progress(lesson)


@st.fragment(run_every=_LOOK_S)
def _progress(lesson: Lesson) -> None:
    """Draw the progress; when it ends, the page is drawn anew, on the memory that has learned."""
    if lesson.finished:
        st.rerun()
    st.progress(lesson.share, f"The memory is at work: {plain(lesson.state)}")


def _result(lesson: Lesson) -> None:
    if lesson.failure:
        st.warning(
            f"The memory was not changed; the next `mome tune` does it. {plain(lesson.failure)}"
        )
    else:
        st.caption("The memory is up to date.")
