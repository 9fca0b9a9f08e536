"""How long introspection may occupy a database, and who hears how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int, str], None]
"""Called with (steps done, steps in all, what is next)."""


@dataclass(frozen=True)
class Limits:
    """How long introspection may occupy a database."""

    statement_s: float = 5.0
    """For one statement over a table's rows; after it the table is sampled."""
    rows_s: float = 600.0
    """For all statements over rows; tables that come later have their structure only, and are reported."""


DEFAULT_LIMITS = Limits()
