"""The sidebar: choice of memory, its tables and the questions asked. `main` calls it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import history, resources, session
from app.desk import Desk
from app.history import Kept
from app.markup import count, plain, short
from app.memories import ListedMemory, names
from app.session import Ask, Open
from mome.artifacts.feedback import form
from mome.catalog import Catalog, Column, Table
from mome.errors import MomeError

# Limits of the sidebar's lists; longer lists slow every click.
SHOWN_TABLES = 60
SHOWN_VALUES = 8
SHOWN_EXAMPLES = 30
SHOWN_ENTRIES = 30
LONGEST_ENTRY = 120


def choose(memories: Sequence[ListedMemory]) -> ListedMemory:
    """Draw the choice of memory and return the chosen one."""
    by_path = {str(memory.path): memory for memory in memories}
    called = names(memories)
    return by_path[
        st.selectbox("Memory", list(by_path), format_func=called.__getitem__, key="memory")
    ]


def about(desk: Desk, version: str) -> None:
    """Draw what can be asked and what was asked: of what is folded, only its title, for a browser
    takes half a second longer to draw it all.
    """
    tables, examples, history = st.tabs(
        ["Tables", "Examples", "History"], key="side", on_change=session.clicked
    )
    if tables.open:
        with tables:
            _tables(desk.catalog)
            st.button(
                "Check for changes",
                key="check",
                type="tertiary",
                on_click=resources.look_again,
                args=(version,),
            )
    if examples.open:
        with examples:
            _examples(desk.examples)
    if history.open:
        with history:
            _history(desk)


def _tables(catalog: Catalog) -> None:
    typed = st.text_input(
        "Find", key="find", placeholder="Find a table or column", label_visibility="collapsed"
    )
    wanted = typed.strip().lower()
    found = [table for table in catalog.tables if _matches(table, wanted)]
    for table in found[:SHOWN_TABLES]:
        expander = st.expander(_title(table), key=f"table-{table.key}", on_change=session.clicked)
        if expander.open:
            with expander:
                _table(table)
    if len(found) > SHOWN_TABLES:
        st.caption(f"and {count(len(found) - SHOWN_TABLES, 'more table')}: find one by its name")
    if not found:
        st.caption("Nothing by this name.")


def _matches(table: Table, wanted: str) -> bool:
    names = [table.key, *(column.name for column in table.columns)]
    return any(wanted in name.lower() for name in names)


def _title(table: Table) -> str:
    name = plain(table.key)
    if table.kind == "view":
        return f"{name} :gray[view]"
    return name if table.rows is None else f"{name} :gray[{table.rows:,}]"


def _table(table: Table) -> None:
    if table.comment:
        st.caption(plain(table.comment))
    st.markdown("\n".join(_column(table, column) for column in table.columns))


def _column(table: Table, column: Column) -> str:
    """Return one list item: name, type, key and its values if there are few."""
    parts = [f"**{plain(column.name)}** :gray[{plain(column.type.lower() or column.family)}]"]
    if column.name in table.primary_key:
        parts.append(":gray[· key]")
    for key in table.foreign_keys:
        if column.name in key.columns:
            parts.append(f":gray[→ {plain(key.ref_table)}]")
    if column.comment:
        parts.append(f":gray[· {plain(column.comment)}]")
    if column.values:
        more = " …" if len(column.values) > SHOWN_VALUES or not column.values_complete else ""
        values = plain(", ".join(map(str, column.values[:SHOWN_VALUES])))
        # Two spaces before the line end are Markdown's line break within a list item.
        parts.append(f"  \n  :gray[:small[{values}{more}]]")
    return f"- {' '.join(parts)}"


def _examples(questions: Sequence[str]) -> None:
    for number, question in enumerate(questions[:SHOWN_EXAMPLES]):
        st.button(
            plain(question),
            key=f"example-{number}",
            type="tertiary",
            on_click=session.request,
            args=(Ask(question),),
        )
    if len(questions) > SHOWN_EXAMPLES:
        st.caption(
            f"and {count(len(questions) - SHOWN_EXAMPLES, 'more question')} that this memory knows"
        )


def _history(desk: Desk) -> None:
    """Draw what was asked, the pinned turns first and then the newest. An answer of this session
    comes back as it was.
    """
    asked, damaged = _asked(desk)
    if damaged:
        st.caption(plain(damaged))
    elif not asked:
        st.caption("What you ask is listed here.")
        return
    pinned = [turn for turn in asked if turn.pinned]
    others = [turn for turn in asked if not turn.pinned][: -SHOWN_ENTRIES - 1 : -1]
    for number, turn in enumerate((*reversed(pinned), *others)):
        st.button(
            plain(short(turn.question, LONGEST_ENTRY)),
            key=f"history-{number}",
            type="tertiary",
            icon=":material/keep:" if turn.pinned else None,
            on_click=_recall,
            args=(desk.key, turn.question),
        )
    st.button("Clear the history", key="clear", on_click=_clear, args=(desk,))
    if pinned:
        st.caption("Pinned questions stay.")


def _asked(desk: Desk) -> tuple[list[Kept], str]:
    """Return the turns, oldest first, and why they cannot be read; clearing them mends that."""
    try:
        kept, damaged = history.turns(desk.path), ""
    except MomeError as error:
        kept, damaged = [], str(error)
    # In a folder that cannot be written, the session is all there is.
    known = {form(turn.question) for turn in kept}
    for entry in session.entries(desk.key):
        if form(entry.question) not in known:
            kept.append(Kept(entry.question))
    return kept, damaged


def _recall(memory: str, question: str) -> None:
    # Looked up at the click: what was asked may have been cleared since the list was drawn.
    entry = session.asked(memory, question)
    if entry is None:
        session.request(Open(question))
    else:
        session.clicked()
        session.show(entry.memory, entry.number)


def _clear(desk: Desk) -> None:
    session.clicked()
    session.forget(desk.key)
    if not history.clear(desk.path):
        st.toast("The history was not deleted: check the rights on the memory's folder.")
