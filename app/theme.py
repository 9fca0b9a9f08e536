"""The page's colours (`launch` passes them to Streamlit, `charts` draws with them) and spacing that
has no setting.
"""

from __future__ import annotations

COLOURS = {
    "light": {
        "primaryColor": "#1f6f78",
        "backgroundColor": "#ffffff",
        "secondaryBackgroundColor": "#f5f7f7",
        "textColor": "#1f2a2e",
    },
    "dark": {
        "primaryColor": "#4fb0ba",
        "backgroundColor": "#12181b",
        "secondaryBackgroundColor": "#1c2529",
        "textColor": "#e4ebed",
    },
}
"""Streamlit's names of the colours, for both schemes; the browser's preference chooses one."""
# Bars and lines, which keep their colour in both schemes: at least 3:1 against either background
# (WCAG 2.2, 1.4.11).
MARKS = "#2b8a95"
SERIES = [MARKS, "#c2571a", "#7a6fd0", "#6b8e23", "#b3508c", "#a07d2c"]
"""Of the categories of one chart, in the same way."""

STYLE = """<style>
.stMainBlockContainer { padding-top: 2.5rem; padding-bottom: 3rem; max-width: 1400px; }
@media (max-width: 768px) {  /* Streamlit's header lies over the top of a narrow page */
  .stMainBlockContainer { padding-top: 4.5rem; }
  [data-testid="stHorizontalBlock"] { row-gap: 1rem; }
}
.stMainBlockContainer h1 { font-size: 1.5rem; padding: 0 0 0.5rem; }
.stMainBlockContainer h2 { font-size: 1.25rem; padding: 0.5rem 0; }
.stMainBlockContainer h3 { font-size: 1.1rem; padding: 0.5rem 0; }
.announced {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) {
  display: none;
}
[data-testid="InputInstructions"] { display: none; }
.st-key-ahead { display: none; }
[data-testid="stSidebarContent"] .stVerticalBlock { gap: 0.5rem; }
[data-testid="stSidebarContent"] button[kind="tertiary"] {
  min-height: 1.75rem; justify-content: start;
}
[data-testid="stSidebarContent"] button[kind="tertiary"] p { text-align: left; }
button[kind^="primary"] { background-color: #1f6f78; border-color: #1f6f78; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit; }
[data-testid="stCaptionContainer"] { opacity: 0.75; }
[data-testid="stVegaLiteChart"] text { fill: currentColor; }
textarea[aria-label="SQL"] { font-family: "Source Code Pro", monospace; }
[data-testid="stCode"] code .token:is(.punctuation, .comment) { color: inherit; }
[data-testid="stCode"] code .token:is(.keyword, .function) {
  color: color-mix(in srgb, #1c83e1 55%, currentColor);
}
[data-testid="stCode"] code .token:is(.string, .number, .boolean) {
  color: color-mix(in srgb, #09ab3b 55%, currentColor);
}
[data-testid="stCode"] code .token.operator {
  color: color-mix(in srgb, #ed6f13 55%, currentColor);
}
</style>"""
"""Constant text: nothing from a question or a database may become part of it.

The grid's own download is hidden: it leaves formulas alive and holds only the rows that are shown.
Streamlit's hint to press Enter is hidden: it lies over the question on a narrow page. Its own
colours of captions, labels of charts, SQL and, in the dark scheme, main buttons have a contrast of
2.3 to 4.1; these have at least 4.5:1 (WCAG 2.2, 1.4.3).
"""
