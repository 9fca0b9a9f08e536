"""What all sessions share: translators, executors and the state of the database. Keyed by a
version's folder, so that a new tune is used from the next click.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app.desk import Desk
from app.health import Health, look
from app.lessons import Lessons
from app.terms import Terms, terms_of
from mome.artifacts.source import stored_source
from mome.catalog import Catalog
from mome.errors import MomeError
from mome.execution import Executor, open_executor

if TYPE_CHECKING:
    from mome import Translator

# Limits of one query of the page. Higher ones answer more questions; lower ones keep the page quick
# and spare the database.
TIMEOUT_S = 10.0
MAX_ROWS = 1000
# Seconds for which the state of a database is cached: a check reads its structure again.
_HEALTH_LASTS_S = 600
# Seconds to wait for the first check: a small database is checked by then, so that a warning stands
# on the first page, and a large one delays the page by no more than this.
_PATIENCE_S = 0.5


def translator(memory: str, version: str) -> Translator:
    """Return the memory's translator, which tries candidates on its database if there is one; wait
    for it with a spinner. Raises MomeError.
    """
    loading = begin_loading(memory, version)
    try:
        if loading.done():
            return loading.result()
        with st.spinner("Loading the memory"):
            return loading.result()
    except Exception:
        # Whatever it is, the next run of the page tries again.
        begin_loading.clear(memory, version)
        raise


@st.cache_resource(max_entries=4, show_spinner=False)
def begin_loading(memory: str, version: str) -> Future[Translator]:
    """Begin to load a memory in a thread of its own; the page is drawn meanwhile."""
    return _loaders().submit(_load, memory, version)


def _load(memory: str, version: str) -> Translator:
    from mome import Translator  # brings torch, while the page can be seen already

    try:
        database = executor(version)
    # Without its database a memory still writes SQL; the page says that there will be no rows.
    except MomeError:
        database = None
    # `mome app` has checked it.
    least = os.environ.get("MOME_LEAST")
    return Translator.load(memory, executor=database, least=float(least) if least else None)


@st.cache_resource(max_entries=8, show_spinner=False)
def executor(version: str) -> Executor:
    """Open the memory's database."""
    return open_executor(stored_source(Path(version)), timeout_s=TIMEOUT_S, max_rows=MAX_ROWS)


@st.cache_resource(show_spinner=False)
def lessons() -> Lessons:
    """Return what learns stored pairs in the background."""
    return Lessons()


def terms(desk: Desk) -> Terms:
    """Return what formulas are called by the memory's glossary."""
    return _terms(desk.catalog.fingerprint, tuple(desk.measures.items()), desk.catalog)


@st.cache_resource(max_entries=16, show_spinner=False)
def _terms(fingerprint: str, measures: tuple[tuple[str, str], ...], _catalog: Catalog) -> Terms:
    return terms_of(dict(measures), _catalog)


def health(version: str) -> Health | None:
    """Return the result of the last check; None while it is running. Waits a moment for a small
    database.
    """
    looking = _looking(version)
    wait([looking], _PATIENCE_S)
    return looking.result() if looking.done() else None


def look_again(version: str) -> None:
    """Discard the cached check."""
    _looking.clear(version)


@st.cache_resource(max_entries=32, ttl=_HEALTH_LASTS_S, show_spinner=False)
def _looking(version: str) -> Future[Health]:
    return _workers().submit(look, Path(version))


@st.cache_resource(show_spinner=False)
def _loaders() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, "mome-loading")


@st.cache_resource(show_spinner=False)
def _workers() -> ThreadPoolExecutor:
    # A check of a database that hangs leaves one thread for the others.
    return ThreadPoolExecutor(2, "mome-health")
