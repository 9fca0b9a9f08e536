"""Whether one query may replace another: both return the same rows or, if the rows are no evidence,
differ only in names.
"""

from __future__ import annotations

from collections.abc import Iterable

from mome.answering.row_comparison import same_rows
from mome.answering.same_query import same_but_for_names
from mome.catalog import Catalog
from mome.errors import ExecutionError, Refused
from mome.execution import Executor
from mome.guard import guard
from mome.sql_tree import is_ordered

SAME_ROWS = 2000
"""Maximum number of rows by which two queries are compared; a longer result is no proof."""


def gives_same_rows(sql: str, other: str, catalog: Catalog, executor: Executor) -> bool:
    """Return whether guard and database accept both queries and both return the same rows, all of
    them compared.

    Row order counts if `sql` has an ORDER BY; column names do not count. Empty and zero results are
    no evidence: then both must be the same query but for aliases.
    """
    try:
        one = executor.run(guard(sql, catalog), max_rows=SAME_ROWS)
        two = executor.run(guard(other, catalog), max_rows=SAME_ROWS)
    except (Refused, ExecutionError):
        return False
    if one.truncated or two.truncated:
        return False
    if not same_rows(one.rows, two.rows, ordered=is_ordered(sql, catalog.dialect)):
        return False
    return not blank(one.rows) or same_but_for_names(sql, other, catalog)


def blank(rows: Iterable[tuple]) -> bool:
    """Return whether rows are no evidence: there are none, or all values are None or 0, like counts
    and sums of no rows.
    """
    return all(value is None or value == 0 for row in rows for value in row)
