"""The rules that write facts from a catalog, in the tuple RULES.

`training_data.generate` calls them. A rule is a function (database, subject) -> iterator of drafts
about that table, the most useful first. Drafts are made lazily, because the generator stops at its
limit. To add a rule, write it in the file that fits and name it in RULES. Its golden file lies in
tests/fixtures/training_data/rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from training_data.drafts import Draft
from training_data.language.subjects import Database, Subject
from training_data.rules.chains import (
    count_across,
    count_of_ancestor,
    count_per_ancestor,
    rows_across,
    rows_of_ancestor,
    total_per_ancestor,
)
from training_data.rules.comparing import (
    count_below,
    count_distinct,
    rows_above,
    rows_above_average,
    rows_above_parent,
    rows_between,
    rows_without_entry,
)
from training_data.rules.dates import (
    count_by_month,
    count_by_year,
    count_in_year,
    count_of_year_number,
    earliest_day,
    latest_day,
    rows_in_last_days,
)
from training_data.rules.filters import (
    names_beginning_with,
    rows_except_value,
    rows_with_either_value,
)
from training_data.rules.grouping import (
    average_by_category,
    count_by_category,
    most_common_value,
    total_by_category,
)
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
from training_data.rules.ranking import (
    latest_rows,
    names_in_order,
    row_with_highest,
    row_with_lowest,
    top_rows,
)
from training_data.rules.shares import difference_of_counts, leader_of_each_group, share_of_value
from training_data.rules.values import count_with_value, distinct_values, rows_with_value

Rule = Callable[[Database, Subject], Iterator[Draft]]

RULES: tuple[Rule, ...] = (
    rows_with_value,
    rows_of_parent,
    rows_across,
    rows_of_ancestor,
    count_with_value,
    count_of_parent,
    parent_with_most,
    row_with_highest,
    list_names,
    count_by_category,
    count_rows,
    count_of_ancestor,
    most_common_value,
    names_in_order,
    top_rows,
    rows_with_parent,
    count_per_parent,
    names_beginning_with,
    row_with_lowest,
    count_distinct,
    parents_with_both,
    distinct_values,
    latest_rows,
    rows_above,
    list_main_columns,
    parents_without,
    count_of_year_number,
    parents_with_at_least,
    count_per_ancestor,
    count_across,
    average,
    rows_except_value,
    average_by_category,
    values_with_at_least,
    rows_between,
    total_per_parent,
    range_of_measure,
    rows_above_average,
    rows_above_parent,
    average_per_parent,
    total,
    parents_with_one_only,
    total_by_category,
    count_below,
    highest,
    total_per_ancestor,
    list_everything,
    latest_day,
    difference_of_counts,
    rows_without_entry,
    rows_with_either_value,
    lowest,
    earliest_day,
    count_in_year,
    count_by_year,
    share_of_value,
    count_by_month,
    rows_in_last_days,
    leader_of_each_group,
)
"""All rules, in the order in which a table's facts are taken.

The generator takes one fact of each rule in turn until it reaches its limit. The forms that people
ask most often come first, as `tests/benchmarks/bench_rules.py` counts them in the training splits
of Spider and BIRD."""
