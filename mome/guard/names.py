"""Look up tables and columns in the catalog by the engine's own rules for case and quotes.

`resolve.py`, `columns.py` and `sources.py` look up every name in a query here.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from mome.catalog import Catalog, Column, Table
from mome.errors import Refused
from mome.guard.engines import ENGINES, GuardDialect
from mome.guard.limits import NUMBER_SIZE, TABLE_ROWS, TEXT_SIZE

# ASCII only: engines differ in how they read other letters without quotes.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# No slash, colon, dot or line break, so that a message cannot repeat a path or a URL.
_SHOWN = re.compile(r"[\w $]{1,64}\Z")

_SHORT_FAMILIES = frozenset({"integer", "number", "date", "datetime", "time", "boolean"})
_DECLARED_LENGTH = re.compile(r"\((\d{1,9})\)")

# Refused on every engine, even if the catalog lists tables in them.
_SYSTEM_SCHEMAS = frozenset(
    "information_schema pg_catalog pg_toast mysql performance_schema sys temp".split()
)

_CALLED_WITHOUT_PARENTHESES = frozenset(
    """
    current_catalog current_date current_role current_schema current_time current_timestamp
    current_user localtime localtimestamp session_user system_user user utc_date utc_time
    utc_timestamp rowid oid _rowid_
    """.split()
)
"""Columns of these names are quoted, because engines read `SELECT user` as a call or a row id."""


def safe_name(name: str) -> str:
    """Return the quoted name for a message; "of this spelling" if it may hold a path or a URL."""
    return f'"{name}"' if _SHOWN.match(name) else "of this spelling"


def suggestion(name: str, choices: Iterable[str], at_least: int = 45) -> str:
    """Return "; did you mean x?" with the most similar choice, or an empty text if none is similar.

    at_least: the lowest similarity to suggest, in percent (rapidfuzz's `ratio`).
    """
    # Sorted, so that the suggestion among equally similar names does not depend on a set's order.
    best = process.extractOne(
        name.lower(), sorted(choices), scorer=fuzz.ratio, processor=str.lower, score_cutoff=at_least
    )
    return f"; did you mean {best[0]}?" if best else ""


@dataclass(frozen=True)
class Output:
    """A column of a table, a CTE or a derived table."""

    name: str
    """The name as the engine stores it; empty if the query gives the column no name."""
    key: str | None = None
    """table.column in the catalog; None if the column is computed."""
    type: str = ""
    """The type as the catalog spells it; empty if the column is computed."""
    size: float = TEXT_SIZE
    """Bound of the length of its values; see `sizes.py`."""


@dataclass(frozen=True)
class Relation:
    """The columns of a table, a CTE, a derived table or a function in FROM."""

    outputs: tuple[Output, ...]
    rows: float = TABLE_ROWS
    """Bound of the number of rows; see `rowcount.py`."""

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Output, ...]]:
        by_name: dict[str, tuple[Output, ...]] = {}
        for output in self.outputs:
            key = output.name.lower()
            by_name[key] = (*by_name.get(key, ()), output)
        return by_name

    def exact(self, name: str) -> Output | None:
        """Return the column of exactly this name, or None."""
        for output in self._by_name.get(name.lower(), ()):
            if output.name == name:
                return output
        return None

    def find(self, name: str) -> Output | None:
        """Return the column of this name, or else the only one that differs in case, or None."""
        exact = self.exact(name)
        if exact is not None:
            return exact
        candidates = self._by_name.get(name.lower(), ())
        spellings = {output.name for output in candidates}
        return candidates[0] if len(spellings) == 1 else None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns that have one."""
        return tuple(output.name for output in self.outputs if output.name)


class Names:
    """The tables and columns of one catalog, indexed by lower-case name.

    No reference to the catalog is kept, so that `_KNOWN` does not keep it alive.
    Raises mome.errors.Refused if the guard does not know the catalog's dialect.
    """

    def __init__(self, catalog: Catalog) -> None:
        if catalog.dialect not in ENGINES:
            raise Refused(
                f"the guard knows no dialect {safe_name(catalog.dialect)}; "
                f"it knows {', '.join(ENGINES)}"
            )
        self.engine: GuardDialect = ENGINES[catalog.dialect]
        self.fingerprint = catalog.fingerprint
        # In MySQL the default schema is the database that the connection's URL names.
        database = urlsplit(catalog.url).path.strip("/").lower()
        self.default_schema = self.engine.default_schema or database
        # PostgreSQL compares stored names exactly. MySQL does so on a server that has two tables
        # whose names differ in case alone.
        self.is_exact = self.engine.folds_case
        self._relations: dict[str, Relation] = {}
        self._tables: dict[tuple[str, str], list[Table]] = {}
        for table in catalog.tables:
            key = ((table.schema or "").lower(), table.name.lower())
            self._tables.setdefault(key, []).append(table)
        if self.engine.name == "mysql":
            self.is_exact = any(len(tables) > 1 for tables in self._tables.values())

    def table(self, schema: str, name: str) -> Table | None:
        """Return the table of this name, or else the only one that differs in case.

        schema: the schema's name; empty for the default schema.
        Returns None if there is no such table. System tables are never returned, even if the
        catalog lists them.
        """
        if name.lower().startswith(self.engine.system_prefixes):
            return None
        if schema.lower() in _SYSTEM_SCHEMAS:
            return None
        candidates = self._tables.get((schema.lower(), name.lower()), [])
        for table in candidates:
            if table.name == name and (table.schema or "") == schema:
                return table
        return candidates[0] if len(candidates) == 1 else None

    def relation(self, table: Table) -> Relation:
        """Return the table's columns."""
        if table.key not in self._relations:
            outputs = []
            for column in table.columns:
                key = f"{table.key}.{column.name}"
                outputs.append(Output(column.name, key, column.type, _size(column)))
            self._relations[table.key] = Relation(tuple(outputs))
        return self._relations[table.key]

    @property
    def keys(self) -> list[str]:
        """The key of every table."""
        return [table.key for tables in self._tables.values() for table in tables]

    def needs_quotes(self, name: str) -> bool:
        """Return whether the engine would read the unquoted name as another name or a call."""
        if self.engine.folds_case and name != name.lower():
            return True
        return not _PLAIN.match(name) or name.lower() in _CALLED_WITHOUT_PARENTHESES


def _size(column: Column) -> float:
    """Return the assumed length of a column's values: the declared one of a short text."""
    if column.family in _SHORT_FAMILIES:
        return NUMBER_SIZE
    declared = _DECLARED_LENGTH.search(column.type)
    length = int(declared[1]) if declared and column.family == "text" else TEXT_SIZE
    return min(length, TEXT_SIZE)


_KNOWN: dict[int, tuple[weakref.ref[Catalog], Names]] = {}


def names_of(catalog: Catalog) -> Names:
    """Return the catalog's names, indexed once in the catalog's lifetime."""
    # By identity, because hashing a large catalog takes longer than the lookup saves. An id can be
    # reused after its catalog is gone: hence the weak reference and the check with `is`.
    known = _KNOWN.get(id(catalog))
    if known and known[0]() is catalog:
        return known[1]
    key = id(catalog)
    names = Names(catalog)
    _KNOWN[key] = (weakref.ref(catalog, lambda _: _KNOWN.pop(key, None)), names)
    return names
