"""Receives the progress of long jobs; the command line draws bars from it."""

from __future__ import annotations


class Reporter:
    """Receives the progress of a job; this base class ignores it."""

    def stage(self, name: str) -> None:
        """Begin a stage."""

    def progress(self, done: int, total: int, label: str) -> None:
        """Report that `done` of `total` steps of the stage are finished."""
