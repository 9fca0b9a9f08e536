"""The whole path in real headless Chromium, on a memory that the real command line tuned: ask, see
rows, edit the SQL, run it, download.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

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
PATIENCE_MS = 120_000
QUESTION = "How many orders came in through each channel?"


@pytest.fixture(scope="module")
def address(tuned: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """The page as `mome app` serves it."""
    port = free_port()
    words = [
        sys.executable,
        "-m",
        "mome.cli",
        "app",
        "--memory",
        str(tuned),
        "--port",
        str(port),
        "--headless",
    ]
    server = subprocess.Popen(
        words, env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    if not Path(CHROMIUM).exists():
        pytest.fail("chromium is not installed") if os.environ.get("CI") else pytest.skip(
            "chromium is not installed"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = browser.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
        opened.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        requests: list[str] = []
        opened.on("request", lambda request: requests.append(request.url))
        opened.goto(address)
        yield opened
        browser.close()
        elsewhere = [
            url
            for url in requests
            if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
        ]
        assert elsewhere == [], "the page asks nobody but its own server"


def test_ask_edit_run_download_and_store(page: Page, tuned: Path, tmp_path: Path) -> None:
    page.get_by_placeholder("Ask in plain words").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_text("3 rows", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    assert [row[0] for row in rows(page, tmp_path)] == ["channel", "phone", "store", "web"]

    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("SQL", exact=True).fill(
        "SELECT channel, COUNT(*) AS n FROM orders WHERE channel <> 'web' GROUP BY channel"
    )
    page.get_by_role("button", name="Run and store as right").click()
    expect(page.get_by_text("2 rows", exact=True)).to_be_visible()
    expect(page.get_by_text("Stored as a verified pair")).to_be_visible()
    assert [row[0] for row in rows(page, tmp_path)] == ["channel", "phone", "store"]
    pair = json.loads((tuned / "feedback.jsonl").read_text("utf-8").splitlines()[-1])
    assert (pair["question"], pair["source"]) == (QUESTION, "corrected")


def test_sql_that_would_write_is_refused_in_the_browser(page: Page) -> None:
    page.get_by_role("button", name="How many customers do we have?").first.click()
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("SQL", exact=True).fill("DELETE FROM customer")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Not run.")).to_be_visible()


def rows(page: Page, folder: Path) -> list[list[str]]:
    """What the CSV download holds."""
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").filter(has_text="CSV").get_by_role("button").click()
    path = folder / "download.csv"
    download.value.save_as(path)
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 180
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the page did not start")
