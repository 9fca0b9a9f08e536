"""Pointers into a slice: what they point at, and the names that they stand for in SQL."""

from __future__ import annotations

import re

from sqlglot import exp

from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.forms.quoting import needs_quotes
from mome.forms.trees import direct_columns
from mome.linking.join_graph import JoinGraph
from mome.linking.slice import Item, Slice

_POINTER = re.compile(r"i\d{1,6}")


class Pointers:
    """The pointers over one slice of one catalog."""

    def __init__(self, catalog: Catalog, slice_: Slice, graph: JoinGraph) -> None:
        self.catalog, self.slice, self.graph = catalog, slice_, graph
        self._places = {
            item.name: index
            for index, item in enumerate(slice_.items)
            if item.kind in ("table", "column")
        }

    def place(self, name: str) -> int | None:
        """Return the pointer of a table or a `table.column` of the slice."""
        return self._places.get(name)

    def identifier(self, name: str) -> exp.Identifier:
        """Return the pointer (i7) of a table or a `table.column`. Raises NotExpressible if the
        slice lacks it.
        """
        place = self.place(name)
        if place is None:
            raise NotExpressible(f"{name} is not in the slice")
        return exp.to_identifier(f"i{place}")

    def item(self, pointer: str, *kinds: str) -> Item:
        """Return the item that `pointer` (i7) points at. Raises NotExpressible if there is none or
        it is not of `kinds`.
        """
        index = int(pointer[1:]) if _POINTER.fullmatch(pointer) else -1
        if 0 <= index < len(self.slice.items):
            found = self.slice.items[index]
            if not kinds or found.kind in kinds:
                return found
        raise NotExpressible(f"{pointer} points at no {' or '.join(kinds) or 'item'}")

    def owners(self, select: exp.Select) -> list[str]:
        """Return the tables that own the pointers of this query alone, in order of appearance."""
        owners: dict[str, None] = {}
        for column in direct_columns(select):
            if isinstance(column.this, exp.Star):
                item = self.item(column.table, "table")
            else:
                item = self.item(column.name, "column")
            owners[item.table] = None
        return list(owners)

    def quote(self, name: str) -> exp.Identifier:
        """Return a catalog's name, quoted if its dialect needs that."""
        return exp.to_identifier(name, quoted=needs_quotes(name, self.catalog.dialect))

    def table(self, key: str) -> exp.Table:
        """Return the reference to a table by its catalog key."""
        table = self.catalog.table(key)
        schema = self.quote(table.schema) if table.schema else None
        return exp.Table(this=self.quote(table.name), db=schema)

    def shown(self, pointer: str) -> str:
        """Return the bare name that `pointer` points at, quoted if necessary. Raises
        NotExpressible.
        """
        item = self.item(pointer, "table", "column")
        node = self.quote(item.column) if item.kind == "column" else self.table(item.table)
        return node.sql(dialect=self.catalog.dialect)
