"""The whole path in real headless Chromium, on a memory that the real command line tuned: ask, see
rows, edit the SQL, run it, download, judge an answer; in both colour schemes, wide and narrow.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from mome.artifacts.facts import read_facts
from page_in_browser import ask, settle, unfold

QUESTION = "How many orders came in through each channel?"


def run(page: Page, sql: str, button: str = "Run") -> None:
    editor = page.get_by_label("SQL", exact=True)
    if not editor.count():
        page.get_by_text("Edit", exact=True).click()
    editor.fill(sql)
    page.get_by_role("button", name=button, exact=True).click()


def code(page: Page) -> Locator:
    return page.get_by_test_id("stCode").first


def test_ask_edit_run_download_and_store(page: Page, tuned: Path, tmp_path: Path) -> None:
    ask(page, QUESTION)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_text("3 rows", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    shown = rows(page, tmp_path)
    assert shown[0] == ["channel", "number of orders"]
    assert [row[0] for row in shown[1:]] == ["phone", "store", "web"]

    stored = "SELECT channel, COUNT(*) AS n FROM orders WHERE channel <> 'web' GROUP BY channel"
    run(page, stored, "Run and store as right")
    expect(page.get_by_text("2 rows", exact=True)).to_be_visible()
    expect(page.get_by_text("Stored as a verified pair")).to_be_visible()
    # At its end the page is drawn anew, which would withdraw a file that is on its way.
    expect(page.get_by_text("The memory is up to date.")).to_be_visible()
    assert [row[0] for row in rows(page, tmp_path)] == ["channel", "phone", "store"]
    pair = json.loads((tuned / "feedback.jsonl").read_text("utf-8").splitlines()[-1])
    assert (pair["question"], pair["source"]) == (QUESTION, "corrected")

    ask(page, QUESTION.upper())
    expect(code(page)).to_contain_text("<> 'web'")
    ask(page, QUESTION)
    expect(page.get_by_text("2 rows", exact=True)).to_be_visible()


def test_a_follow_up_is_understood_and_a_new_subject_starts_afresh(page: Page) -> None:
    german = "Which publishers are from Germany?"
    ask(page, german)
    box = page.get_by_placeholder("Ask in plain words")
    box.fill("How many are there?")
    page.keyboard.press("Enter")
    understood = "How many publishers that are from Germany are there?"
    expect(page.get_by_role("heading", name=understood)).to_be_visible()
    expect(page.get_by_text("You asked: How many are there?")).to_be_visible()
    expect(code(page)).to_contain_text("COUNT(*)")
    settle(page)
    page.get_by_role("button", name="Change how it was understood").click()
    expect(page.get_by_label("The question in full")).to_have_value(understood)
    page.get_by_label("The question in full").fill(german)
    page.get_by_role("button", name="Ask this instead").click()
    expect(page.get_by_role("heading", name=german)).to_be_visible()
    settle(page)
    ask(page, QUESTION)
    expect(page.get_by_text("You asked")).to_have_count(0)


def test_a_stored_pair_is_learned_and_unlearned(page: Page, tuned: Path) -> None:
    question = "How many people work in each store?"
    ask(page, question)
    before = code(page).inner_text()
    run(page, "SELECT COUNT(*) FROM employee WHERE store_id > 1", "Run and store as right")
    expect(page.get_by_text("The memory is up to date.")).to_be_visible()
    assert "store_id > 1" in answer_of(tuned, question)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(page.get_by_text("The memory is up to date.")).to_be_visible()
    assert "store_id > 1" not in answer_of(tuned, question)
    ask(page, question)
    expect(code(page)).to_have_text(before)


def test_a_rejected_answer_is_not_shown_again_until_it_is_undone(page: Page) -> None:
    question = "How many customers do we have?"
    ask(page, question)
    rejected = code(page).inner_text()
    page.get_by_test_id("stFeedbackButton").last.click()
    expect(page.get_by_text("Noted as wrong")).to_be_visible()
    settle(page)
    page.reload()
    ask(page, question)
    shown = page.get_by_test_id("stCode").filter(visible=True).all_inner_texts()
    assert rejected not in shown
    unfold(page, "Marked as wrong 1")
    page.get_by_role("button", name="Not wrong after all").click()
    expect(page.get_by_text("Taken back")).to_be_visible()
    expect(code(page)).to_have_text(rejected)


def test_a_click_elsewhere_does_not_lose_the_question(page: Page) -> None:
    question = "Which publishers are from Germany?"
    page.get_by_placeholder("Ask in plain words").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    # Each of them draws the page anew, whether or not the answer is there.
    for part in ("genre", "author"):
        page.get_by_placeholder("Find a table or column").fill(part)
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=question)).to_be_visible()


def test_every_digit_of_a_large_number_is_shown(page: Page) -> None:
    ask(page, QUESTION)
    run(page, "SELECT order_id + 1009513310189256286 AS big FROM orders ORDER BY 1 LIMIT 2")
    cells = page.locator("[data-testid=stDataFrame] canvas table td")
    expect(cells.first).to_have_text("1009513310189256287")
    expect(cells.last).to_have_text("1009513310189256288")


def test_a_downloaded_text_is_no_formula(page: Page, tmp_path: Path) -> None:
    ask(page, QUESTION)
    run(page, "SELECT '=1+1' AS formula, 'a;=1+1' AS hidden, -order_id AS n FROM orders LIMIT 1")
    expect(page.get_by_text("1 row", exact=True)).to_be_visible()
    assert rows(page, tmp_path) == [["formula", "hidden", "n"], ["'=1+1", "a;'=1+1", "-1"]]


def test_the_grid_offers_no_download_of_its_own(page: Page) -> None:
    ask(page, QUESTION)
    page.get_by_test_id("stDataFrame").hover()
    toolbar = page.get_by_test_id("stElementToolbarButton").filter(visible=True)
    expect(toolbar.get_by_role("button", name="Search").first).to_be_visible()
    own_download = page.get_by_role("button", name="Download as CSV")
    assert own_download.count() == 0
    # A chart shows its data in a grid too. Its toolbar lies below it until the mouse is there.
    toolbar.get_by_role("button", name="Show data").first.dispatch_event("click")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(2)
    expect(toolbar.get_by_role("button", name="Show chart").first).to_be_visible()
    assert own_download.count() == 0
    toolbar.get_by_role("button", name="Fullscreen").last.dispatch_event("click")
    expect(page.get_by_role("button", name="Close fullscreen").last).to_be_visible()
    assert own_download.count() == 0


def test_a_long_text_stays_in_the_box_and_the_limit_is_told(page: Page) -> None:
    box = page.get_by_placeholder("Ask in plain words")
    page.evaluate("text => navigator.clipboard.writeText(text)", "x" * 1250)
    box.click()
    page.keyboard.press("Control+V")
    expect(box).to_have_value("x" * 1250)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("1,250 characters, and 1,000 characters can be read")).to_be_visible()
    expect(box).to_have_value("x" * 1250)


def test_the_history_outlives_a_reload(page: Page) -> None:
    ask(page, QUESTION)
    page.reload()
    page.get_by_role("tab", name="History").click()
    page.get_by_role("button", name=QUESTION, exact=True).filter(visible=True).last.click()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    page.get_by_role("button", name="Clear the history").click()
    expect(page.get_by_text("What you ask is listed here.")).to_be_visible()


def test_an_answer_has_an_address_that_opens_it_elsewhere(page: Page, browser: Browser) -> None:
    german, count = "Which publishers are from Germany?", "How many are there?"
    empty = page.url
    ask(page, german)
    first = page.url
    assert "memory=bookshop" in first and "q=Which+publishers" in first
    page.get_by_placeholder("Ask in plain words").fill(count)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"You asked: {count}")).to_be_visible()
    settle(page)
    second, rows_of = page.url, code(page).inner_text()
    page.go_back()
    expect(page.get_by_role("heading", name=german)).to_be_visible()
    settle(page)
    assert page.url == first
    page.go_back()
    expect(page.get_by_text("For example")).to_be_visible()
    settle(page)
    assert page.url == empty
    page.go_forward()
    expect(page.get_by_role("heading", name=german)).to_be_visible()
    settle(page)
    other = browser.new_context().new_page()
    other.goto(second)
    expect(other.get_by_text(f"You asked: {count}")).to_be_visible()
    expect(code(other)).to_have_text(rows_of)
    other.get_by_role("button", name="Follows").click()
    expect(other.get_by_role("heading", name=german)).to_be_visible()
    settle(other)
    assert other.url == first
    other.context.close()


def test_an_answer_is_announced_below_one_main_heading(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask bookshop")
    ask(page, QUESTION)
    expect(page.get_by_role("alert").filter(has_text="rows")).to_have_count(1)
    expect(page.get_by_role("heading", level=2)).to_have_text(QUESTION)


def test_the_page_follows_the_browser_s_colours_and_width(page: Page) -> None:
    ask(page, QUESTION)
    for width, scheme, background in ((1280, "light", 255), (390, "dark", 18), (390, "light", 255)):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        page.reload()
        expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
        colour = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        assert colour.startswith(f"rgb({background},")
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    top = page.get_by_role("heading", level=1).bounding_box()
    header = page.get_by_test_id("stHeader").bounding_box()
    assert top is not None and header is not None
    assert top["y"] >= header["height"] - 1, "no header lies over the title"


def test_sql_that_would_write_is_refused_in_the_browser(page: Page) -> None:
    page.get_by_role("button", name="How many customers do we have?").first.click()
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("SQL", exact=True).fill("DELETE FROM customer")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Not run.")).to_be_visible()


def answer_of(memory: Path, question: str) -> str:
    """What the memory itself holds as the answer of a question."""
    facts = read_facts(memory / "current")
    return "; ".join(fact.answer for fact in facts.values() if question in fact.wordings)


def rows(page: Page, folder: Path) -> list[list[str]]:
    """What the CSV download holds."""
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").filter(has_text="CSV").get_by_role("button").click()
    path = folder / "download.csv"
    download.value.save_as(path)
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
