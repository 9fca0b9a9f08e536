"""What can go wrong with the files that people give us; each message says what to do next.

TrainingDataError
└── UnreadableFile      a verified file or glossary cannot be read at all
"""

from __future__ import annotations


class TrainingDataError(Exception):
    """Root of all errors of this package; `str(error)` is one line fit to show."""


class UnreadableFile(TrainingDataError):
    """The file is missing, not allowed, not UTF-8 or of a kind that is not known."""
