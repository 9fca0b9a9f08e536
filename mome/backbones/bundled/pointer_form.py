"""The form of SQL over one slice, with pointers at the slice's items in place of names.

`SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE T2.genre = 'pop'`
becomes `SELECT i4 WHERE i9 = i11`. Pretraining and tuning encode; decoding compiles back. See
`mome.forms` for the language.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.backbones.bundled.pointless import refuse_pointless
from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.forms.names import PointerNames
from mome.forms.quoting import needs_quotes
from mome.forms.trees import write_query
from mome.linking.join_graph import JoinGraph
from mome.linking.slice import Item, Slice

_POINTER = re.compile(r"i\d{1,6}")


class PointerForm:
    """The forms over one slice of one catalog."""

    def __init__(self, catalog: Catalog, slice_: Slice, graph: JoinGraph) -> None:
        self.catalog, self.slice, self.graph = catalog, slice_, graph
        self._forms = Forms(catalog, PointerNames(slice_), graph)
        self._places = {
            item.name: index
            for index, item in enumerate(slice_.items)
            if item.kind in ("table", "column")
        }

    def encode(self, sql: str) -> str:
        """Return the form of `sql` in the catalog's dialect. Raises NotExpressible if there is
        none.
        """
        return self._forms.encode(sql)

    def decode(self, form: str) -> str:
        """Return SQL in the catalog's dialect. Raises NotExpressible if the form is no query, or
        one that no question means.
        """
        tree = self._forms.compile(form)
        refuse_pointless(tree)
        return write_query(tree, self.catalog.dialect)

    def place(self, name: str) -> int | None:
        """Return the pointer of a table or a `table.column` of the slice."""
        return self._places.get(name)

    def shown(self, pointer: str) -> str:
        """Return the bare name that `pointer` (i7) points at, quoted if necessary. Raises
        NotExpressible if it points at no table or column.
        """
        item = self._item(pointer)
        dialect = self.catalog.dialect
        if item.column is not None:
            return self._quoted(item.column).sql(dialect=dialect)
        table = self.catalog.table(item.table)
        schema = self._quoted(table.schema) if table.schema else None
        return exp.Table(this=self._quoted(table.name), db=schema).sql(dialect=dialect)

    def _item(self, pointer: str) -> Item:
        index = int(pointer[1:]) if _POINTER.fullmatch(pointer) else -1
        if 0 <= index < len(self.slice.items):
            found = self.slice.items[index]
            if found.kind in ("table", "column"):
                return found
        raise NotExpressible(f"{pointer} points at no table or column")

    def _quoted(self, name: str) -> exp.Identifier:
        """Return a catalog's name, quoted if its dialect needs that."""
        return exp.to_identifier(name, quoted=needs_quotes(name, self.catalog.dialect))
