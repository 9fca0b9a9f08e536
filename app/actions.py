"""Execute what was clicked: ask, run, store. `main` calls it once per run of the page, where its
stages are to be seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.elements.lib.mutable_status_container import StatusContainer

from app import history, notices, rows_view, session
from app.answers import Entry, Origin, Outcome, failed, origin, run
from app.desk import Desk
from app.history import Kept
from app.session import (
    AcceptAgain,
    Ask,
    Behind,
    Judge,
    LookBehind,
    Note,
    Open,
    Pin,
    RunSql,
    TakeBack,
    TakeStep,
    Task,
)
from mome.answering.translation import Translation
from mome.artifacts import feedback
from mome.conversation.turn import Turn
from mome.errors import MomeError

# Texts for the stages of `Translator.translate`.
STAGES = {
    "link": "Finding the tables, columns and values that it names",
    "decode": "Writing SQL",
    "check": "Checking the SQL on the database",
}
RUNNING = "Running the query"
# What is stored about a pair: how its SQL came about.
SOURCES: dict[Origin, feedback.Praise] = {
    "model": "thumbs_up",
    "reading": "chosen",
    "person": "corrected",
    "step": "corrected",
}


def do(task: Task, desk: Desk) -> None:
    """Execute a task and put the result into the session."""
    if isinstance(task, Ask):
        _ask(task, desk)
        return
    if isinstance(task, Open):
        _open(task, desk)
        return
    entry = session.find(task.number)
    if entry is None:
        return
    match task:
        case Pin(pinned=pinned):
            history.pin(desk.path, entry.question, pinned)
        case TakeStep():
            _take_step(entry, task, desk)
        case LookBehind():
            outcome = run(task.sql, desk.catalog, desk.executor, measures=desk.measures)
            session.look_behind(entry.number, entry.turn, Behind(task.about, outcome))
        case RunSql():
            _run_other(entry, task, desk)
        case Judge(good=True):
            _accept(entry, desk)
        case Judge():
            _reject(entry, desk)
        case TakeBack():
            _take_back(entry, desk)
        case AcceptAgain(sql=sql):
            _accept_again(entry, sql, desk)


def _ask(task: Ask, desk: Desk) -> None:
    words = " ".join(task.question.split())
    if not words:
        return
    try:
        feedback.one_line(words)
    except MomeError as error:
        notices.not_asked(str(error))
        return
    turns = _turns_before(task, desk)
    entry = _answered(words, session.next_number(), 0, desk, turns)
    # A follow-up says nothing without the question before it.
    session.put(replace(entry, before=_other_answer(entry, history.keep(desk.path, _kept(entry)))))


def _turns_before(task: Ask, desk: Desk) -> tuple[Turn, ...]:
    """Return the turns that a question is asked after, oldest first."""
    if task.instead_of is not None:
        changed = session.find(task.instead_of)
        return changed.turns if changed is not None else ()
    last = session.shown(desk.key) if task.follows else None
    return () if last is None else (*last.turns, last.as_turn)[-history.LONGEST_THREAD :]


def _other_answer(entry: Entry, before: Kept | None) -> str | None:
    """Return the SQL that another version of the memory answered with; None if it is the same."""
    now = entry.translation
    if now.sql is None or before is None or not before.sql or before.origin != "model":
        return None
    if before.version == now.model_version or before.sql == now.sql:
        return None
    return before.sql


def _kept(entry: Entry) -> Kept:
    """Return an entry as the history keeps it."""
    now = entry.translation
    answer = now if now.sql is not None else None
    sql = entry.sql or now.sql or ""
    return Kept(
        entry.question,
        sql,
        now.model_version if sql else "",
        entry.asked,
        entry.after,
        entry.origin,
        answer=answer,
    )


def _open(task: Open, desk: Desk) -> None:
    """Show an answer again. What the memory answers alone is asked anew, for the memory may have
    changed; a follow-up, a step and SQL of a person are run as they were.
    """
    kept = history.find(desk.path, task.question)
    if kept is None or kept.answer is None or _is_asked_anew(kept, desk):
        _ask(Ask(task.question), desk)
        return
    with st.status(RUNNING) as status:
        outcome = run(kept.sql, desk.catalog, desk.executor, measures=desk.measures)
        good = outcome.result is not None
        label = "The query ran" if good else "The query did not run"
        status.update(label=label, state="complete" if good else "error")
    session.put(
        Entry(
            session.next_number(),
            desk.key,
            kept.question,
            kept.answer,
            outcome,
            kept.origin,
            asked=kept.asked,
            turns=history.thread(desk.path, kept),
        )
    )


def _take_step(entry: Entry, task: TakeStep, desk: Desk) -> None:
    """Run SQL that was made from an answer's, and show it as the answer that follows."""
    with st.status(RUNNING) as status:
        outcome = run(task.sql, desk.catalog, desk.executor, measures=desk.measures)
        good = outcome.result is not None
        label = "The query ran" if good else "The query did not run"
        status.update(label=label, state="complete" if good else "error")
    question = f"{entry.question.rstrip(' .?!')}, {task.question}"
    translation = Translation(
        question,
        "ok",
        task.sql,
        desk.catalog.dialect,
        entry.translation.confidence,
        explanation=f'The answer to "{entry.question}" {task.question}.',
        understood=question,
        schema_fingerprint=entry.translation.schema_fingerprint,
        model_version=entry.translation.model_version,
    )
    turns = (*entry.turns, entry.as_turn)[-history.LONGEST_THREAD :]
    step = Entry(
        session.next_number(),
        desk.key,
        question,
        translation,
        outcome,
        "step",
        asked=task.question,
        turns=turns,
    )
    session.put(step)
    history.keep(desk.path, _kept(step))


