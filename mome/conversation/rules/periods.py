"""Periods: `and 2023?`, `since March 2024`, `between 2022 and 2024`, and the date they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from mome.answering.usual_dates import date_columns
from mome.conversation.clauses import conjuncts, set_conditions
from mome.conversation.rules.values import NARROWING, RELATIONS
from mome.conversation.rules.words import explains, texts
from mome.conversation.scene import FollowUp
from mome.forms.nodes import After, Before, During, FormColumn, Since, Until, form_column
from mome.linking.said_periods import period_spans, said_periods

# `In 2024 by month` is no period alone.
_GROUPED = re.compile(
    r"\b(?:by|per|each|every|monthly|yearly|quarterly|weekly|daily)\b", re.IGNORECASE
)
_BOUNDS: dict[str, type[exp.Expr]] = {
    "since": Since, "before": Before, "after": After,
    "until": Until, "till": Until, "through": Until,
}  # fmt: skip
_ONWARDS = frozenset("on onward onwards".split())
_CONDITIONS = (During, Since, Before, After, Until)


def other_period(scene: FollowUp) -> exp.Query | None:
    """Ask the same for another period, or for what is since or before one."""
    periods, select = said_periods(scene.cues.text), scene.select
    if select is None or scene.mentions() or _GROUPED.search(scene.cues.text):
        return None
    if not explains(
        scene, _of_periods(scene), [*RELATIONS, *NARROWING, *_BOUNDS, *_ONWARDS, "between"]
    ):
        return None
    old = conjuncts(select)
    column = next((one.this for one in old if isinstance(one, _CONDITIONS)), None)
    column = day_column(scene) if column is None else column
    new = [] if column is None else _conditions(column, periods, texts(scene))
    if not new:
        return None
    tree = select.copy()
    kept = [one for one in old if not (isinstance(one, _CONDITIONS) and one.this == column)]
    set_conditions(tree, [*kept, *new])
    return None if tree == select else tree


def _conditions(column: exp.Expr, periods: Sequence[str], said: Sequence[str]) -> list[exp.Expr]:
    """Return the conditions that the words say of a date; empty if they are not understood."""
    literals = [exp.Literal.string(period) for period in periods]
    bounds = [_BOUNDS[word] for word in said if word in _BOUNDS]
    # `From 2020 on` begins like a range.
    if "from" in said and said[-1] in _ONWARDS:
        bounds.append(Since)
    is_range = "between" in said or ("from" in said and ("to" in said or bounds == [Until]))
    if len(literals) == 2 and is_range:
        first, last = literals
        return [
            Since(this=column.copy(), expression=first),
            Until(this=column.copy(), expression=last),
        ]
    if len(literals) != 1 or is_range or len(bounds) > 1:
        return []
    kind = bounds[0] if bounds else During
    return [kind(this=column.copy(), expression=literals[0])]


def _of_periods(scene: FollowUp) -> list[int]:
    """Return the indices of the words that name periods."""
    spans = period_spans(scene.cues.text)
    return [
        at
        for at, word in enumerate(scene.words)
        if any(start <= word.start < end for start, end in spans)
    ]


def day_column(scene: FollowUp) -> FormColumn | None:
    """Return the date that the answer before compares or shows, else the only one of the rows that
    it is about, else the one that people's queries about such rows read.
    """
    own = [(table.key, date.name) for table in scene.tables for date in date_columns(table)]
    for column in scene.tree.find_all(FormColumn):
        if (column.table, column.name) in own:
            return column.copy()
    details = {table.key for table in scene.details}
    if len(own) == 1 and own[0][0] in details:
        return form_column(*own[0])
    near = {table.key for table in [*scene.tables, *scene.owners]}
    for usual in scene.usual_dates:
        if usual.table in near and usual.beside & details:
            return form_column(*usual.place)
    return None
