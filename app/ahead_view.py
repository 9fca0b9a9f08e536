"""The browser's code for grids and charts, which it fetches when it first draws one: it does so
while the server reads the session's first question. `main` calls it.
"""

from __future__ import annotations

import altair as alt
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.export import table

KEY = "ahead"
"""`theme` hides the container of this key."""


def fetch() -> DeltaGenerator:
    """Draw a grid and a chart that nobody sees; empty the returned place when the answer comes."""
    place = st.empty()
    with place.container(key=KEY):
        st.dataframe(table(["a"], [(1,)]), key=f"{KEY}-grid")
        st.altair_chart(alt.Chart(alt.InlineData([{"a": 1}])).mark_bar(), key=f"{KEY}-chart")
    return place
