"""Bars on a terminal; nothing where nobody looks, and nothing that the names of tables
could break.
"""

from __future__ import annotations

import io
import os
import re
import time

import pytest
from rich.console import Console

from mome.cli.progress import Bars, silent_settings


def _drawn(*, quiet: bool = False, terminal: bool = True) -> str:
    screen = io.StringIO()
    with Bars(Console(file=screen, force_terminal=terminal, width=200), quiet=quiet) as bars:
        bars.stage("Reading [/b] the database")
        bars.progress(3, 12, "table [/odd] [red]name")
        bars.progress(0, 0, "")
    return screen.getvalue()


def test_a_stage_is_drawn_and_cleared() -> None:
    assert "Reading [/b] the database" in _drawn()


def test_a_bar_tells_its_rate() -> None:
    screen = io.StringIO()
    with Bars(Console(file=screen, force_terminal=True, width=200), quiet=False) as bars:
        bars.stage("Memorising")
        for done in range(4):
            bars.progress(done, 4, "memorise: 9 exposures")
            time.sleep(0.01)
    assert re.search(r"\d\.\d/s", screen.getvalue())


def test_nothing_is_drawn_for_a_program_or_where_it_is_not_wanted() -> None:
    assert _drawn(terminal=False) == "" and _drawn(quiet=True) == ""


def test_threads_of_torch_sleep_while_they_wait_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for given, expected in ((None, "PASSIVE"), ("ACTIVE", "ACTIVE")):
        monkeypatch.setattr(os, "environ", {} if given is None else {"OMP_WAIT_POLICY": given})
        silent_settings()
        assert os.environ["OMP_WAIT_POLICY"] == expected
