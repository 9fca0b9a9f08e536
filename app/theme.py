"""The page's colours (`launch` passes them to Streamlit, `charts` draws with them) and spacing that
has no setting.
"""

from __future__ import annotations

PRIMARY = "#1f6f78"
BACKGROUND = "#ffffff"
INSET = "#f5f7f7"
INK = "#1f2a2e"

STYLE = """<style>
.stMainBlockContainer { padding-top: 2.5rem; padding-bottom: 3rem; max-width: 1400px; }
[data-testid="stSidebarContent"] .stVerticalBlock { gap: 0.5rem; }
[data-testid="stSidebarContent"] button[kind="tertiary"] {
  min-height: 1.75rem; justify-content: start;
}
[data-testid="stSidebarContent"] button[kind="tertiary"] p { text-align: left; }
</style>"""
"""Constant text: nothing from a question or a database may become part of it."""
