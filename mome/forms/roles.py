"""Follow keys: `match.home_team_id` leads to the table of teams, in the role of the home team."""

from __future__ import annotations

from collections.abc import Iterable

from mome.catalog import Catalog, ForeignKey, Table
from mome.errors import NotExpressible

Handle = tuple[str, ...]
"""What a form calls a table of its query: the key of a table, and the key columns that lead from it
to another one. `("match", "home_team_id")` is the home team of the match.
"""
Pairs = tuple[tuple[str, str], ...]
"""Pairs of columns that a join sets equal; the first of each belongs to the referencing table."""


def key_from(catalog: Catalog, table: Table, column: str) -> ForeignKey:
    """Return the foreign key that starts with a column. Raises NotExpressible."""
    for key in usable_keys(catalog, table):
        if key.columns[0].lower() == column.lower():
            return key
    raise NotExpressible(f"column {table.name}.{column} leads nowhere")


def usable_keys(catalog: Catalog, table: Table) -> Iterable[ForeignKey]:
    """Yield the foreign keys of a table whose columns and target are known, declared ones first."""
    for key in sorted(table.foreign_keys, key=lambda key: key.inferred):
        # An engine may report a key without its columns.
        is_whole = key.columns and len(key.columns) == len(key.ref_columns)
        if is_whole and catalog.table(key.ref_table) is not None:
            yield key


def pairs_of(key: ForeignKey) -> Pairs:
    """Return the pairs of columns that a key sets equal."""
    return tuple(zip(key.columns, key.ref_columns, strict=True))


def owner(catalog: Catalog, handle: Handle) -> Table:
    """Return the table that a handle stands for. Raises NotExpressible."""
    table = catalog.table(handle[0])
    if table is None:
        raise NotExpressible(f"table {handle[0]}")
    for column in handle[1:]:
        table = catalog.table(key_from(catalog, table, column).ref_table)
        assert table is not None
    return table
