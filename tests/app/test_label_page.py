"""The page of a memory of labels in real headless Chromium: a file is dropped and labelled, what it
abstains on is corrected and learnt; in both colour schemes, wide and narrow.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mome.classify.classifier import Classifier
from page_in_browser import serving, settle

ROWS = (
    "give me my money back",
    "the courier never came",
    "What is photosynthesis?",
    "I cannot log in",
)


@pytest.fixture(scope="module")
def tuned(label_memory: Path) -> Path:
    """The memory that the page serves."""
    return label_memory


@pytest.fixture(scope="module")
def address(
    tuned: Path, free_port: Callable[[], int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The page of the memory of labels."""
    log = tmp_path_factory.mktemp("network") / "log"
    with serving(tuned, free_port(), log) as url:
        yield url


def drop(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    settle(page)


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text("text\n" + "".join(f'"{row}"\n' for row in ROWS), "utf-8")
    return path


def test_a_file_is_labelled_and_its_abstentions_are_learnt(
    page: Page, tuned: Path, dropped: Path, tmp_path: Path
) -> None:
    expect(page.get_by_role("heading", name="Label texts with")).to_be_visible()
    expect(page.get_by_text("3 labels: account, delivery, refund")).to_be_visible()
    drop(page, dropped)
    expect(page.get_by_text("4 rows")).to_be_visible()
    rows = downloaded(page, tmp_path)
    assert [row["text"] for row in rows] == list(ROWS)
    assert (rows[0]["label"], rows[2]["label"], rows[2]["abstained"]) == ("refund", "", "True")

    expect(page.get_by_text("to correct")).to_be_visible()
    box = page.get_by_role("combobox", name="What is photosynthesis?")
    box.fill("science")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Learn these").click()
    expect(page.get_by_text("Learnt 1 text.")).to_be_visible()
    expect(page.get_by_text("4 labels: account, delivery, refund, science")).to_be_visible()
    settle(page)
    # The file is labelled anew.
    assert [row["label"] for row in downloaded(page, tmp_path)][2] == "science"
    assert Classifier.load(tuned)("What is photosynthesis?").guess == "science"


def downloaded(page: Page, folder: Path) -> list[dict[str, str]]:
    with page.expect_download() as started:
        page.get_by_role("button", name="Download as CSV").click()
    started.value.save_as(folder / "out.csv")
    assert started.value.suggested_filename == "new-labelled.csv"
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_without_that_column_is_told(page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"said": "hello"}\nno json\n', "utf-8")
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_text("line 2 of bad.jsonl is no JSON object")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_nothing_is_wider_than_the_window(
    page: Page, dropped: Path, scheme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    drop(page, dropped)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    buttons = page.get_by_role("button", name="Download as CSV")
    box = buttons.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
