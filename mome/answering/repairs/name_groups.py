"""Repair of groups by a name that repeats: `hours per treatment name`. `composed` lists it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mome.answering.conditions import Stored, stored_of
from mome.catalog import Catalog, Table
from mome.linking.names import abbreviates, name_words, question_words, stem
from mome.linking.values import ValueIndex

_EACH = frozenset("per by each every".split())
_ORDERS = frozenset(map(stem, "sort order rank arrange list alphabetize alphabetically".split()))
WORDS = 4
"""Maximum number of words that name a column behind `per`."""
REPEATED = 2
"""Minimum number of rows per name: with fewer, the name is that of a row, such as a customer's."""


def group_by_name(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Group by the name alone where the question groups by it, and the query by each row too."""
    if not isinstance(tree, exp.Select) or tree.args.get("group") is None:
        return []
    names = [
        (node, stored)
        for node, stored in _shown(tree, catalog, values)
        if _repeats(stored) and _is_grouped_by(stored, question)
    ]
    if len(names) != 1:
        return []
    node, stored = names[0]
    grouped = tree.args["group"].expressions
    kept = [one for one in grouped if not _is_key(one, node, stored.table)]
    read = [one for one in (*kept, *_read(tree)) if isinstance(one, exp.Column)]
    # Beside another column of the same row, each row is a group of its own.
    if len(kept) == len(grouped) or any(_is_beside(one, node) for one in read):
        return []
    if not any(_is_same(one, node) for one in kept):
        kept.insert(0, node.copy())
    tree.set("group", exp.Group(expressions=kept))
    return [f"rows of one {stored.name} are one group"]


def _shown(
    select: exp.Select, catalog: Catalog, values: ValueIndex | None
) -> Iterator[tuple[exp.Column, Stored]]:
    """Yield the columns that a query shows as they are."""
    for shown in select.expressions:
        node = shown.unalias()
        stored = stored_of(node, catalog, values) if isinstance(node, exp.Column) else None
        if stored is not None:
            yield node, stored


def _repeats(stored: Stored) -> bool:
    """Return whether several rows hold each name."""
    rows = stored.table.rows
    is_known = stored.complete and rows is not None and stored.column.family == "text"
    return is_known and 0 < REPEATED * len(stored.known) <= (rows or 0)


def _is_grouped_by(stored: Stored, question: str) -> bool:
    """Return whether a question says `per`, perhaps words of the table, and the column."""
    words = [word.text.lower() for word in question_words(question)]
    for place, word in enumerate(words):
        is_order = place > 0 and stem(words[place - 1]) in _ORDERS
        if word not in _EACH or is_order:
            continue
        behind = words[place + 1 : place + 1 + WORDS]
        if any(_names(behind[: end + 1], stored) for end in range(len(behind))):
            return True
    return False


def _names(words: list[str], stored: Stored) -> bool:
    """Return whether words name a column, the last of them as its own last word."""
    parts = [*name_words(stored.column.name), *name_words(stored.table.name)]
    stems = set(map(stem, parts))
    if stem(words[-1]) != stem(name_words(stored.column.name)[-1]):
        return False
    return all(
        stem(word) in stems or any(abbreviates(part, word) for part in parts) for word in words
    )


def _read(select: exp.Select) -> Iterator[exp.Column]:
    """Yield the columns that a query shows, sorts or restricts its groups by as they are."""
    parts = [select.args.get("order"), select.args.get("having"), *select.expressions]
    for part in filter(None, parts):
        for node in part.find_all(exp.Column):
            if node.find_ancestor(exp.Anonymous, exp.Select) is select:
                yield node


def _is_key(node: exp.Expr, name: exp.Column, table: Table) -> bool:
    """Return whether a node is a column of the key of the table that holds the name."""
    keys = {key.lower() for key in table.primary_key}
    if not isinstance(node, exp.Column) or node.name.lower() not in keys:
        return False
    return node.table.lower() == name.table.lower()


def _is_beside(node: exp.Column, name: exp.Column) -> bool:
    """Return whether a node is another column of the table that holds the name."""
    return node.table.lower() == name.table.lower() and not _is_same(node, name)


def _is_same(node: exp.Expr, other: exp.Column) -> bool:
    return node.sql().lower() == other.sql().lower()
