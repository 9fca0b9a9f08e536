"""Repair of rows that are shown by their key: `which suppliers have no rating?` asks for names.
`composed` lists it.

Covered: one column, the key of its table, in a query without groups; the question names the table
and asks for no key, and the table has a column of names.
"""

from __future__ import annotations

from sqlglot import exp

from mome.answering.conditions import stored_of
from mome.answering.repairs.parents import KEY_STEMS, asks_for_key, names_of
from mome.answering.repairs.written_columns import identifier
from mome.catalog import Catalog, Table
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex


def show_row_names(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Show the names of rows in the place of their key."""
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or asks_for_key(question):
        return []
    node = tree.expressions[0].unalias()
    if tree.args.get("group") is not None or not isinstance(node, exp.Column):
        return []
    stored = stored_of(node, catalog, values)
    if stored is None or stored.table.primary_key != (stored.column.name,):
        return []
    names = names_of(stored.table)
    if not names or not _is_named(stored.table, stored.column.name, question):
        return []
    shown = []
    for name in names:
        column = node.copy()
        column.set("this", identifier(name, catalog.dialect))
        shown.append(column)
    tree.set("expressions", shown)
    return [f"{stored.table.key} are shown by name and not by key"]


def _is_named(table: Table, key: str, question: str) -> bool:
    """Return whether a question names a table, and says no other word of the key's name."""
    said = all_stems([question])
    others = name_stems(key) - name_stems(table.name) - KEY_STEMS
    return name_stems(table.name) <= said and not others & said
