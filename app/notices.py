"""One function for each state in which there are no rows, or something to know before trusting
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from app import session
from app.answers import Entry, Failure, Outcome
from app.health import Health
from app.markup import plain, sentence
from app.session import Ask, RunSql
from mome.artifacts.feedback import form

# Changes listed in full: a warning that fills the screen hides the question box.
SHOWN_CHANGES = 8
# Seconds that a query may be given after it was stopped, each if it was given less before.
LONGER_S = (60.0, 300.0)
TUNE = "mome tune --db-url postgresql://reader@localhost/warehouse"


def no_memory(home: Path) -> None:
    """Say that there is no memory yet."""
    st.title("No memory yet")
    st.write("A memory is one database, memorised. Make the first one, then open this page again:")
    st.code(TUNE, language="bash")
    st.write(
        "A path works as well: a .sqlite, .db, .duckdb, .csv or .parquet file, or a folder of csv "
        "and parquet files."
    )
    st.caption(f"Looked in {plain(home)}")


def missing(paths: Sequence[Path]) -> None:
    """Name folders that hold no memory."""
    for path in paths:
        st.warning(
            f"There is no memory in {plain(path)}. `mome tune --db-url URL --memory DIR` makes "
            "one there."
        )


def no_such_memory(name: str) -> None:
    """Say that an address names a memory that is not here; nothing for an empty name."""
    if name:
        st.warning(f"There is no memory {plain(name)} here; another one is shown.")


def unusable(name: str, reason: str) -> None:
    """Say why a memory cannot be loaded."""
    st.title(plain(name))
    st.error(f"This memory cannot be used. {plain(sentence(reason))}")


def state_of(health: Health | None) -> None:
    """Show the state of the database above everything else."""
    if health is None:
        return
    if health.unreachable:
        st.warning(
            "The database does not answer, so questions become SQL but no rows. "
            f"{plain(sentence(health.unreachable))}"
        )
    for warning in health.warnings:
        st.warning(plain(sentence(warning)))
    if health.moved:
        st.warning(
            "The database has changed since this memory was tuned; answers may be out of date. "
            "Run `mome tune` again."
        )
        with st.expander("What changed"):
            _changes(health.changes)


def _changes(lines: Sequence[str]) -> None:
    for line in lines[:SHOWN_CHANGES]:
        st.write(plain(line))
    if len(lines) > SHOWN_CHANGES:
        st.write(f"and {len(lines) - SHOWN_CHANGES} more")
    # The fingerprint covers the order of the columns, which no line of the comparison names.
    if not lines:
        st.write("The order of the columns.")


def failure(entry: Entry, found: Failure) -> None:
    """Say why a query did not finish."""
    reason = plain(sentence(found.reason))
    match found.kind:
        case "refused":
            st.error(
                "**Not run.** Only queries that read this database's own tables are let through. "
                f"{reason}"
            )
        case "timeout":
            st.warning(f"**Stopped.** {reason}")
        case "gone":
            st.error(f"**The database does not answer.** {reason}")
        case "failed":
            st.error(f"**The database refused the query.** {reason}")
    # Only these two may go otherwise at the next try with the same SQL.
    if found.kind in ("gone", "timeout") and entry.outcome is not None:
        with st.container(horizontal=True):
            _again(entry, entry.outcome, found.kind)


def _again(entry: Entry, outcome: Outcome, kind: str) -> None:
    """Offer the same SQL again, after a timeout with more time."""
    choices = {"Try again": outcome.timeout_s}
    for seconds in LONGER_S:
        if kind == "timeout" and seconds > (outcome.timeout_s or 0):
            choices[f"Allow {seconds / 60:.0f} min"] = seconds
    for label, allowed in choices.items():
        st.button(
            label,
            key=f"again-{entry.number}-{label}",
            on_click=session.request,
            args=(RunSql(entry.number, outcome.sql, timeout_s=allowed),),
        )


def not_asked(reason: str) -> None:
    """Say why a question was not asked; the question box keeps it."""
    st.error(f"**Not asked.** {plain(sentence(reason))}")


def empty() -> None:
    """Say that a query returned no rows."""
    st.info(
        "**No rows.** The query ran, and nothing in the database fits it. Look at its conditions: "
        "a value may be stored otherwise."
    )


def no_answer(entry: Entry, wrong: Sequence[str]) -> None:
    """Say why there is no SQL, and offer questions that can be answered.

    wrong: the queries that people marked as wrong for this question.
    """
    reason = plain(sentence(entry.translation.reason))
    match entry.translation.status:
        case "unanswerable" if wrong:
            st.info(f"**No other answer.** {reason}")
        # It has a confidence only where the model is that sure that nothing answers the question.
        case "unanswerable" if entry.translation.confidence > 0:
            st.info(f"**Not in this database.** {reason}")
        case "unanswerable":
            st.info(f"**I don't know.** {reason}")
        case "blocked":
            st.error(f"**Not run.** The SQL for this question was refused. {reason}")
        case _:
            st.error(f"**No answer.** {reason}")
    asked = form(entry.question)
    others = [question for question in entry.translation.nearest if form(question) != asked]
    suggest("Nearest questions that can be answered", others, f"nearest-{entry.number}")


def suggest(title: str, questions: Sequence[str], key: str) -> None:
    """Offer questions to click."""
    if not questions:
        return
    st.caption(title)
    with st.container(key=key):
        for number, question in enumerate(questions):
            st.button(
                plain(question),
                key=f"{key}-{number}",
                on_click=session.request,
                args=(Ask(question),),
            )
