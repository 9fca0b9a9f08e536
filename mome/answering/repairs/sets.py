"""Repairs of EXCEPT: rows are taken away from all that the question speaks of.

`composed` lists it.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.catalog import Catalog, ForeignKey, Table
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, table_of


def take_from_all(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Take rows from the table that a foreign key refers to, if the question names that table.

    `Students who own no cat` are not only those who own another pet:
    SELECT StuID FROM Has_Pet EXCEPT ... leaves out all without a pet.
    """
    if not isinstance(tree, exp.Except) or not isinstance(tree.this, exp.Select):
        return []
    key = _only_key(tree.this, catalog)
    owner = catalog.table(key.ref_table) if key is not None else None
    if key is None or owner is None or not name_stems(owner.name) <= all_stems([question]):
        return []
    name = exp.Table(
        this=_identifier(owner.name), db=_identifier(owner.schema) if owner.schema else None
    )
    column = exp.Column(this=_identifier(key.ref_columns[0]))
    tree.set("this", exp.Select(expressions=[column], from_=exp.From(this=name)))
    return [f"all rows of {owner.key} are read, also those that nothing refers to"]


def _only_key(select: exp.Select, catalog: Catalog) -> ForeignKey | None:
    """Return the foreign key whose column is all that a query of all rows of a table shows."""
    if any(select.args.get(part) for part in ("where", "joins", "group", "limit", "having")):
        return None
    tables = [table_of(node, catalog) for node in sources(select)]
    shown = [node.unalias() for node in select.expressions]
    if len(tables) != 1 or tables[0] is None or len(shown) != 1:
        return None
    return _key_of(tables[0], shown[0]) if isinstance(shown[0], exp.Column) else None


def _key_of(table: Table, column: exp.Column) -> ForeignKey | None:
    for key in table.foreign_keys:
        if [name.lower() for name in key.columns] == [column.name.lower()]:
            return key
    return None


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name))
