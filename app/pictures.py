"""A chart as a PNG or SVG file, drawn by the server: with its title, on white. `downloads_view`
offers them.
"""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt

from app.charts import Multiples

WIDTH = 720
"""Pixels of a chart, without its axis; a picture has twice as many."""
MIME = {"PNG": "image/png", "SVG": "image/svg+xml"}
_LINE = 90
"""Characters of a line of the title."""


def draw(drawn: alt.Chart | Multiples, title: str, kind: str) -> bytes:
    """Return the content of a picture.

    kind: PNG or SVG.
    """
    # Not at the top: only a download needs it, and it holds a JavaScript engine.
    import vl_convert

    spec = _spec(drawn, title)
    # No data of another machine: a chart holds its own.
    if kind == "SVG":
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()
    return vl_convert.vegalite_to_png(spec, scale=2.0, allowed_base_urls=[])


def _spec(drawn: alt.Chart | Multiples, title: str) -> dict[str, Any]:
    lines = textwrap.wrap(title, _LINE) or [""]
    charts = drawn.charts if isinstance(drawn, Multiples) else (drawn,)
    sized = [chart.properties(width=WIDTH) for chart in charts]
    # One selection per name and chart; a picture has none.
    for chart in sized:
        chart.params = alt.Undefined
    whole = sized[0] if len(sized) == 1 else alt.vconcat(*sized)
    heading = alt.TitleParams(lines, anchor="start", fontSize=16)
    return whole.properties(title=heading, background="white").to_dict()
