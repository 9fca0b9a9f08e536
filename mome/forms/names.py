"""How a form spells its names: `customer.country` for a text model, pointers such as `i4` for one
that points at the items of a slice. The grammar is the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from mome.catalog import Catalog, Table
from mome.errors import NotExpressible
from mome.linking.slice import Slice

_POINTER = re.compile(r"i\d{1,6}")

Place = tuple[str, str | None]
"""A table's key and the name of one of its columns; None for the table itself."""


class Spelling(Protocol):
    """A spelling of tables and columns."""

    def table(self, parts: Sequence[str]) -> str:
        """Return the key of the table that the parts of a name spell. Raises NotExpressible."""

    def path(self, parts: Sequence[str]) -> tuple[str, ...]:
        """Return a table's key and the names of the columns after it. Raises NotExpressible."""

    def columns(self, parts: Sequence[str]) -> tuple[str, ...]:
        """Return the names of columns, without their table. Raises NotExpressible."""

    def spell(self, places: Sequence[Place], *, with_table: bool) -> list[str]:
        """Return the parts of a name: the first place's table and every column, or the columns
        alone, after an alias. Raises NotExpressible.
        """


class CatalogNames:
    """The catalog's own names: `customer.country`, `hr.salaries.amount`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def table(self, parts: Sequence[str]) -> str:
        """Return the key of the table of this name."""
        table = self._catalog.table(".".join(parts))
        if table is None:
            raise NotExpressible(f"table {'.'.join(parts)}")
        return table.key

    def path(self, parts: Sequence[str]) -> tuple[str, ...]:
        """Return the table's key and the columns. A column alone belongs to the only table that
        has one of this name.
        """
        # `hr.salaries` is a table of a schema, unless `hr` is a table itself.
        for length in (1, 2):
            table = self._catalog.table(".".join(parts[:length]))
            if table is not None:
                return (table.key, *parts[length:])
        if len(parts) > 1:
            raise NotExpressible(f"table {parts[0]}")
        return (self._only_owner(parts[0]).key, *parts)

    def _only_owner(self, column: str) -> Table:
        owners = [table for table in self._catalog.tables if table.column(column)]
        if len(owners) != 1:
            raise NotExpressible(f"column {column}")
        return owners[0]

    def columns(self, parts: Sequence[str]) -> tuple[str, ...]:
        """Return the names as they are."""
        return tuple(parts)

    def spell(self, places: Sequence[Place], *, with_table: bool) -> list[str]:
        """Return the schema, the table and the columns."""
        columns = [column for _, column in places if column is not None]
        if not with_table:
            return columns
        table = self._catalog.table(places[0][0])
        assert table is not None
        return [*([table.schema] if table.schema else ()), table.name, *columns]


class PointerNames:
    """Pointers into a slice: `i4` is its fifth item, `i7.i4` the column i4 by the key i7."""

    def __init__(self, slice_: Slice) -> None:
        self._items = slice_.items
        self._pointers = {
            (item.table, item.column): f"i{index}"
            for index, item in enumerate(slice_.items)
            if item.kind in ("table", "column")
        }

    def table(self, parts: Sequence[str]) -> str:
        """Return the key of the table that a pointer points at."""
        key, column = self._place(parts[0])
        if column is not None or len(parts) > 1:
            raise NotExpressible(f"{'.'.join(parts)} is no table")
        return key

    def path(self, parts: Sequence[str]) -> tuple[str, ...]:
        """Return the table of the first pointer and the columns of all."""
        return (self._place(parts[0])[0], *self.columns(parts))

    def columns(self, parts: Sequence[str]) -> tuple[str, ...]:
        """Return the columns that the pointers point at; a table's pointer adds none."""
        places = [self._place(part) for part in parts]
        return tuple(column for _, column in places if column is not None)

    def _place(self, pointer: str) -> Place:
        index = int(pointer[1:]) if _POINTER.fullmatch(pointer) else -1
        if 0 <= index < len(self._items) and self._items[index].kind in ("table", "column"):
            return self._items[index].table, self._items[index].column
        raise NotExpressible(f"{pointer} points at no table or column")

    def spell(self, places: Sequence[Place], *, with_table: bool) -> list[str]:
        """Return a pointer for each place."""
        missing = [place for place in places if place not in self._pointers]
        if missing:
            raise NotExpressible(f"{missing[0][1] or missing[0][0]} is not in the slice")
        return [self._pointers[place] for place in places]
