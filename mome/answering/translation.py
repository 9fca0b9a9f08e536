"""The value that `Translator.translate` returns; the page, the command line and embedders
read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Status = Literal["ok", "ambiguous", "unanswerable", "blocked", "error"]


@dataclass(frozen=True)
class Alternative:
    """Another reading of the question."""

    sql: str
    score: float
    """Mean log-probability of its tokens. Alternatives are sorted by rank, which also considers the
    database.
    """


@dataclass(frozen=True)
class Rewritten:
    """A literal that was rewritten to the database's spelling."""

    column: str
    """As table.column."""
    written: str
    """As the model wrote it."""
    stored: str
    """As the database stores it."""


@dataclass(frozen=True)
class Translation:
    """The answer to one question; `sql` is None unless `status` is ok or ambiguous."""

    question: str
    status: Status
    sql: str | None
    dialect: str
    confidence: float
    """In [0, 1]."""
    reason: str = ""
    """One line that says why there is no answer; else empty."""
    alternatives: tuple[Alternative, ...] = ()
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """As table.column."""
    literals: tuple[Rewritten, ...] = ()
    """Literals that were rewritten."""
    explanation: str = ""
    """The SQL in one sentence."""
    verified_match: str | None = None
    """The verified question that has this answer; None if there is none."""
    nearest: tuple[str, ...] = ()
    """Known questions with the highest cosine similarity, best first."""
    schema_fingerprint: str = ""
    model_version: str = ""
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Milliseconds by stage."""
