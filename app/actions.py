"""Execute what was clicked: ask, run, store. `main` calls it once per run of the page, where its
stages are to be seen.
"""

from __future__ import annotations

import time
from dataclasses import replace

import streamlit as st
from streamlit.elements.lib.mutable_status_container import StatusContainer

from app import session
from app.answers import Entry, Outcome, failed, run
from app.desk import Desk
from app.markup import count
from app.session import Ask, Judge, RunSql, Task
from mome.answering.translation import Translation
from mome.artifacts import feedback
from mome.errors import MomeError

# Texts for the stages of `Translator.translate`.
STAGES = {
    "link": "Finding the tables, columns and values that it names",
    "decode": "Writing SQL",
    "check": "Checking the SQL on the database",
}
RUNNING = "Running the query"


def do(task: Task, desk: Desk) -> None:
    """Execute a task and put the result into the session."""
    match task:
        case Ask(question):
            words = " ".join(question.split())
            if words:
                session.put(_answered(words, desk))
        case RunSql(number, sql, keep):
            entry = session.find(number)
            if entry is not None:
                _run_other(entry, sql, keep, desk)
        case Judge(number, good):
            entry = session.find(number)
            if entry is not None:
                _judge(entry, good, desk)


def _answered(question: str, desk: Desk) -> Entry:
    """Translate and run, showing each stage."""
    started = time.perf_counter()
    with st.status("Reading the question") as status:

        def show_stage(stage: str) -> None:
            _label(status, STAGES.get(stage, stage))

        try:
            translation = desk.translate(question, on_stage=show_stage)
        except MomeError as error:
            translation = failed(question, desk.catalog.dialect, error)
        outcome = None
        if translation.sql is not None:
            _label(status, RUNNING)
            outcome = run(translation.sql, desk.catalog, desk.executor)
        label, good = _summary(translation, outcome, time.perf_counter() - started)
        status.update(label=label, state="complete" if good else "error")
    return Entry(session.next_number(), desk.key, question, translation, outcome)


def _label(status: StatusContainer, label: str) -> None:
    status.update(label=label)
    status.write(label)


def _summary(translation: Translation, outcome: Outcome | None, seconds: float) -> tuple[str, bool]:
    if outcome is None:
        return f"No query, after {seconds:.1f} s", translation.status == "unanswerable"
    if outcome.result is None:
        return f"A query, but no rows, after {seconds:.1f} s", False
    return f"{count(len(outcome.result.rows), 'row')} in {seconds:.1f} s", True


def _run_other(entry: Entry, sql: str, keep: bool, desk: Desk) -> None:
    with st.status(RUNNING) as status:
        outcome = run(sql, desk.catalog, desk.executor)
        good = outcome.result is not None
        status.update(
            label="The query ran" if good else "The query did not run",
            state="complete" if good else "error",
        )
    edited = outcome.sql != entry.translation.sql
    # A widget keeps its value for as long as its key is the same: a new turn is a new key, so that
    # the editor and the thumbs start anew with the SQL that has just run.
    entry = replace(entry, outcome=outcome, edited=edited, turn=entry.turn + 1)
    session.put(entry)
    # What was said before, such as "stored", was about the SQL before.
    session.unsay(entry.number)
    if keep and good:
        _judge(entry, True, desk)
    elif keep:
        session.note(entry.number, "warning", "Not stored, because it did not run.")


def _judge(entry: Entry, good: bool, desk: Desk) -> None:
    """Store the pair on the page."""
    if entry.outcome is None or entry.outcome.query is None:
        return
    sql = entry.outcome.query.sql
    source: feedback.Praise = "corrected" if entry.edited else "thumbs_up"
    try:
        if good:
            feedback.verify(desk.path, desk.catalog, entry.question, sql, source)
        else:
            feedback.reject(desk.path, entry.question, sql)
    except MomeError as error:
        session.note(entry.number, "error", str(error))
        return
    said = (
        "Stored as a verified pair: the next `mome tune` memorises it."
        if good
        else "Noted as wrong. Correct the SQL, if you know it."
    )
    session.note(entry.number, "success", said)
