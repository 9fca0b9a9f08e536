"""What is loaded once for all sessions: translators, executors, and the look at the database. Keyed by a version's folder, so that a new
tune is picked up with the next click."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app.health import Health, look
from mome.artifacts.source import stored_source
from mome.errors import MomeError
from mome.execution import Executor, open_executor

if TYPE_CHECKING:
    from mome import Translator

TIMEOUT_S = 10.0
MAX_ROWS = 1000
_HEALTH_LASTS_S = 600
_PATIENCE_S = 0.5


@st.cache_resource(max_entries=4, show_spinner="Loading the memory")
def translator(memory: str, version: str) -> Translator:
    """The model with this memory; it checks what it writes on the database where there is one. Raises MomeError."""
    from mome import Translator  # brings torch, while the page already says that it loads

    try:
        database = executor(version)
    except MomeError:
        database = None
    return Translator.load(memory, executor=database)


@st.cache_resource(max_entries=8, show_spinner=False)
def executor(version: str) -> Executor:
    """The connection that the operator gave this memory. Raises MomeError."""
    return open_executor(stored_source(Path(version)), timeout_s=TIMEOUT_S, max_rows=MAX_ROWS)


def health(version: str) -> Health | None:
    """What the last look at the database found; None while it still looks. Waits a moment for a small database."""
    looking = _looking(version)
    wait([looking], _PATIENCE_S)
    return looking.result() if looking.done() else None


def look_again(version: str) -> None:
    """Forget what was found; the next `health` looks anew."""
    _looking.clear(version)


@st.cache_resource(max_entries=32, ttl=_HEALTH_LASTS_S, show_spinner=False)
def _looking(version: str) -> Future[Health]:
    return _workers().submit(look, Path(version))


@st.cache_resource(show_spinner=False)
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, "mome-health")
