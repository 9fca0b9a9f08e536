"""All that the guard demands of a statement, in the order in which it asks: adding a rule is adding a function to `RULES`."""

from __future__ import annotations

from collections.abc import Callable

from mome.guard import bounds, resolve, text, tree
from mome.guard.statement import Statement

Rule = Callable[[Statement], None]
"""Raises mome.errors.Refused, or lets the statement pass."""

RULES: tuple[Rule, ...] = (
    text.readable,
    text.short,
    text.one_statement,
    text.starts_as_a_query,
    text.shallow,
    tree.query_root,
    tree.known_nodes,
    tree.not_too_deep,
    tree.no_hints,
    tree.calls_by_name,
    text.calls_as_written,
    tree.known_types,
    tree.known_joins,
    tree.plain_words,
    tree.names_in_place,
    tree.plain_names,
    bounds.bounded_series,
    bounds.bounded_text,
    bounds.bounded_formats,
    resolve.known_names,
)
