"""Kinds of questions that are no figure by dimensions, each read by one function. The tuple KINDS
composes them; `reader` asks it for what it does not read itself.

Covered: see the docstring of each module. Not covered: questions of which a word has no part in the
query; those are left to the model.
"""

from __future__ import annotations

from collections.abc import Callable

from mome.answering.titles.kinds.classes import rows_in_classes
from mome.answering.titles.kinds.distinct import different_things
from mome.answering.titles.kinds.lists import best_rows_of_groups, listed_rows
from mome.answering.titles.kinds.measures import several_measures
from mome.answering.titles.kinds.periods import two_periods
from mome.answering.titles.kinds.quantified import things_by_rows
from mome.answering.titles.kinds.rates import shares_of_rows
from mome.answering.titles.kinds.ratios import two_figures
from mome.answering.titles.kinds.reading import Composed, KindReading
from mome.answering.titles.kinds.shares import shares_of_each
from mome.answering.titles.kinds.sides import states_side_by_side

Kind = Callable[[str, KindReading], Composed | None]
"""Reads a question; None if it is not of this kind, or not clear."""

FIRST_KINDS: tuple[Kind, ...] = (states_side_by_side, two_periods)
"""Those that are asked before a question is read as a title."""
KINDS: tuple[Kind, ...] = (
    shares_of_rows,
    shares_of_each,
    two_figures,
    rows_in_classes,
    different_things,
    several_measures,
    things_by_rows,
    best_rows_of_groups,
    listed_rows,
)
"""The first that reads a question is taken."""
