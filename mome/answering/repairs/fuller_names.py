"""Repair of a column whose name another one's goes on from: `tax amount` is tax_amount, not amount.
`composed` lists it.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.catalog import Catalog, Column, Table
from mome.linking.names import name_words, question_words, stem
from mome.linking.values import ValueIndex
from mome.sql_tree import places


def take_fuller_names(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Read the column that the question names in full, where a query reads one whose name is a part
    of it, and the question says that part nowhere else.
    """
    words = tuple(stem(word.text) for word in question_words(question))
    read = {node.name.lower() for node in tree.find_all(exp.Column)}
    notes = []
    for node in list(tree.find_all(exp.Column)):
        owners = places(node, catalog)
        table = catalog.table(owners[0][0]) if len(owners) == 1 else None
        column = None if table is None else table.column(owners[0][1])
        fuller = None if table is None or column is None else _fuller(table, column, words)
        if table is None or fuller is None or fuller.name.lower() in read:
            continue
        quoted = re.fullmatch(r"[a-z_][a-z0-9_]*", fuller.name) is None
        node.set("this", exp.to_identifier(fuller.name, quoted=quoted))
        notes.append(f"{table.key}.{fuller.name} was read, which the question names in full")
    return list(dict.fromkeys(notes))


def _fuller(table: Table, column: Column, words: tuple[str, ...]) -> Column | None:
    """Return the one column whose longer name all places have that say this one's."""
    own = _stems(column)
    keys = {name for key in table.foreign_keys for name in key.columns} | set(table.primary_key)
    found = []
    for other in table.columns:
        longer = _stems(other)
        is_longer = len(longer) > len(own) and longer[-len(own) :] == own
        if is_longer and other.family == column.family and not keys & {column.name, other.name}:
            said = _count(longer, words)
            if said and said == _count(own, words):
                found.append(other)
    return found[0] if len(found) == 1 else None


def _stems(column: Column) -> tuple[str, ...]:
    return tuple(map(stem, name_words(column.name)))


def _count(part: tuple[str, ...], words: tuple[str, ...]) -> int:
    return sum(words[at : at + len(part)] == part for at in range(len(words)))