def _is_asked_anew(kept: Kept, desk: Desk) -> bool:
    if kept.origin == "model" and not kept.asked:
        return True
    try:
        return kept.sql in feedback.said_about(desk.path, kept.question).wrong
    except MomeError:
        return True


def _answered(
    question: str, number: int, turn: int, desk: Desk, before: tuple[Turn, ...] = ()
) -> Entry:
    """Translate and run, showing each stage."""
    started = time.perf_counter()
    with st.status("Reading the question") as status:

        def show_stage(stage: str) -> None:
            _label(status, STAGES.get(stage, stage))

        try:
            translation = _translated(question, desk, before, show_stage)
        except MomeError as error:
            translation = failed(question, desk.catalog.dialect, error)
        outcome = None
        if translation.sql is not None:
            _label(status, RUNNING)
            outcome = run(translation.sql, desk.catalog, desk.executor, measures=desk.measures)
        label, good = _summary(translation, outcome, time.perf_counter() - started)
        status.update(label=label, state="complete" if good else "error")
    understood = translation.understood or question
    asked = "" if understood == question else question
    return Entry(
        number, desk.key, understood, translation, outcome, turn=turn, asked=asked, turns=before
    )


def _translated(
    question: str, desk: Desk, before: Sequence[Turn], on_stage: Callable[[str], None]
) -> Translation:
    """Answer a question, which may follow others. Raises MomeError."""
    if desk.follow is None or not before:
        return desk.translate(question, on_stage=on_stage)
    return desk.follow(before, question, on_stage)


def _label(status: StatusContainer, label: str) -> None:
    status.update(label=label)
    status.write(label)


def _summary(translation: Translation, outcome: Outcome | None, seconds: float) -> tuple[str, bool]:
    if outcome is None:
        return f"No query, after {seconds:.1f} s", translation.status == "unanswerable"
    if outcome.result is None:
        return f"A query, but no rows, after {seconds:.1f} s", False
    return f"{rows_view.size(outcome)} in {seconds:.1f} s", True


def _run_other(entry: Entry, task: RunSql, desk: Desk) -> None:
    with st.status(RUNNING) as status:
        outcome = run(task.sql, desk.catalog, desk.executor, task.timeout_s, desk.measures)
        good = outcome.result is not None
        status.update(
            label="The query ran" if good else "The query did not run",
            state="complete" if good else "error",
        )
    # A widget keeps its value for as long as its key is the same: a new turn is a new key, so that
    # the editor and the thumbs start anew with the SQL that has just run.
    entry = replace(
        entry,
        outcome=outcome,
        origin=origin(outcome, entry.translation, desk.catalog),
        turn=entry.turn + 1,
    )
    session.put(entry)
    history.update(desk.path, _kept(entry))
    # What was said before, such as "stored", was about the SQL before.
    session.unsay(entry.number)
    if task.keep and good:
        _accept(entry, desk)
    elif task.keep:
        session.note(entry.number, Note("warning", "Not stored, because it did not run."))


def _accept(entry: Entry, desk: Desk) -> None:
    """Store the pair on the page: it answers its question from now on, and is learned."""
    if entry.outcome is None or entry.outcome.query is None:
        return
    sql = entry.outcome.query.sql
    try:
        before = feedback.said_about(desk.path, entry.question)
        source = SOURCES[entry.origin]
        feedback.verify(desk.path, desk.catalog, entry.question, sql, source)
    except MomeError as error:
        session.note(entry.number, Note("error", str(error)))
        return
    said = "Stored as a verified pair: it answers this question from now on"
    if desk.lessons is None:
        line = f"{said}, and the next `mome tune` memorises it."
        session.note(entry.number, Note("success", line, before))
        return
    lesson = desk.lessons.learn(desk.path, entry.question, sql)
    session.note(entry.number, Note("success", f"{said}.", before, lesson))


def _reject(entry: Entry, desk: Desk) -> None:
    """Store that the SQL is wrong, and answer again without it."""
    if entry.outcome is None or entry.outcome.query is None:
        return
    sql = entry.outcome.query.sql
    try:
        before = feedback.said_about(desk.path, entry.question)
        feedback.reject(desk.path, entry.question, sql)
    except MomeError as error:
        session.note(entry.number, Note("error", str(error)))
        return
    _answer_again(entry, desk)
    line = "Noted as wrong: that SQL is not shown for this question any more."
    session.note(entry.number, Note("success", line, before))


def _take_back(entry: Entry, desk: Desk) -> None:
    """Undo the last verdict on an answer."""
    note = session.noted(entry.number)
    if note is None or note.before is None:
        return
    try:
        wrong = feedback.said_about(desk.path, entry.question).wrong
        feedback.restore(desk.path, entry.question, note.before)
    except MomeError as error:
        session.note(entry.number, Note("error", str(error)))
        return
    back = None
    if note.lesson is not None and desk.lessons is not None:
        back = desk.lessons.undo(note.lesson)
    # Other queries may answer now than those that the page shows.
    if wrong != note.before.wrong:
        _answer_again(entry, desk)
    else:
        session.put(replace(entry, turn=entry.turn + 1))
    session.note(entry.number, Note("success", "Taken back.", lesson=back))


def _accept_again(entry: Entry, sql: str, desk: Desk) -> None:
    try:
        feedback.accept_again(desk.path, entry.question, sql)
    except MomeError as error:
        session.note(entry.number, Note("error", str(error)))
        return
    _answer_again(entry, desk)
    session.note(entry.number, Note("success", "Taken back: that SQL may answer again."))


def _answer_again(entry: Entry, desk: Desk) -> None:
    session.unsay(entry.number)
    again = _answered(entry.question, entry.number, entry.turn + 1, desk)
    session.put(again)
    history.update(desk.path, _kept(again))
