"""One answer on the page: confidence, chart, rows, SQL and the reasons to trust it. `main` calls
it.
"""

from __future__ import annotations

from typing import Literal

import streamlit as st

from app import charts, export, notices, session, sql_view
from app.answers import Entry, pretty
from app.desk import Desk
from app.markup import count, plain, short
from app.session import RunSql
from mome.execution import Result

# Characters of a column's title; a longer one hides the columns beside it on a laptop.
LONGEST_TITLE = 24
# Confidences from which the badge says sure, and below which it says doubtful.
_SURE, _DOUBTFUL = 0.8, 0.5


def show(entry: Entry, desk: Desk) -> None:
    """Draw an entry."""
    st.markdown(f"#### {plain(entry.question)}")
    _badges(entry)
    # Readings of an ambiguous question come first, so that nobody takes the first rows as sure.
    if entry.translation.status == "ambiguous":
        _readings(entry, desk.catalog.dialect)
    if entry.outcome is None:
        notices.no_answer(entry)
        return
    if entry.outcome.failure is not None:
        notices.failure(entry, entry.outcome.failure)
    if entry.outcome.result is not None:
        _result(entry, entry.outcome.result)
    written, trust = st.columns([3, 2], gap="large")
    with written:
        sql_view.show(entry, desk.catalog.dialect)
    with trust:
        _reasons(entry)
        if entry.translation.status != "ambiguous":
            _readings(entry, desk.catalog.dialect)


def _colour(sure: float) -> Literal["green", "orange", "red"]:
    """Return the colour of a badge for a confidence in [0, 1]."""
    if sure >= _SURE:
        return "green"
    return "orange" if sure >= _DOUBTFUL else "red"


def _badges(entry: Entry) -> None:
    """Draw what to know at a glance."""
    translation, outcome = entry.translation, entry.outcome
    with st.container(horizontal=True, gap="small"):
        if entry.edited:
            st.badge("SQL edited by hand", color="blue")
        elif outcome is not None:
            sure = translation.confidence
            help_text = "How sure the model is, from 0 to 100%"
            st.badge(f"{sure:.0%} confident", color=_colour(sure), help=help_text)
        if translation.verified_match and not entry.edited:
            st.badge("Verified question", color="green", help=plain(translation.verified_match))
        if outcome is not None and outcome.result is not None:
            st.badge(_size(outcome.result), color="gray")
            st.badge(f"{_milliseconds(outcome.result.elapsed_ms)} in the database", color="gray")


def _size(result: Result) -> str:
    rows = count(len(result.rows), "row")
    return f"First {rows}" if result.truncated else rows


def _milliseconds(spent: float) -> str:
    return f"{spent:,.0f} ms" if spent >= 1 else "under 1 ms"


def _readings(entry: Entry, dialect: str) -> None:
    """Draw other readings; expanded if one is about as likely."""
    ambiguous = entry.translation.status == "ambiguous"
    if ambiguous:
        st.info(
            "**This question can be read in more than one way.** Shown is the most likely "
            "reading; choose another if you meant that."
        )
    for number, alternative in enumerate(entry.translation.alternatives):
        with st.expander(f"Other reading {number + 1}", expanded=ambiguous and number == 0):
            st.code(pretty(alternative.sql, dialect), language="sql", wrap_lines=True)
            task = RunSql(entry.number, alternative.sql)
            st.button(
                "Use this reading",
                key=f"reading-{entry.number}-{number}",
                on_click=session.request,
                args=(task,),
            )


def _result(entry: Entry, result: Result) -> None:
    if not result.rows:
        notices.empty()
        return
    drawn = charts.choose(result.columns, result.rows)
    if isinstance(drawn, charts.Metric):
        st.metric(plain(drawn.label), drawn.value)
    elif drawn is not None:
        chart, rows = st.columns([3, 2], gap="large")
        with chart:
            st.altair_chart(drawn, key=f"chart-{entry.number}")
        with rows:
            _rows(entry, result)
        return
    _rows(entry, result)


def _rows(entry: Entry, result: Result) -> None:
    table = export.table(result.columns, result.rows)
    titles = {
        name: st.column_config.Column(short(name, LONGEST_TITLE), help=plain(name))
        for name in table.column_names
    }
    st.dataframe(table, hide_index=True, column_config=titles, key=f"rows-{entry.number}")
    if result.truncated:
        st.caption(
            f"These are the first {count(len(result.rows), 'row')}; there are more. The downloads "
            "hold the same rows."
        )
    with st.container(horizontal=True):
        _download(entry, "CSV", export.to_csv(result.columns, result.rows), "text/csv")
        _download(
            entry,
            "Parquet",
            export.to_parquet(result.columns, result.rows),
            "application/vnd.apache.parquet",
        )


def _download(entry: Entry, kind: str, content: bytes, mime: str) -> None:
    name = export.file_name(entry.question, kind.lower())
    st.download_button(
        kind,
        content,
        name,
        mime,
        key=f"{kind}-{entry.number}",
        on_click="ignore",
        icon=":material/download:",
    )


def _reasons(entry: Entry) -> None:
    """Draw what the SQL rests on."""
    translation = entry.translation
    query = entry.outcome.query if entry.outcome else None
    st.markdown("**Why this answer**")
    # The explanation and the rewritten literals are about the translation's SQL, not about edits.
    if translation.explanation and not entry.edited:
        st.write(plain(translation.explanation))
    if query is not None:
        _names("Tables", query.tables)
        _names("Columns", query.columns)
    if translation.literals and not entry.edited:
        st.caption("Rewritten to what is stored")
        for literal in translation.literals:
            change = f"{plain(literal.written)} → **{plain(literal.stored)}**"
            st.markdown(f"{change} in {plain(literal.column)}")
    if not entry.edited:
        for note in translation.notes:
            st.caption(plain(note))
    _timings(entry)


def _names(title: str, names: tuple[str, ...]) -> None:
    if names:
        st.caption(title)
        st.markdown(" ".join(f":gray-badge[{plain(name)}]" for name in names))


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
