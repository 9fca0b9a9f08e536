"""The sample bookshop for tests of the page: as a memory without a model, and as one that the real
command line tuned.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import schemas
from app.desk import Desk
from app.memories import ListedMemory
from command_line import tuned_bookshop
from mome.answering.translation import Translation
from mome.artifacts.checksums import write_checksums
from mome.catalog import Catalog
from mome.execution import Executor, open_executor
from page_in_browser import CHROMIUM, FLAGS, PATIENCE_MS, serving
from tickets import MEMORY, tuned_tickets
from training_data.sample.bookshop import create_sample


@pytest.fixture(scope="session")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> ListedMemory:
    """Catalog and source as a tune writes them, and no model; the database lies beside the memory.
    For all tests: none may change it.
    """
    folder = tmp_path_factory.mktemp("bookshop")
    source = schemas.resolve_url(str(create_sample(folder / "bookshop.sqlite")))
    return _memory(folder, source, schemas.introspect(source).to_dict())


@pytest.fixture
def shop(tmp_path: Path, bookshop: ListedMemory) -> ListedMemory:
    """A copy of the bookshop that a test may change."""
    source = schemas.resolve_url(str(create_sample(tmp_path / "bookshop.sqlite")))
    return _memory(
        tmp_path, source, json.loads((bookshop.version / "catalog.json").read_text("utf-8"))
    )


def _memory(folder: Path, source: schemas.Source, catalog: dict) -> ListedMemory:
    memory, version = folder / "bookshop", folder / "bookshop" / "versions" / "0001"
    version.mkdir(parents=True)
    (memory / "current").symlink_to(Path("versions") / "0001")
    (version / "catalog.json").write_text(json.dumps(catalog | {"url": source.public}), "utf-8")
    (version / "source.json").write_text(
        json.dumps({"url": source.public, "files": [], "base": "bundled"}), "utf-8"
    )
    write_checksums(version)
    return ListedMemory(memory, version.resolve())


@pytest.fixture(scope="session")
def catalog(bookshop: ListedMemory) -> Catalog:
    return Catalog.load(bookshop.version / "catalog.json")


@pytest.fixture
def executor(bookshop: ListedMemory) -> Iterator[Executor]:
    with open_executor(bookshop.path.with_suffix(".sqlite"), timeout_s=5) as opened:
        yield opened


@pytest.fixture
def desk_of(shop: ListedMemory, catalog: Catalog, executor: Executor) -> Callable[..., Desk]:
    """A desk that has these translations, by their questions, in the place of a model; database,
    guard and feedback are the real ones.
    """

    def make(
        *translations: Translation, database: Callable[[], Executor] = lambda: executor
    ) -> Desk:
        known = {translation.question: translation for translation in translations}
        return Desk(
            shop.path,
            "bookshop",
            catalog,
            tuple(known),
            lambda question, on_stage=None: known[question],
            database,
        )

    return make


@pytest.fixture(scope="session")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory that the real `mome tune` made of the bookshop with the bundled backbone; the page
    changes it.
    """
    from mome.backbones.identity import BUNDLED

    if not BUNDLED.is_dir():
        pytest.skip(f"there are no bundled weights in {BUNDLED}: `mome pretrain` makes them")
    return tuned_bookshop(tmp_path_factory).copied_to(tmp_path_factory.mktemp("tuned")).memory


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Finds a port of 127.0.0.1 that is free at this moment."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return find


@pytest.fixture(scope="session")
def address(
    tuned: Path, free_port: Callable[[], int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The page of the tuned memory; one server for all tests, for a start takes seconds."""
    log = tmp_path_factory.mktemp("network") / "log"
    with serving(tuned, free_port(), log) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("chromium is not installed") if os.environ.get("CI") else pytest.skip(
            "chromium is not installed"
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A window with storage and permissions of its own."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    requests: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.goto(address)
    yield opened
    opened.close()
    elsewhere = [
        url
        for url in requests
        if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
    ]
    assert elsewhere == [], "the page asks nobody but its own server"


@pytest.fixture(scope="module")
def label_memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory of labels for three kinds of tickets, which a test module may change."""
    folder = tmp_path_factory.mktemp("labels") / "tickets"
    return shutil.copytree(tuned_tickets(tmp_path_factory) / MEMORY, folder, symlinks=True)
