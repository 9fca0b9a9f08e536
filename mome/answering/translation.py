"""What a question becomes: the value that `Translator.translate` returns and the page, the CLI and embedders read."""

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
    """Mean log-probability of its tokens as they were decoded; the order of alternatives knows more."""


@dataclass(frozen=True)
class Rewritten:
    """A literal that was written otherwise than the database stores it."""

    column: str
    """table.column"""
    written: str
    stored: str


@dataclass(frozen=True)
class Translation:
    """One question's answer; `sql` is None unless `status` is ok or ambiguous."""

    question: str
    status: Status
    sql: str | None
    dialect: str
    confidence: float
    """In [0, 1]."""
    reason: str = ""
    """One line for a person: why there is no answer, or empty."""
    alternatives: tuple[Alternative, ...] = ()
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """As table.column."""
    literals: tuple[Rewritten, ...] = ()
    explanation: str = ""
    """How to read the SQL, in one or two sentences."""
    verified_match: str | None = None
    """The verified question that this one repeats."""
    nearest: tuple[str, ...] = ()
    """Known questions that are nearest in words, best first."""
    schema_fingerprint: str = ""
    model_version: str = ""
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Milliseconds by stage."""
