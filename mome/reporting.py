"""Who hears how far a long job is: the command line draws bars from it, tests count."""

from __future__ import annotations


class Reporter:
    """Hears how a tune goes; this one keeps silent."""

    def stage(self, name: str) -> None:
        """A stage begins."""

    def progress(self, done: int, total: int, label: str) -> None:
        """How far the stage is."""
