"""The files of one answer, each made once, when it is first asked for. `downloads_view` offers
them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from app import export
from app.columns import Shown
from app.workbook import to_workbook
from mome.execution import Executor, Result
from mome.guard import GuardedQuery

MOST_ROWS = 100_000
"""Rows of a download, where MOME_DOWNLOAD_ROWS names no other number. They are held in memory while
the file is made, and a spreadsheet opens about a million.
"""
# Whoever asks for a file waits longer than for the first rows.
LEAST_TIMEOUT_S = 60.0


def most_rows() -> int:
    """Return the rows that the operator allows a download."""
    # `mome app` has checked it.
    return int(os.environ.get("MOME_DOWNLOAD_ROWS") or MOST_ROWS)


@dataclass(frozen=True)
class File:
    """What a file is made of."""

    names: Sequence[str]
    rows: Sequence[tuple]
    columns: Sequence[Shown] = ()
    """Units of the columns; empty where they are not known."""
    about: Sequence[tuple[str, str]] = ()
    """What is told of the rows in a workbook's second sheet."""


KINDS: dict[str, tuple[str, str, Callable[[File], bytes]]] = {
    "CSV": ("csv", "text/csv", lambda file: export.to_csv(file.names, file.rows)),
    "Excel": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda file: to_workbook(file.names, file.rows, file.columns, file.about),
    ),
    "Parquet": (
        "parquet",
        "application/vnd.apache.parquet",
        lambda file: export.to_parquet(file.names, file.rows),
    ),
}
"""Suffix, MIME type and writer of each kind of file."""


class Downloads:
    """All rows of an answer as files, also those beyond the ones that the page shows."""

    def __init__(
        self,
        query: GuardedQuery,
        shown: Result,
        executor: Callable[[], Executor],
        timeout_s: float,
        columns: Sequence[Shown] = (),
        about: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`timeout_s`: seconds that a person allowed the query; a file is given more.

        columns, about: as those of `File`.
        """
        self._query, self._shown, self._executor = query, shown, executor
        self._timeout_s = max(timeout_s, LEAST_TIMEOUT_S)
        self._columns, self._about = columns, about
        self._made: dict[str, bytes] = {}
        # Two clicks come in two threads, and the second one waits for the file of the first.
        self._lock = Lock()

    def content(self, kind: str) -> bytes:
        """Return the content of a file. Raises MomeError if the query does not run again."""
        with self._lock:
            if kind not in self._made:
                _, _, written = KINDS[kind]
                self._made[kind] = written(self._file())
            return self._made[kind]

    def picture(self, kind: str, draw: Callable[[], bytes]) -> bytes:
        """Return the content of a picture of the chart, which `draw` makes."""
        with self._lock:
            if kind not in self._made:
                self._made[kind] = draw()
            return self._made[kind]

    def _file(self) -> File:
        rows = self._all_rows().rows
        held = [*self._about, ("Rows in this file", f"{len(rows):,}")]
        # The names are those of the page; all rows are read anew without them.
        return File(self._shown.columns, rows, self._columns, held)

    def _all_rows(self) -> Result:
        if not self._shown.truncated:
            return self._shown
        return self._executor().run(self._query, timeout_s=self._timeout_s, max_rows=most_rows())
