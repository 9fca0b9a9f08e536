"""The files of one answer, each made once, when it is first asked for. `rows_view` offers them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from app import export
from mome.execution import Executor, Result
from mome.guard import GuardedQuery

MOST_ROWS = 100_000
"""Rows of a download. They are held in memory while the file is made, and a spreadsheet opens about
a million.
"""
# Whoever asks for a file waits longer than for the first rows.
LEAST_TIMEOUT_S = 60.0
KINDS: dict[str, tuple[str, Callable[[export.Names, export.Rows], bytes]]] = {
    "CSV": ("text/csv", export.to_csv),
    "Parquet": ("application/vnd.apache.parquet", export.to_parquet),
}
"""MIME type and writer of each kind of file."""


class Downloads:
    """All rows of an answer as files, also those beyond the ones that the page shows."""

    def __init__(
        self,
        query: GuardedQuery,
        shown: Result,
        executor: Callable[[], Executor],
        timeout_s: float,
    ) -> None:
        """`timeout_s`: seconds that a person allowed the query; a file is given more."""
        self._query, self._shown, self._executor = query, shown, executor
        self._timeout_s = max(timeout_s, LEAST_TIMEOUT_S)
        self._made: dict[str, bytes] = {}
        # Two clicks come in two threads, and the second one waits for the file of the first.
        self._lock = Lock()

    def content(self, kind: str) -> bytes:
        """Return the content of a file. Raises MomeError if the query does not run again."""
        with self._lock:
            if kind not in self._made:
                _, written = KINDS[kind]
                # The names are those of the page; all rows are read anew without them.
                self._made[kind] = written(self._shown.columns, self._all_rows().rows)
            return self._made[kind]

    def _all_rows(self) -> Result:
        if not self._shown.truncated:
            return self._shown
        return self._executor().run(self._query, timeout_s=self._timeout_s, max_rows=MOST_ROWS)
