"""Columns beside one whose name fits the question better: `net_amt` where it says total.

Covered: two columns of one table and kind whose names share a word; all words of the better one are
in the question, perhaps abbreviated, and none of the other one's own words is. Of 8,031 queries of
Spider's train and dev splits the rule finds something in 8.
`candidates` ranks a query lower for each and shows the sentences as notes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mome.catalog import Catalog, Column, Table
from mome.linking.names import abbreviates, name_words, question_words, stem
from mome.sql_tree import places


def better_columns(question: str, tree: exp.Expr, catalog: Catalog) -> list[str]:
    """Return a sentence for each column of a query that another one fits better."""
    words = {word.text.lower() for word in question_words(question)}
    stems = {stem(word) for word in words}

    def is_said(part: str) -> bool:
        return stem(part) in stems or any(abbreviates(part, word) for word in words)

    read = {place for column in tree.find_all(exp.Column) for place in places(column, catalog)}
    found = []
    for key, name in sorted(read):
        table = catalog.table(key)
        column = None if table is None else table.column(name)
        if table is None or column is None:
            continue
        for other in _alike(column, table):
            own, others = _own_words(column, other)
            # The words that both names have must be said too: `the total` may be of anything.
            is_better = all(map(is_said, name_words(other.name))) and not any(map(is_said, own))
            if (key, other.name) not in read and others and is_better:
                found.append(f"it reads {name}, and the question rather says {other.name}")
    return found


def _alike(column: Column, table: Table) -> Iterator[Column]:
    """Yield the other columns of a table that are of a column's kind and share a word with it."""
    keys = {name for key in table.foreign_keys for name in key.columns} | set(table.primary_key)
    words = set(name_words(column.name))
    for other in table.columns:
        is_alike = other.family == column.family and words & set(name_words(other.name))
        if other is not column and is_alike and not keys & {column.name, other.name}:
            yield other


def _own_words(column: Column, other: Column) -> tuple[set[str], set[str]]:
    """Return the words that only the one name has, and those that only the other one has."""
    one, two = set(name_words(column.name)), set(name_words(other.name))
    # Without a word of its own, a name says nothing that the other one does not.
    return (one - two, two - one) if one - two else (one, set())
