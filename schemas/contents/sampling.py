"""How much of a table is read: its row count, and the relations that statistics select from.

`profile` calls this module before it measures a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from schemas.catalog import FullTable
from schemas.errors import QueryTimedOut
from schemas.readers.base import Reader

# Few rows, for views that are slow by themselves; enough to see a column's typical values.
SMALL_SAMPLE = 1_000
"""Number of rows of the last sample that is tried."""
# PostgreSQL and InnoDB count by a scan. Beyond this size it would often use up the time limit, for
# a number that the engine estimates well enough.
ESTIMATE_ENOUGH = 5_000_000
"""Tables with a larger estimate are not counted; their row count is the estimate."""
_SMALLER = 10
"""A sample that took too long is followed by one that is this many times smaller."""
Size = Literal["small", "large", "slow"]
"""How much of a table to read: all rows, a sample, or a few rows."""


def count_rows(
    reader: Reader, table: FullTable, *, estimate: int | None, timeout_s: float
) -> tuple[int | None, Size]:
    """Return the number of rows, and how much of the table to read.

    The number is the estimate if counting takes too long or the table is very large.
    Raises QueryFailed if the table cannot be read.
    """
    dialect = reader.dialect
    name = dialect.table(table)
    # A bounded count ends early on a large table, where a full count may take too long.
    bounded = f"(SELECT 1 FROM {name} LIMIT {dialect.scan_rows + 1}) bounded"
    try:
        counted = _integer(reader, f"SELECT count(*) FROM {bounded}", timeout_s)
    except QueryTimedOut:
        return estimate, "slow"
    if counted <= dialect.scan_rows:
        return counted, "small"
    if estimate is not None and estimate > ESTIMATE_ENOUGH:
        return estimate, "large"
    try:
        return _integer(reader, f"SELECT count(*) FROM {name}", timeout_s), "large"
    except QueryTimedOut:
        return estimate, "large"


def _integer(reader: Reader, sql: str, timeout_s: float) -> int:
    return int(reader.rows(sql, timeout_s=timeout_s)[0][0])


def relations(
    reader: Reader, table: FullTable, size: Size, rows: int | None
) -> Iterator[tuple[str, bool]]:
    """Yield what to select from and whether that is every row, the largest first.

    The next relation is tried if the one before takes too long.
    """
    dialect = reader.dialect
    name = dialect.table(table)
    scan_rows = dialect.scan_rows
    limits = {
        "small": (scan_rows // _SMALLER, SMALL_SAMPLE),
        "large": (scan_rows, scan_rows // _SMALLER, SMALL_SAMPLE),
        "slow": (SMALL_SAMPLE,),
    }
    if size == "small":
        yield name, True
    elif size == "large" and dialect.samples_blocks and table.kind != "view" and rows:
        # Blocks from the whole table: its first rows are often the oldest ones. REPEATABLE fixes
        # the seed, so that equal databases give equal catalogs.
        percent = min(100.0, 100.0 * scan_rows / rows)
        sample = f"TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (1) LIMIT {scan_rows}"
        yield f"(SELECT * FROM {name} {sample}) s", False
    for limit in limits[size]:
        yield f"(SELECT * FROM {name} LIMIT {limit}) s", False
