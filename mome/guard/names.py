"""The catalog's names, found as the engine would find them: every table and column of a query is looked up here."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from mome.catalog import Catalog, Table
from mome.errors import Refused
from mome.guard.engines import ENGINES, Engine

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SHOWN = re.compile(r"[\w $]{1,64}\Z")

_SYSTEM_SCHEMAS = frozenset(
    "information_schema pg_catalog pg_toast mysql performance_schema sys temp".split()
)

_CALLED_WITHOUT_PARENTHESES = frozenset(
    """
    current_catalog current_date current_role current_schema current_time current_timestamp current_user localtime localtimestamp
    session_user system_user user utc_date utc_time utc_timestamp rowid oid _rowid_
    """.split()
)
"""A column of this name is quoted, or the engine would call a function (`SELECT user`)."""


def shown(name: str) -> str:
    """The name as a message may show it: never what could be a path, a URL or a password in one."""
    return f'"{name}"' if _SHOWN.match(name) else "of this spelling"


def nearest(name: str, choices: Iterable[str], at_least: int = 45) -> str:
    """`; did you mean x?` with the nearest of the choices, or nothing where none is near."""
    found = process.extractOne(
        name.lower(), sorted(choices), scorer=fuzz.ratio, processor=str.lower, score_cutoff=at_least
    )
    return f"; did you mean {found[0]}?" if found else ""


@dataclass(frozen=True)
class Output:
    """A column of a table, a CTE or a derived table."""

    name: str
    """As the engine keeps it; empty where the query gives it no name."""
    key: str | None = None
    """table.column in the catalog; None where it is computed."""
    type: str = ""
    """The catalog's spelling, or empty."""


@dataclass(frozen=True)
class Relation:
    """Columns under one name: a table of the catalog, a CTE, a derived table, a function in FROM."""

    outputs: tuple[Output, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Output, ...]]:
        found: dict[str, tuple[Output, ...]] = {}
        for output in self.outputs:
            found[output.name.lower()] = (*found.get(output.name.lower(), ()), output)
        return found

    def exact(self, name: str) -> Output | None:
        """The column that is spelled so."""
        return next(
            (output for output in self._by_name.get(name.lower(), ()) if output.name == name), None
        )

    def find(self, name: str) -> Output | None:
        """The column that is spelled so or, failing that, the only one that differs in case alone."""
        found = self._by_name.get(name.lower(), ())
        same = {output.name for output in found}
        return self.exact(name) or (found[0] if len(same) == 1 else None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(output.name for output in self.outputs if output.name)


class Names:
    """The tables and columns of one catalog. It keeps no reference to the catalog itself."""

    def __init__(self, catalog: Catalog) -> None:
        if catalog.dialect not in ENGINES:
            raise Refused(
                f"the guard knows no dialect {shown(catalog.dialect)}; it knows {', '.join(ENGINES)}"
            )
        self.engine: Engine = ENGINES[catalog.dialect]
        self.fingerprint = catalog.fingerprint
        self.default_schema = (
            self.engine.default_schema or urlsplit(catalog.url).path.strip("/").lower()
        )
        self._relations: dict[str, Relation] = {}
        self._tables: dict[tuple[str, str], list[Table]] = {}
        for table in catalog.tables:
            self._tables.setdefault(((table.schema or "").lower(), table.name.lower()), []).append(
                table
            )

    def table(self, schema: str, name: str) -> Table | None:
        """The table of this name in this schema (empty: the default one); in any case, where that leaves only one."""
        if (
            name.lower().startswith(self.engine.system_prefixes)
            or schema.lower() in _SYSTEM_SCHEMAS
        ):
            return None
        found = self._tables.get((schema.lower(), name.lower()), [])
        exact = [table for table in found if table.name == name and (table.schema or "") == schema]
        return exact[0] if exact else found[0] if len(found) == 1 else None

    def relation(self, table: Table) -> Relation:
        """The table's columns."""
        if table.key not in self._relations:
            outputs = (
                Output(column.name, f"{table.key}.{column.name}", column.type)
                for column in table.columns
            )
            self._relations[table.key] = Relation(tuple(outputs))
        return self._relations[table.key]

    @property
    def keys(self) -> list[str]:
        """The key of every table."""
        return [table.key for tables in self._tables.values() for table in tables]

    def needs_quotes(self, name: str) -> bool:
        """Whether the engine would read the bare name as something else."""
        folds = self.engine.folds_case and name != name.lower()
        return folds or not _PLAIN.match(name) or name.lower() in _CALLED_WITHOUT_PARENTHESES


_KNOWN: dict[int, tuple[weakref.ref[Catalog], Names]] = {}


def names_of(catalog: Catalog) -> Names:
    """The catalog's names, gathered once for as long as the catalog lives (by identity: hashing a large one takes longer)."""
    known = _KNOWN.get(id(catalog))
    if known and known[0]() is catalog:
        return known[1]
    key, names = id(catalog), Names(catalog)
    _KNOWN[key] = (weakref.ref(catalog, lambda _: _KNOWN.pop(key, None)), names)
    return names
