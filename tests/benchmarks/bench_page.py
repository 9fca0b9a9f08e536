"""Seconds until the page is there: from the start of `mome app`, in a further browser session, and
for a follow-up; beside a page of Streamlit that shows one title, in the same run.

`python tests/benchmarks/bench_page.py [--runs N] [--memory DIR] [FILE]` prints a table and writes a
CSV. Without a memory it tunes one on the sample shop. Chromium has to be installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from sample_memory import tune_sample
from tables import Row, show

QUESTION = "What is the revenue by genre?"
FOLLOW_UP = "only in 2024"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
BARE = 'import streamlit as st\nst.title("Bare")\n'
PATIENCE_S = 120
Seconds = tuple[float, float]
"""By the clock, and of the server's processor time."""


class Server:
    """The process of a page."""

    def __init__(self, words: list[str], port: int) -> None:
        self.started = time.perf_counter()
        self.port = port
        self._process = subprocess.Popen(
            words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Return the seconds of processor time that it has taken, with its children."""
        own = psutil.Process(self._process.pid)
        spent = 0.0
        for process in (own, *own.children(recursive=True)):
            times = process.cpu_times()
            spent += times.user + times.system
        return spent

    def wait(self) -> None:
        """Wait until the port is open."""
        while time.perf_counter() - self.started < PATIENCE_S:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError(f"nothing listens on {self.url}")

    def stop(self) -> None:
        """End it with all its children."""
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(30)


@contextmanager
def serving(*words: object) -> Iterator[Server]:
    """Run a page's command; `{port}` in its words is a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server([str(word).format(port=port) for word in words], port)
    try:
        yield server
    finally:
        server.stop()


def ours(memory: Path, browser: Browser) -> dict[str, Seconds]:
    """Return the seconds of one start of our page, and of what is done on it."""
    spent: dict[str, Seconds] = {}
    command = (sys.executable, "-m", "mome.cli", "app", "--memory", memory)
    with serving(*command, "--port", "{port}", "--headless") as server:
        page = opened(browser)
        server.wait()
        page.goto(server.url)
        page.get_by_placeholder("Ask in plain words").wait_for()
        spent["start to the question box"] = since(server.started, server, 0.0)
        page.get_by_text("For example", exact=True).wait_for()
        spent["start to the memory's examples"] = since(server.started, server, 0.0)
        spent["first session: question to rows"] = asked(page, server)
        page.context.close()
        page, start, used = opened(browser), time.perf_counter(), server.cpu()
        page.goto(server.url)
        page.get_by_placeholder("Ask in plain words").wait_for()
        spent["further session: to the question box"] = since(start, server, used)
        asked(page, server)
        spent["further session: to the first rows"] = since(start, server, used)
        start, used = time.perf_counter(), server.cpu()
        ask(page, FOLLOW_UP)
        page.get_by_text(f"You asked: {FOLLOW_UP}").wait_for()
        shown(page)
        spent["follow-up: to the rows"] = since(start, server, used)
        page.context.close()
    return spent


def bare(folder: Path, browser: Browser) -> dict[str, Seconds]:
    """Return the seconds of one start of a page that shows one title."""
    script = folder / "bare.py"
    script.write_text(BARE, "utf-8")
    flags = ("--server.port={port}", "--server.headless=true", "--browser.gatherUsageStats=false")
    with serving(sys.executable, "-m", "streamlit", "run", script, *flags) as server:
        page = opened(browser)
        server.wait()
        page.goto(server.url)
        page.get_by_role("heading", name="Bare").wait_for()
        spent = {"bare Streamlit: start to the title": since(server.started, server, 0.0)}
        page.context.close()
    return spent


def opened(browser: Browser) -> Page:
    """Return a window with a cache of its own."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    return page


def since(start: float, server: Server, used: float) -> Seconds:
    """Return the seconds since a start, at which the server had used some processor time."""
    return time.perf_counter() - start, server.cpu() - used


def asked(page: Page, server: Server) -> Seconds:
    """Ask the question and return the seconds until its rows are there."""
    start, used = time.perf_counter(), server.cpu()
    ask(page, QUESTION)
    page.get_by_role("heading", name=QUESTION).wait_for()
    shown(page)
    return since(start, server, used)


def ask(page: Page, question: str) -> None:
    """Ask by keyboard."""
    page.get_by_placeholder("Ask in plain words").fill(question)
    page.keyboard.press("Enter")


def shown(page: Page) -> None:
    """Wait for the rows of the answer."""
    page.get_by_test_id("stDataFrame").first.wait_for()
    # The answer before may stand below until the page is drawn to its end.
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def rows(spent: dict[str, list[Seconds]]) -> list[Row]:
    """Return the table: medians of all runs."""
    found = []
    for name, runs in spent.items():
        clock, cpu = zip(*runs, strict=True)
        found.append(
            {
                "what": name,
                "runs": str(len(runs)),
                "median s": f"{statistics.median(clock):.2f}",
                "least s": f"{min(clock):.2f}",
                "median CPU s of the server": f"{statistics.median(cpu):.2f}",
            }
        )
    return found


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="starts of each page")
    parser.add_argument("--memory", type=Path, help="a memory of the sample shop; default: tune")
    parser.add_argument("file", nargs="?", type=Path, default=Path("build/page.csv"))
    given = parser.parse_args()
    spent: dict[str, list[Seconds]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        memory = given.memory or tune_sample(folder)
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        for _ in range(given.runs):
            for found in (bare(folder, browser), ours(memory, browser)):
                for what, seconds in found.items():
                    spent[what].append(seconds)
        browser.close()
    show(given.file, rows(spent))


if __name__ == "__main__":
    main()
