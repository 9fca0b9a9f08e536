"""Repair of queries about people and those to whom they report: `the direct reports of Ann Lee` are
the people whose manager she is. `composed` lists it.

Covered: a query of one table with a key to itself that is named after a manager, and one condition,
on the name of a row that the question says.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import comparisons
from mome.answering.repairs.parents import names_of
from mome.answering.repairs.written_columns import identifier, written_table
from mome.catalog import Catalog, Table
from mome.linking.names import all_stems, name_stems
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, tables_in

_BELOW = re.compile(
    r"\b(?:direct reports?|subordinates?|(?:who|that) (?:directly )?reports? (?:directly )?to"
    r"|(?:people|employees|staff|everyone|everybody|colleagues?) (?:reporting|who answer) to"
    r"|managed by|supervised by)\b"
)
_COUNT = re.compile(r"\bhow many\b|\bnumber of\b")
_ABOVE = all_stems(["manager mgr boss supervisor spv superior chief head lead leader reports to"])


def take_reports(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Show the people whose manager is the one that a question names, not that row itself."""
    asked = question.lower()
    if not isinstance(tree, exp.Select) or not _BELOW.search(asked) or _COUNT.search(asked):
        return []
    tables = list(tables_in(tree, catalog))
    if len(tables) != 1 or len(sources(tree)) != 1 or len(list(tree.find_all(exp.Select))) > 1:
        return []
    table = tables[0][1]
    found = comparisons(tree, catalog, values)
    key, names = _key_above(table), names_of(table)
    if key is None or not names or len(found) != 1 or len(found[0].texts) != 1:
        return []
    named = found[0]
    is_name = named.sign == "=" and named.stored.column.name in names
    if not is_name or named.texts[0].lower() not in asked:
        return []
    if any(node.name.lower() == key.lower() for node in tree.find_all(exp.Column)):
        return []
    dialect = catalog.dialect
    rows = exp.select(exp.Column(this=identifier(table.primary_key[0], dialect)))
    rows = rows.from_(written_table(table, table.name, dialect)).where(named.node.copy())
    for column in rows.find_all(exp.Column):
        column.set("table", None)
    above = exp.Column(this=identifier(key, dialect))
    named.node.replace(exp.In(this=above, query=exp.Subquery(this=rows)))
    tree.set("expressions", [exp.Column(this=identifier(name, dialect)) for name in names])
    return [f"those whose {key} is that of {named.texts[0]!r} are meant"]


def _key_above(table: Table) -> str | None:
    """Return the key of a table to itself that is named after a manager; None if there is none, or
    if there are several.
    """
    found = [
        key.columns[0]
        for key in table.foreign_keys
        if key.ref_table == table.key
        and key.ref_columns == table.primary_key
        and len(key.columns) == 1
        and name_stems(key.columns[0]) & _ABOVE
    ]
    return found[0] if len(found) == 1 else None
