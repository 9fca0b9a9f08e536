"""`mome tune` and `mome ask` on a file ask no other machine. `tests/app/test_page_in_browser` does
the same for the page.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Tuned

WATCHER = Path(__file__).parents[2] / "fixtures" / "no_network"


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """Variables with which a program is refused every other machine."""
    path = os.pathsep.join([str(WATCHER), os.environ.get("PYTHONPATH", "")])
    return {"PYTHONPATH": path.rstrip(os.pathsep), "NETWORK_LOG": str(tmp_path / "log")}


@pytest.mark.parametrize(
    "call",
    [
        "import socket; socket.create_connection(('192.0.2.1', 9))",
        "import socket; socket.getaddrinfo('no-such-host.invalid', 80)",
        "import urllib.request; urllib.request.urlopen('https://no-such-host.invalid')",
    ],
)
def test_the_watcher_refuses_what_leaves_this_machine(
    call: str, watched: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", call], env=os.environ | watched, capture_output=True, text=True
    )
    assert "no network: socket." in done.stderr
    assert len((tmp_path / "log").read_text().splitlines()) == 2


def test_tune_and_ask_stay_on_this_machine(
    own_club: Tuned, mome: Cli, watched: dict[str, str], tmp_path: Path
) -> None:
    memory = tmp_path / "new"
    words = ("--db-url", own_club.database, "--memory", memory, "--verified", own_club.pairs)
    for command in (
        ("tune", *words, "--facts", 2),
        ("ask", "Who joined in 2024?", "--memory", memory),
        ("doctor", "--memory", memory),
    ):
        done = mome(*command, env=watched)
        assert done.code == 0, done.err
    assert set((tmp_path / "log").read_text().splitlines()) == {"watching"}
