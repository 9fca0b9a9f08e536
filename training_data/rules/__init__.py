"""The rules that write facts from a catalog, in one visible tuple; called by `generate`.

A rule is one function: (database, subject) -> drafts about that table, the most useful first, made only when they are asked for.
To add one, write it in the file that fits and name it in RULES; its golden file lies in tests/fixtures/training_data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from training_data.drafts import Draft
from training_data.rules.chains import (
    count_across,
    count_of_ancestor,
    count_per_ancestor,
    rows_across,
    rows_of_ancestor,
    total_per_ancestor,
)
from training_data.rules.comparing import count_below, count_distinct, rows_above, rows_above_average, rows_between, rows_without_entry
from training_data.rules.dates import (
    count_by_month,
    count_by_year,
    count_in_year,
    count_of_year_number,
    earliest_day,
    latest_day,
    rows_in_last_days,
)
from training_data.rules.filters import names_beginning_with, rows_except_value, rows_with_either_value
from training_data.rules.grouping import average_by_category, count_by_category, most_common_value, total_by_category
from training_data.rules.having import (
    average_per_parent,
    parents_with_at_least,
    parents_with_both,
    parents_with_one_only,
    total_per_parent,
    values_with_at_least,
)
from training_data.rules.joining import (
    count_of_parent,
    count_per_parent,
    parent_with_most,
    parents_without,
    rows_of_parent,
    rows_with_parent,
)
from training_data.rules.listing import count_rows, list_everything, list_main_columns, list_names
from training_data.rules.measures import average, highest, lowest, range_of_measure, total
from training_data.rules.ranking import latest_rows, row_with_highest, row_with_lowest, top_rows
from training_data.rules.shares import difference_of_counts, leader_of_each_group, share_of_value
from training_data.rules.values import count_with_value, distinct_values, rows_with_value
from training_data.subjects import Database, Subject

Rule = Callable[[Database, Subject], Iterator[Draft]]

RULES: tuple[Rule, ...] = (
    count_rows,
    list_names,
    rows_with_value,
    count_by_category,
    rows_with_parent,
    average,
    count_with_value,
    count_per_parent,
    row_with_highest,
    list_main_columns,
    count_in_year,
    parents_without,
    total,
    distinct_values,
    top_rows,
    count_of_parent,
    rows_of_parent,
    rows_across,
    rows_above,
    latest_rows,
    parent_with_most,
    rows_of_ancestor,
    count_below,
    total_per_parent,
    parents_with_at_least,
    average_by_category,
    highest,
    count_by_year,
    row_with_lowest,
    total_by_category,
    lowest,
    count_of_year_number,
    most_common_value,
    count_across,
    rows_above_average,
    count_of_ancestor,
    average_per_parent,
    count_distinct,
    latest_day,
    total_per_ancestor,
    rows_between,
    count_per_ancestor,
    values_with_at_least,
    share_of_value,
    parents_with_one_only,
    list_everything,
    earliest_day,
    range_of_measure,
    parents_with_both,
    rows_without_entry,
    rows_except_value,
    count_by_month,
    rows_with_either_value,
    names_beginning_with,
    rows_in_last_days,
    difference_of_counts,
    leader_of_each_group,
)
"""The order in which a table's facts are taken, round and round, until the limit is reached."""
