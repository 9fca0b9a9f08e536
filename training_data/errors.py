"""Errors about the files that a user gives; each message says what to do next.

TrainingDataError
└── UnreadableFile      a verified file or glossary cannot be read at all
"""

from __future__ import annotations


class TrainingDataError(Exception):
    """Root of all errors of this package; `str(error)` is one line to show to the user."""


class UnreadableFile(TrainingDataError):
    """The file is missing, may not be read, is not UTF-8 or has an unknown extension."""
