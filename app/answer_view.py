"""One answer on the page: confidence, chart, rows, SQL and the reasons to trust it. `main` calls
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from app import notices, resources, rows_view, session, sql_view, turn_view
from app.answers import Entry, pretty
from app.desk import Desk
from app.markup import plain, sentence, short
from app.session import RunSql
from app.turn_view import LONGEST_HEADING
from mome.answering.translation import Join
from mome.artifacts.feedback import said_about
from mome.errors import MomeError

# Confidences from which the badge says sure, and below which it says doubtful.
_SURE, _DOUBTFUL = 0.8, 0.5
_KEYS = {
    "declared": "a declared key",
    "inferred": "a key that names and rows tell of",
    "no key": "no key",
}


def show(entry: Entry, desk: Desk) -> None:
    """Draw an entry."""
    st.header(plain(short(entry.question, LONGEST_HEADING)), anchor=False)
    turn_view.show(entry, desk)
    _announce(entry)
    _badges(entry)
    _notes(entry)
    wrong = _wrong(entry, desk)
    # Readings of an ambiguous question come first, so that nobody takes the first rows as sure.
    if entry.translation.status == "ambiguous":
        _readings(entry, desk)
    if entry.outcome is None:
        notices.no_answer(entry, wrong)
        sql_view.show(entry, desk.catalog.dialect, wrong)
        return
    if entry.outcome.failure is not None:
        notices.failure(entry, entry.outcome.failure)
    if entry.outcome.result is not None:
        rows_view.show(entry, entry.outcome, entry.outcome.result, desk)
    written, trust = st.columns([3, 2], gap="large")
    with written:
        sql_view.show(entry, desk.catalog.dialect, wrong)
        _change(entry, desk.catalog.dialect)
    with trust:
        _reasons(entry, desk)
        if entry.translation.status != "ambiguous":
            _readings(entry, desk)


def _wrong(entry: Entry, desk: Desk) -> tuple[str, ...]:
    try:
        return said_about(desk.path, entry.question).wrong
    except MomeError as error:
        st.error(plain(str(error)))
        return ()


def _announce(entry: Entry) -> None:
    """Tell a screen reader that the answer is there. A new alert is announced when it appears;
    the numbers of answer and turn make it new where two answers say the same.
    """
    outcome = entry.outcome
    if outcome is None:
        said = "No answer"
    elif outcome.result is None:
        said = "The query gave no rows"
    else:
        said = rows_view.size(outcome)
    # Only numbers and words of ours: nothing from a question or a database may become HTML.
    place = f"Answer {entry.number}, version {entry.turn + 1}"
    st.html(f'<div role="alert" class="announced">{place}: {said}.</div>')


def _colour(sure: float) -> Literal["green", "orange", "red"]:
    """Return the colour of a badge for a confidence in [0, 1]."""
    if sure >= _SURE:
        return "green"
    return "orange" if sure >= _DOUBTFUL else "red"


def _badges(entry: Entry) -> None:
    """Draw what to know at a glance."""
    translation, outcome = entry.translation, entry.outcome
    with st.container(horizontal=True, gap="small"):
        if entry.origin == "person":
            st.badge("SQL edited by hand", color="blue")
        elif entry.origin == "reading":
            st.badge("Another reading", color="blue")
        elif entry.origin == "step":
            st.badge("Changed by a click", color="blue")
        elif outcome is not None:
            sure = translation.confidence
            help_text = "The probability that these rows are right"
            st.badge(f"{sure:.0%} confident", color=_colour(sure), help=help_text)
        if translation.verified_match and entry.origin == "model":
            st.badge("Verified question", color="green", help=plain(translation.verified_match))
        if outcome is not None and outcome.result is not None:
            st.badge(rows_view.size(outcome), color="gray")
            st.badge(f"{_milliseconds(outcome.result.elapsed_ms)} in the database", color="gray")


def _notes(entry: Entry) -> None:
    """Draw how the question was read and what the SQL leaves out, before any number is read."""
    if entry.origin == "model" and entry.outcome is not None:
        for note in entry.translation.notes:
            st.caption(plain(f"{note[:1].upper()}{note[1:]}."))


def _change(entry: Entry, dialect: str) -> None:
    """Draw what an earlier version of the memory answered with, if that was other SQL."""
    if entry.before is None or entry.origin != "model":
        return
    with st.expander("The memory has changed, and with it this answer. Before:"):
        st.code(pretty(entry.before, dialect), language="sql", wrap_lines=True)


def _milliseconds(spent: float) -> str:
    return f"{spent:,.0f} ms" if spent >= 1 else "under 1 ms"


def _readings(entry: Entry, desk: Desk) -> None:
    """Draw the readings that are not shown above, in words."""
    ambiguous = entry.translation.status == "ambiguous"
    if ambiguous:
        st.info(
            "**This question can be read in more than one way.** Shown is one reading; choose "
            "another if you meant that."
        )
    readings = {"First reading": (entry.translation.sql, "")}
    for number, alternative in enumerate(entry.translation.alternatives, 1):
        # Its words tell it from the first reading.
        said = alternative.reading if entry.origin == "model" else ""
        readings[f"Other reading {number}"] = (alternative.sql, said)
    others = {
        title: (sql, said) for title, (sql, said) in readings.items() if sql and sql != entry.sql
    }
    if entry.origin == "model":
        others.pop("First reading", None)
    if not others:
        return
    # Not at the top, as in `answers`.
    from mome.answering.explanation import explain_difference

    terms = resources.terms(desk)
    for number, (title, (sql, said)) in enumerate(others.items()):
        words = sentence(said) or explain_difference(entry.sql or "", sql, desk.catalog)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{title}: {plain(terms.named(words))}")
            st.button(
                "Use this reading",
                key=f"reading-{entry.number}-{number}",
                on_click=session.request,
                args=(RunSql(entry.number, sql),),
            )


def _reasons(entry: Entry, desk: Desk) -> None:
    """Draw what the SQL rests on."""
    translation = entry.translation
    query = entry.outcome.query if entry.outcome else None
    st.markdown("**Why this answer**")
    # The explanation and the rewritten literals are about the translation's SQL, not about edits.
    if translation.explanation and entry.origin in ("model", "step"):
        st.write(plain(resources.terms(desk).named(translation.explanation)))
    if query is not None:
        _names("Tables", query.tables)
        _names("Columns", query.columns)
    if entry.origin == "model":
        _joins(translation.joins)
        _names("Glossary", translation.terms)
    if translation.literals and entry.origin == "model":
        st.caption("Rewritten to what is stored")
        for literal in translation.literals:
            change = f"{plain(literal.written)} → **{plain(literal.stored)}**"
            st.markdown(f"{change} in {plain(literal.column)}")
    _timings(entry)


def _names(title: str, names: tuple[str, ...]) -> None:
    if names:
        st.caption(title)
        st.markdown(" ".join(f":gray-badge[{plain(name)}]" for name in names))


def _joins(joins: Sequence[Join]) -> None:
    """Draw joins as lines: a badge cuts off what does not fit into one."""
    if joins:
        st.caption("Joins")
        lines = (f"- {plain(join.condition)}, {_KEYS[join.key]}" for join in joins)
        st.markdown("\n".join(lines))


def _timings(entry: Entry) -> None:
    """Draw the time of each stage and the model version."""
    translation = entry.translation
    if not translation.timings:
        return
    with st.expander("Timings"):
        for stage, milliseconds in translation.timings.items():
            st.markdown(f"{plain(stage)}: {_milliseconds(milliseconds)}")
        # 12 characters of a hash tell versions apart and fit into the narrow column.
        model, schema = translation.model_version[:12], translation.schema_fingerprint[:12]
        st.caption(plain(f"model {model}, schema {schema}"))
