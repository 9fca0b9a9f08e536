"""Time limits of introspection and the type of its progress callback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int, str], None]
"""Callback that receives (steps done, total steps, label of the next step)."""


@dataclass(frozen=True)
class Limits:
    """Time limits of one introspection, in seconds."""

    statement_s: float = 5.0
    """Limit for one statement over a table's rows; a table that exceeds it is sampled."""
    rows_s: float = 600.0
    """Limit for all statements over rows; tables after it keep only their structure, reported."""


DEFAULT_LIMITS = Limits()
