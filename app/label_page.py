"""The page of a memory of labels: a person drops a file, gets it labelled, and corrects where the
memory abstains. `main` calls it. It holds its state in the session under keys that begin with
`label`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app import labelling, notices
from app.labelling import LabelledRow, Learnt
from app.markup import count, plain, short
from app.memories import ListedMemory
from mome.errors import MomeError

if TYPE_CHECKING:
    from mome.classify.classifier import Classifier

SHOWN_LABELS = 24
CORRECTED = 8
"""Abstentions that are offered at once; more of them hide the button below."""
NONE = "None of the labels"
KINDS = ("csv", "jsonl", "parquet")
LONGEST_TEXT = 200


@st.cache_resource(max_entries=4, show_spinner="Loading the memory")
def classifier(memory: str, version: str) -> Classifier:
    """Load the memory, once for each version. Raises MomeError."""
    from mome.classify.classifier import Classifier  # brings torch

    least = os.environ.get("MOME_LEAST")
    return Classifier.load(memory, least=float(least) if least else None)


def show(memory: ListedMemory) -> None:
    """Draw the page."""
    # Before the memory is read: what is learnt makes a new version.
    said = st.session_state.pop("label said", None)
    if said:
        st.session_state["label learnt"] = _learn(memory.path, said)
        st.rerun()
    try:
        known = classifier(str(memory.path), str(memory.version))
    except MomeError as error:
        notices.unusable(memory.name, str(error))
        return
    st.title(f"Label texts with {plain(memory.name)}", anchor=False)
    _labels(known.labels)
    _tell_learnt(st.session_state.get("label learnt"))
    file = st.file_uploader("Drop a file with a row for each text", type=list(KINDS))
    if file is None:
        return
    try:
        rows = _labelled(known, memory, file.name, file.getvalue(), file.file_id)
    except MomeError as error:
        st.error(plain(str(error)))
        return
    if rows:
        _result(rows, file.name, known.labels)


def _labels(labels: tuple[str, ...]) -> None:
    shown = ", ".join(plain(short(label)) for label in labels[:SHOWN_LABELS])
    more = f" and {len(labels) - SHOWN_LABELS:,} more" if len(labels) > SHOWN_LABELS else ""
    st.caption(f"{count(len(labels), 'label')}: {shown}{more}")


def _tell_learnt(learnt: Learnt | None) -> None:
    if learnt is None:
        return
    if learnt.texts:
        st.success(
            f"Learnt {count(len(learnt.texts), 'text')}. `mome rollback` takes back the last one."
        )
    for problem in learnt.problems:
        st.error(f"Not learnt. {plain(problem)}")


def _labelled(
    known: Classifier, memory: ListedMemory, name: str, content: bytes, file_id: str
) -> list[LabelledRow]:
    """Return the labelled rows of a file, the same at every run of the page. Raises MomeError."""
    there = labelling.columns(name, content)
    if not there:
        st.info("The file has no rows.")
        return []
    place = there.index("text") if "text" in there else 0
    column = st.selectbox("Column with the texts", there, index=place)
    key = (str(memory.version), file_id, column)
    kept = st.session_state.get("label rows")
    if kept is None or kept[0] != key:
        texts = labelling.texts(name, content, column)
        bar = st.progress(0.0, text="Labelling")
        rows = labelling.label_all(known, texts, lambda done: bar.progress(done / len(texts)))
        bar.empty()
        kept = st.session_state["label rows"] = (key, rows)
    return kept[1]


def _result(rows: list[LabelledRow], name: str, labels: tuple[str, ...]) -> None:
    abstained = sum(row.answer.abstained for row in rows)
    st.markdown(f"**{count(len(rows), 'row')}**, {len(rows) - abstained:,} labelled")
    shown = {
        "text": [row.text for row in rows],
        "label": [row.answer.label or "" for row in rows],
        "sure": [round(100 * row.answer.confidence) for row in rows],
        "most similar known text": [row.answer.nearest for row in rows],
    }
    sure = st.column_config.NumberColumn(format="%d%%", width="small")
    st.dataframe(shown, hide_index=True, column_config={"sure": sure}, key="label grid")
    st.download_button(
        "Download as CSV",
        labelling.as_csv(rows),
        file_name=f"{Path(name).stem}-labelled.csv",
        mime="text/csv",
        on_click="ignore",
    )
    _corrections(labelling.abstentions(rows), labels)


def _corrections(missing: list[LabelledRow], labels: tuple[str, ...]) -> None:
    if not missing:
        return
    st.markdown(f"**{count(len(missing), 'text')} to correct**")
    st.caption("The memory abstains here. Choose a label, or type a new one; it is learnt.")
    offered = missing[:CORRECTED]
    with st.form("label corrections", border=False):
        for row in offered:
            st.markdown(plain(short(row.text, LONGEST_TEXT)))
            # A label that is not drawn is not Markdown either; screen readers read it.
            st.selectbox(
                short(row.text, LONGEST_TEXT),
                [*_likely_first(row, labels), NONE],
                index=None,
                placeholder=_placeholder(row),
                label_visibility="collapsed",
                accept_new_options=True,
                key=f"label of {row.text}",
            )
        texts = [row.text for row in offered]
        st.form_submit_button("Learn these", type="primary", on_click=_say, args=(texts,))
    if len(missing) > len(offered):
        st.caption(f"{count(len(missing) - len(offered), 'text')} more after these")


def _likely_first(row: LabelledRow, labels: tuple[str, ...]) -> list[str]:
    guess = row.answer.guess
    return [guess, *(label for label in labels if label != guess)] if guess else list(labels)


def _placeholder(row: LabelledRow) -> str:
    return f"{row.answer.guess}?" if row.answer.guess else "Choose a label"


def _say(texts: list[str]) -> None:
    """Keep what was chosen for the next run of the page, which begins after this click."""
    chosen = {text: st.session_state.get(f"label of {text}") for text in texts}
    said = {text: "" if label == NONE else label for text, label in chosen.items() if label}
    st.session_state["label said"] = said
    st.session_state.pop("label learnt", None)


def _learn(memory: Path, said: dict[str, str]) -> Learnt:
    bar = st.progress(0.0, text="Learning")
    learnt = labelling.learn_all(
        memory, said, lambda done: bar.progress(done / len(said), text="Learning")
    )
    bar.empty()
    return learnt
