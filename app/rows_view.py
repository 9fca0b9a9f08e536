"""The rows of an answer: what they say, a number, charts, the grid and the downloads. Part of
`answer_view`.
"""

from __future__ import annotations

from functools import partial

import altair as alt
import streamlit as st

from app import charts, downloads_view, grid, notices, sentences, steps, steps_view
from app.answers import Entry, Outcome
from app.chart_axes import PICKED
from app.charts import Drawable
from app.columns import Shown, shown_columns
from app.desk import Desk
from app.markup import count, plain
from mome.execution import Result
from mome.sql_tree import is_ordered


def show(entry: Entry, outcome: Outcome, result: Result, desk: Desk) -> None:
    """Draw the rows, beside a chart if there is one."""
    if not result.rows:
        notices.empty()
        return
    columns = shown_columns(outcome.query, result.columns, desk.catalog)
    query = outcome.query
    has_order = query is None or is_ordered(query.sql, query.dialect)
    given = Drawable(columns, result.rows, has_order)
    _sentence(given, outcome, result)
    found = steps.grouped(query, given, desk.catalog)
    if found is not None:
        steps_view.show(entry, found)
    wanted = entry.translation.display
    drawn = charts.choose(columns, result.rows, wanted=wanted, is_ordered=has_order)
    if charts.is_missed(drawn, wanted):
        st.caption(charts.MISSED[wanted])
    if isinstance(drawn, charts.Metric):
        st.metric(plain(drawn.label), drawn.value)
        _rows(entry, result, columns, desk, None, found)
    elif drawn is not None:
        # Beside a chart, the grid has no room for a third column.
        is_wide = len(columns) > 2
        left, right = (st.container(),) * 2 if is_wide else st.columns([5, 4], gap="medium")
        with left:
            _charts(entry, drawn, found)
        with right:
            _rows(entry, result, columns, desk, drawn, found)
    else:
        _rows(entry, result, columns, desk, None, found)
    steps_view.behind(entry, desk)


def size(outcome: Outcome) -> str:
    """Return how many rows there are, as far as it is known."""
    result = outcome.result
    if result is None:
        return "no rows"
    if not result.truncated:
        return count(len(result.rows), "row")
    if outcome.total is None:
        return f"More than {count(len(result.rows), 'row')}"
    return count(outcome.total, "row")


def _sentence(given: Drawable, outcome: Outcome, result: Result) -> None:
    said = sentences.tell(given, outcome.total, result.truncated)
    if said.sentence:
        st.markdown(plain(said.sentence))
    if said.missing:
        st.caption(plain(said.missing))


def _charts(entry: Entry, drawn: alt.Chart | charts.Multiples, found: steps.Grouped | None) -> None:
    several = drawn.charts if isinstance(drawn, charts.Multiples) else (drawn,)
    for number, chart in enumerate(several):
        key = f"chart-{entry.number}-{entry.turn}-{number}"
        if found is None:
            st.altair_chart(chart, key=key)
        else:
            picked = partial(steps_view.picked_mark, key, entry, found)
            st.altair_chart(chart, key=key, on_select=picked, selection_mode=[PICKED])


def _rows(
    entry: Entry,
    result: Result,
    columns: tuple[Shown, ...],
    desk: Desk,
    drawn: alt.Chart | charts.Multiples | None,
    found: steps.Grouped | None,
) -> None:
    shown = grid.table(result, columns)
    configs = grid.configs(result, columns, shown)
    key = f"rows-{entry.number}-{entry.turn}"
    if found is None:
        st.dataframe(shown, hide_index=True, column_config=configs, key=key)
    else:
        st.dataframe(
            shown,
            hide_index=True,
            column_config=configs,
            key=key,
            on_select=partial(steps_view.picked_cell, key, entry, found),
            selection_mode="single-cell",
        )
    downloads_view.show(entry, result, columns, desk, drawn)
