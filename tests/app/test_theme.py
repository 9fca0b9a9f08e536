"""Whatever is written on the page can be read: its contrast in both colour schemes, measured in
real headless Chromium.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from page_in_browser import ask, settle

LEAST = 4.5
"""Contrast of text (WCAG 2.2, 1.4.3)."""
FAINT = """least => {
  const parts = text => {
    const found = text.match(/[\\d.]+/g).map(Number);
    const scale = text.startsWith('color(') ? 255 : 1;
    return [found[0] * scale, found[1] * scale, found[2] * scale, found[3] ?? 1];
  };
  const over = (front, back) =>
    [0, 1, 2].map(i => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
  const linear = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = colour => {
    const [red, green, blue] = colour.slice(0, 3).map(value => linear(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const above = element => {
    const found = [];
    for (let one = element; one; one = one.parentElement) found.push(getComputedStyle(one));
    return found;
  };
  const measured = (element, colour) => {
    const styles = above(element);
    const paints = styles.map(style => parts(style.backgroundColor));
    const back = paints.reverse().reduce((under, paint) => over(paint, under), [255, 255, 255, 1]);
    const front = parts(colour);
    front[3] *= styles.reduce((all, style) => all * style.opacity, 1);
    const pair = [light(over(front, back)), light(back)].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  };
  const found = [];
  const note = (text, element, colour) => {
    const contrast = measured(element, colour);
    if (contrast < least) found.push(`${contrast.toFixed(2)}: ${text}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim(), element = texts.currentNode.parentElement;
    const style = getComputedStyle(element), size = element.getBoundingClientRect();
    const isIcon = element.dataset.testid === 'stIconMaterial';
    if (!text || isIcon || size.width < 2 || style.visibility !== 'visible') continue;
    note(text, element, element.closest('svg') ? style.fill : style.color);
  }
  for (const box of document.querySelectorAll('input[placeholder]'))
    note(box.placeholder, box, getComputedStyle(box, '::placeholder').color);
  return found;
}"""
"""Returns the texts with too little contrast. Icons need less; the grid is drawn on a canvas, whose
colours are not in the document.
"""


def faint(page: Page) -> list[str]:
    """The texts with too little contrast, once nothing fades in or out any more."""
    page.mouse.move(0, 0)
    found: list[str] = []
    for _ in range(40):
        found = page.evaluate(FAINT, LEAST)
        if not found:
            break
        page.wait_for_timeout(250)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.reload()
    expect(page.get_by_text("For example")).to_be_visible()
    settle(page)
    assert faint(page) == []
    ask(page, "How many orders came in through each channel?")
    expect(page.locator("[data-testid=stVegaLiteChart] text").first).to_be_visible()
    assert faint(page) == []
    page.get_by_text("Edit", exact=True).click()
    editor = page.get_by_label("SQL", exact=True)
    expect(editor).to_have_css("font-family", '"Source Code Pro", monospace')
    every_kind = "SELECT 'a' AS \"b\", 1.5, NULL, COUNT(*) -- c\nFROM orders WHERE status <> 'x'"
    editor.fill(every_kind)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("SQL edited by hand")).to_be_visible()
    settle(page)
    assert faint(page) == []
    page.get_by_text("Edit", exact=True).click()
    expect(page.get_by_test_id("stCode").first).to_contain_text("-- c")
    assert faint(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_refusal_has_enough_contrast(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.reload()
    page.get_by_placeholder("Ask in plain words").fill("Who won the football world cup?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Nearest questions that can be answered")).to_be_visible()
    settle(page)
    assert faint(page) == []
