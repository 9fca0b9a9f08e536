"""An analyst's walk in real headless Chromium, and whether everybody can take it: by keyboard
alone, and by axe-core's rules.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from page_in_browser import ask, settle

MONTHS = "What is the revenue by month?"
GENRES = "What is the revenue by genre?"
REVENUE = "SUM(order_line.quantity * order_line.unit_price * (1 - order_line.discount))"
MONTH = "STRFTIME('%Y-%m', orders.ordered_on)"
CORRECTED = (
    f"SELECT {MONTH} AS month, {REVENUE} AS revenue FROM order_line JOIN orders ON "
    "order_line.order_id = orders.order_id WHERE orders.status NOT IN ('C', 'R') "
    f"GROUP BY {MONTH}"
)
# Taller than any answer: axe-core measures no contrast of what is scrolled out of sight.
TALL = 5000
FAINT = '<p id="planted" style="color: #ccc; background: #fff">faint words</p>'


def code(page: Page) -> Locator:
    return page.get_by_test_id("stCode").first


def follow(page: Page, words: str) -> None:
    """Ask a follow-up, and wait for its answer."""
    page.get_by_placeholder("Ask in plain words").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"You asked: {words}")).to_be_visible()
    expect(page.get_by_text("Is this right?")).to_be_visible()
    settle(page)


def take(page: Page, step: str) -> None:
    page.get_by_role("button", name=step).click()
    expect(page.get_by_text("Changed by a click")).to_be_visible()
    settle(page)


def choose_figure(page: Page, figure: str) -> None:
    """Look behind a figure by the list, with the keyboard."""
    box = page.get_by_role("combobox", name="Rows behind")
    box.focus()
    page.keyboard.type(figure)
    expect(page.get_by_role("option", name=figure)).to_be_visible()
    page.keyboard.press("Enter")
    heading = re.compile(f"Rows behind .*{re.escape(figure)}")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    settle(page)


def test_an_analyst_s_walk(page: Page, browser: Browser, tuned: Path, tmp_path: Path) -> None:
    ask(page, MONTHS)
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()

    # A filter is corrected and stored.
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("SQL", exact=True).fill(CORRECTED)
    page.get_by_role("button", name="Run and store as right").click()
    expect(page.get_by_text("The memory is up to date.")).to_be_visible()
    settle(page)
    expect(page.get_by_text("The revenue rose from")).to_be_visible()

    # The question in other words gives it.
    ask(page, "Show me the monthly revenue")
    expect(code(page)).to_contain_text("NOT")
    expect(code(page)).to_contain_text("'C', 'R'")

    # Narrowed to a country.
    follow(page, "only for Germany")
    expect(code(page)).to_contain_text("customer.country_code = country.country_code")
    expect(code(page)).to_contain_text("country.name = 'Germany'")
    expect(page.get_by_text("The country is that of the store.")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()

    # A month fell: which rows are behind it?
    take(page, "Difference to the period before")
    expect(code(page)).to_contain_text("LAG(")
    expect(page.get_by_text("fell most in")).to_be_visible()
    choose_figure(page, "2024-02")
    grids = page.get_by_test_id("stDataFrame")
    expect(grids).to_have_count(2)
    address = page.url

    # As a share of each genre.
    ask(page, GENRES)
    take(page, "Share of the whole")
    expect(code(page)).to_contain_text("percentage_of_")

    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    saved = tmp_path / "share.xlsx"
    download.value.save_as(saved)
    book = zipfile.ZipFile(io.BytesIO(saved.read_bytes()))
    texts = book.read("xl/sharedStrings.xml").decode()
    assert "percentage of " in texts and "Crime" in texts
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()

    other = browser.new_context().new_page()
    other.goto(address)
    expect(other.get_by_text("Changed by a click")).to_be_visible()
    expect(code(other)).to_contain_text("LAG(")
    expect(code(other)).to_contain_text("country.name = 'Germany'")
    other.context.close()

    pairs = (tuned / "feedback.jsonl").read_text("utf-8").splitlines()
    stored = [json.loads(line) for line in pairs]
    assert [pair["source"] for pair in stored if pair["question"] == MONTHS] == ["corrected"]


def test_a_click_on_a_bar_shows_the_rows_behind_it(page: Page) -> None:
    ask(page, GENRES)
    bar = page.get_by_test_id("stVegaLiteChart").locator("g.mark-rect path").first
    bar.click()
    heading = page.get_by_role("heading", name="Rows behind genre")
    expect(heading).to_be_visible()
    page.get_by_role("button", name="Open as an answer").click()
    expect(page.get_by_role("heading", level=2, name="the rows behind genre")).to_be_visible()


def test_a_pinned_question_outlives_the_clearing_of_the_history(page: Page) -> None:
    ask(page, GENRES)
    page.get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    settle(page)
    page.get_by_role("tab", name="History").click()
    page.get_by_role("button", name="Clear the history").click()
    expect(page.get_by_role("heading", name=GENRES)).to_be_hidden()
    expect(page.get_by_text("Pinned questions stay.")).to_be_visible()
    settle(page)
    page.get_by_role("button", name=GENRES).filter(visible=True).last.click()
    expect(page.get_by_role("heading", name=GENRES)).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Unpin").click()
    expect(page.get_by_role("button", name="Pin", exact=True)).to_be_visible()


def test_the_walk_can_be_taken_by_keyboard_alone(page: Page) -> None:
    tab_to(page, page.get_by_placeholder("Ask in plain words"))
    page.keyboard.type(GENRES)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=GENRES)).to_be_visible()
    expect(page.get_by_text("Is this right?")).to_be_visible()
    settle(page)
    choose_figure(page, "Crime")
    tab_to(page, page.get_by_role("button", name="Share of the whole"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Changed by a click")).to_be_visible()
    settle(page)
    tab_to(page, page.get_by_role("button", name="Excel"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".xlsx")


def test_an_answer_has_no_serious_finding(page: Page) -> None:
    ask(page, GENRES)
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": TALL})
            page.reload()
            expect(page.get_by_text("Is this right?")).to_be_visible()
            settle(page)
            choose_figure(page, "Crime")
            expect(page.get_by_test_id("stDataFrame")).to_have_count(2)
            assert findings(page) == [], (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    # What is at the end of the page is looked at too.
    end = "text => document.querySelector('.stMainBlockContainer').insertAdjacentHTML"
    page.evaluate(f"{end}('beforeend', text)", FAINT)
    assert [rule for rule, _ in findings(page)] == ["color-contrast"]


def findings(page: Page) -> list[tuple[str, str]]:
    """Rule and element of each serious or critical finding of axe-core."""
    found = Axe().run(page).response["violations"]
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [(rule["id"], node["html"]) for rule in serious for node in rule["nodes"]]


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no way by keyboard to {wanted}")
