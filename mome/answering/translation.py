"""The value that `Translator.translate` returns; the page, the command line and embedders
read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from mome.errors import NoAnswer

Status = Literal["ok", "ambiguous", "unanswerable", "blocked", "error"]


@dataclass(frozen=True)
class Alternative:
    """Another reading of the question."""

    sql: str
    score: float
    """Mean log-probability of its tokens. Alternatives are sorted by rank, which also considers the
    database.
    """
    reading: str = ""
    """In what it differs from the answer, in one sentence."""


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
class Join:
    """Two columns that a query sets equal to join their tables."""

    condition: str
    """As table.column = table.column."""
    key: Literal["declared", "inferred", "no key"]
    """Whether the database declares a key of the two, names and rows tell of one, or neither."""


@dataclass(frozen=True)
class Translation:
    """The answer to one question; `sql` is None unless `status` is ok or ambiguous.

    To get the rows, pass the SQL through the guard to an executor:

        query = mome.guard.guard(answer.require_sql(), translator.catalog)
        rows = executor.run(query, max_rows=100).rows
    """

    question: str
    status: Status
    sql: str | None
    dialect: str
    confidence: float
    """In [0, 1]. Of an unanswerable question: that nothing in the database answers it; 0 if only no
    likely query was found.
    """
    reason: str = ""
    """One line that says why there is no answer; else empty."""
    alternatives: tuple[Alternative, ...] = ()
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """As table.column."""
    literals: tuple[Rewritten, ...] = ()
    """Literals that were rewritten."""
    joins: tuple[Join, ...] = ()
    terms: tuple[str, ...] = ()
    """The glossary's terms that the question says and the query uses."""
    notes: tuple[str, ...] = ()
    """What to know of how the question was read, and what the SQL leaves out or adds; one sentence
    each.
    """
    explanation: str = ""
    """The SQL in one sentence."""
    understood: str = ""
    """The question in words that stand alone, if it follows another one; else empty."""
    display: str = ""
    """How a person asked to see the rows: bar, line, chart or table; empty for what fits."""
    verified_match: str | None = None
    """The verified question that has this answer; None if there is none."""
    nearest: tuple[str, ...] = ()
    """Known questions with the highest cosine similarity, best first."""
    evidence: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """The numbers that the confidence was computed from; empty if it was not computed."""
    schema_fingerprint: str = ""
    model_version: str = ""
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Milliseconds by stage."""

    def require_sql(self) -> str:
        """Return `sql`, which is then a string for a type checker too.

        Raises NoAnswer with the status and the reason if there is none.
        """
        if self.sql is None:
            raise NoAnswer(f"{self.status}: {self.reason}")
        return self.sql


def as_dict(translation: Translation) -> dict[str, object]:
    """Return the parts of an answer that the command line writes as JSON."""
    literals = []
    for literal in translation.literals:
        literals.append(
            {"column": literal.column, "written": literal.written, "stored": literal.stored}
        )
    return {
        "status": translation.status,
        "sql": translation.sql,
        "confidence": round(translation.confidence, 4),
        "latency_ms": round(translation.timings.get("total", 0.0), 1),
        "reason": translation.reason,
        "understood": translation.understood,
        "display": translation.display,
        "tables": translation.tables,
        "columns": translation.columns,
        "literals": literals,
        "joins": [{"condition": join.condition, "key": join.key} for join in translation.joins],
        "terms": translation.terms,
        "notes": translation.notes,
        "alternatives": [
            {"sql": other.sql, "reading": other.reading} for other in translation.alternatives
        ],
        "verified_match": translation.verified_match,
        "evidence": {name: round(number, 4) for name, number in translation.evidence.items()},
    }
