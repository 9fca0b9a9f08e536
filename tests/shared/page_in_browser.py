"""The page in real headless Chromium: how it is started and asked, for the fixture `page`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WATCHER = Path(__file__).parents[1] / "fixtures" / "no_network"
PATIENCE_MS = 120_000
# A page that is drawn anew cancels an animation, whose `finished` is then rejected, and may start
# another: wait until none runs, whichever way each ended.
GROWN = """async part => {
    const running = () => part.getAnimations().filter(one => one.playState === "running");
    while (running().length) await Promise.allSettled(running().map(one => one.finished));
}"""


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the answer or for the refusal."""
    page.get_by_placeholder("Ask in plain words").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    answered = page.get_by_text("Is this right?").or_(page.get_by_text("No other answer."))
    # The answer before may stand below until the page is drawn to its end.
    expect(answered.first).to_be_visible()
    settle(page)


def unfold(page: Page, label: str) -> None:
    """Open an expander, and wait until it has its full height: what is in it moves until then."""
    expander = page.get_by_test_id("stExpander").filter(has_text=label)
    expander.get_by_text(label).click()
    expander.locator("details").evaluate(GROWN)


def settle(page: Page) -> None:
    """Wait until the page is drawn to its end: what is drawn last may replace what is there."""
    state = page.get_by_test_id("stApp")
    expect(state).to_have_attribute("data-test-script-state", "notRunning")


@contextmanager
def serving(memory: Path, port: int, log: Path) -> Iterator[str]:
    """The page as `mome app` serves it, in a process that is refused every other machine; yields
    its address.
    """
    path = os.pathsep.join([str(WATCHER), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    watched = {"PYTHONPATH": path, "NETWORK_LOG": str(log), "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-m", "mome.cli", "app", "--memory", str(memory)]
    words += ["--port", str(port), "--headless"]
    server = subprocess.Popen(words, env={**os.environ, **watched}, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)
        assert set(log.read_text().splitlines()) == {"watching"}


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + 180
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the page did not start")
