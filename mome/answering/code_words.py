"""What people call the codes that a database stores: `cancelled` for C, `Germany` for DE."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mome.answering.live_checks import LiveChecks
from mome.answering.named_codes import NamedCodes, Place, stems_of
from mome.catalog import Catalog, Table
from mome.errors import ExecutionError, Refused
from mome.guard import guard, write_sql
from mome.linking.values import ValueIndex


class CodeWords:
    """The names of the codes of one catalog. Glossary and verified questions give them, and tables
    that hold a code beside its name, which the database is asked for.
    """

    def __init__(
        self, named: NamedCodes, catalog: Catalog, values: ValueIndex, live: LiveChecks
    ) -> None:
        self._named = named
        self._catalog = catalog
        self._values = values
        self._live = live

    def code(self, place: Place, text: str) -> str | None:
        """Return the only code of a column that a text names; None if there is none."""
        by_term = self._named.by_place.get(place, {}).get(stems_of(text))
        if by_term is not None:
            return by_term
        codes = {
            code for table, key in self._named_by(place) for code in self._codes(table, key, text)
        }
        return codes.pop() if len(codes) == 1 else None

    def _named_by(self, place: Place) -> Iterator[tuple[Table, str]]:
        """Yield the tables that hold a column's codes, with their column: that to which a key
        leads, or its own.
        """
        table = self._catalog.table(place[0])
        if table is None:
            return
        if table.primary_key == (place[1],):
            yield table, place[1]
        for key in table.foreign_keys:
            owner = self._catalog.table(key.ref_table)
            if key.columns == (place[1],) and owner is not None:
                yield owner, key.ref_columns[0]

    def _codes(self, table: Table, key: str, text: str) -> Iterator[str]:
        """Yield the codes beside a name in a table."""
        for column in table.columns:
            if column.name == key or column.family != "text":
                continue
            stored = self._values.stored(table.key, column.name, text)
            if stored is not None and (table.key, column.name) in self._values.places(stored):
                yield from self._beside(table, key, column.name, stored)

    def _beside(self, table: Table, key: str, column: str, stored: str) -> Iterator[str]:
        relation = exp.table_(table.name, db=table.schema, quoted=True)
        name = exp.column(column, quoted=True)
        query = exp.select(exp.column(key, quoted=True)).distinct().from_(relation)
        query = query.where(exp.EQ(this=name, expression=exp.Literal.string(stored)))
        try:
            guarded = guard(write_sql(query, self._catalog.dialect), self._catalog)
            # Two rows show that the name is not that of one code.
            found = self._live.run(guarded, max_rows=2)
        except (Refused, ExecutionError):
            return
        for row in found.rows if found is not None else ():
            if isinstance(row[0], str):
                yield row[0]
