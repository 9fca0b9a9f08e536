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

STYLE = """<style>
.stMainBlockContainer { padding-top: 2.5rem; padding-bottom: 3rem; max-width: 1400px; }
@media (max-width: 768px) {  /* Streamlit's header lies over the top of a narrow page */
  .stMainBlockContainer { padding-top: 4.5rem; }
}
.stMainBlockContainer h1 { font-size: 1.5rem; padding: 0 0 0.5rem; }
.stMainBlockContainer h2 { font-size: 1.25rem; padding: 0.5rem 0; }
.announced {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) {
  display: none;
}
[data-testid="InputInstructions"] { display: none; }
[data-testid="stSidebarContent"] .stVerticalBlock { gap: 0.5rem; }
[data-testid="stSidebarContent"] button[kind="tertiary"] {
  min-height: 1.75rem; justify-content: start;
}
[data-testid="stSidebarContent"] button[kind="tertiary"] p { text-align: left; }
</style>"""
"""Constant text: nothing from a question or a database may become part of it.

The grid's own download is hidden: it leaves formulas alive and holds only the rows that are shown.
Streamlit's hint to press Enter is hidden: it lies over the question on a narrow page.
"""
