"""Repairs in their order: what the question leaves no doubt of is written as it says. `candidates`
calls them.

Each rule changes the tree and returns notes for the reader. Queries that people verified are not
repaired.
"""

from __future__ import annotations

from mome.answering.repairs.counts import count_both
from mome.answering.repairs.currency import show_in_currency
from mome.answering.repairs.date_choices import take_asked_date, take_own_dates, take_table_date
from mome.answering.repairs.day_counts import count_days
from mome.answering.repairs.direction import list_all, turn_listing, turn_order
from mome.answering.repairs.durations import turn_duration
from mome.answering.repairs.exclusions import leave_out_said
from mome.answering.repairs.flags import take_flags
from mome.answering.repairs.formulas import compute_said
from mome.answering.repairs.full_names import show_full_names
from mome.answering.repairs.fuller_names import take_fuller_names
from mome.answering.repairs.groups import count_groups, count_matches
from mome.answering.repairs.late import compare_dates, take_overdue
from mome.answering.repairs.lookups import look_up_rows
from mome.answering.repairs.measures import group_by_owner, sum_measure, take_plain_series
from mome.answering.repairs.missing_values import (
    leave_nulls_out,
    sort_values_first,
    take_missing_values,
    take_truth_values,
)
from mome.answering.repairs.name_groups import group_by_name
from mome.answering.repairs.negations import take_wanted_values
from mome.answering.repairs.nulls import take_lasting, turn_null
from mome.answering.repairs.orders import order_as_said, show_ranked_figure
from mome.answering.repairs.overall_ranks import rank_overall
from mome.answering.repairs.parents import show_parents
from mome.answering.repairs.period_labels import write_periods
from mome.answering.repairs.periods import take_period
from mome.answering.repairs.reports import take_reports
from mome.answering.repairs.row_names import show_row_names
from mome.answering.repairs.series import take_whole_series
from mome.answering.repairs.sets import take_from_all
from mome.answering.repairs.shares import share_of_said_rows, share_within_groups
from mome.answering.repairs.single_figures import add_up_listed
from mome.answering.repairs.value_lists import take_listed_values
from mome.answering.repairs.values import take_said_values
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog
from mome.errors import Refused
from mome.linking.values import ValueIndex


def repaired(
    draft: SqlDraft, question: str, catalog: Catalog, values: ValueIndex, *, is_exact: bool = False
) -> tuple[SqlDraft, tuple[str, ...]]:
    """Return the query with all repairs, and a note on each that changes what the reader sees.

    `is_exact`: whether the query says the question word by word, so that only its spelling may
    change.
    """
    if draft.exact_tree is None:
        return draft, ()
    tree = draft.exact_tree.copy()
    notes: list[str] = []
    for repair in SPELLINGS if is_exact else REPAIRS:
        notes += repair(tree, question, catalog, values)
    if tree == draft.exact_tree:
        return draft, ()
    try:
        return draft.rewritten(tree), tuple(notes)
    except Refused:
        return draft, ()


REPAIRS = (
    take_fuller_names,
    take_reports,
    take_whole_series,
    count_both,
    take_listed_values,
    turn_order,
    turn_listing,
    list_all,
    look_up_rows,
    leave_out_said,
    take_flags,
    take_wanted_values,
    take_missing_values,
    turn_null,
    take_lasting,
    take_period,
    take_truth_values,
    leave_nulls_out,
    sort_values_first,
    count_matches,
    count_groups,
    take_from_all,
    count_days,
    turn_duration,
    rank_overall,
    take_plain_series,
    sum_measure,
    add_up_listed,
    compute_said,
    group_by_owner,
    group_by_name,
    take_overdue,
    compare_dates,
    share_within_groups,
    share_of_said_rows,
    take_own_dates,
    take_table_date,
    take_asked_date,
    take_said_values,
    show_full_names,
    order_as_said,
    show_ranked_figure,
    show_parents,
    show_row_names,
    write_periods,
    show_in_currency,
)
SPELLINGS = (write_periods,)
"""Those that change no more than how a result is written."""
