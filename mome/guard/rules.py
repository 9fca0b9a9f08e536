"""All rules of the guard, in the order in which `guard` applies them.

To add a rule, add a function to `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable

from mome.guard import bounds, resolve, text, tree
from mome.guard.statement import Statement

Rule = Callable[[Statement], None]
"""A function that raises mome.errors.Refused if the statement breaks the rule."""

# The order matters. Rules on the text come first: they protect the tokenizer and the parser, which
# run when a rule first asks for tokens or the tree. `known_nodes` comes before the rules that rely
# on the shapes of nodes, and `known_names` comes last, because it rewrites names in the tree.
RULES: tuple[Rule, ...] = (
    text.readable,
    text.short,
    text.one_statement,
    text.joined_texts,
    text.starts_as_a_query,
    text.shallow,
    tree.query_root,
    tree.assignments_in_place,
    tree.typed_columns_in_place,
    tree.known_nodes,
    tree.not_too_deep,
    tree.no_hints,
    tree.calls_by_name,
    text.calls_as_written,
    tree.known_types,
    tree.known_joins,
    tree.plain_lambdas,
    tree.plain_samples,
    tree.plain_words,
    tree.names_in_place,
    tree.plain_names,
    bounds.bounded_series,
    bounds.bounded_text,
    bounds.bounded_formats,
    bounds.few_groupings,
    resolve.known_names,
)
