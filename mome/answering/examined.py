"""A question beside a query, as the rules of `left_out` read them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True)
class Examined:
    """A question and what a query says, read once for all rules."""

    question: str
    tree: exp.Expr
    literals: tuple[str, ...]
    names: frozenset[str]
    """Stems of the words in the query's names of tables and columns."""
    values: tuple[str, ...]
    """Phrases of the question that name stored values."""
