"""What differs between the four engines, in one table: how names are written, where aliases are seen, what may be called.

Read by every rule; adding an engine means adding an `Engine` here, its functions in `functions.py` and fixtures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot.dialects.dialect import Dialect
from sqlglot.generator import Generator
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.parser import Parser

from mome.guard.functions import FUNCTIONS, TABLE_FUNCTIONS
from mome.guard.syntax import (
    DuckDBReader,
    MySQLReader,
    MySQLText,
    PostgresReader,
    SQLiteReader,
    SQLiteText,
    dialect,
)

_JOIN_KINDS = frozenset({"", "INNER", "OUTER", "CROSS"})


@dataclass(frozen=True)
class Engine:
    """One SQL dialect as the guard sees it."""

    name: str
    """sqlglot's name of the dialect."""
    title: str
    """As people write it."""
    parser: type[Parser]
    generator: type[Generator]
    """Writes the text that runs."""
    default_schema: str | None
    """A prefix that is dropped, because it names the default schema; None where there is no fixed one."""
    system_prefixes: tuple[str, ...]
    """No table that starts so may be read, whatever the catalog says."""
    alias_clauses: frozenset[str]
    """Parts of a select (sqlglot's argument names) in which a column may be called by its alias."""
    bare_aliases: bool
    """True where an alias counts only when it stands alone (ORDER BY total), not inside an expression."""
    rows_hide_aliases: bool
    """True where a table's name means its whole row before it means an alias of that name (but in ORDER BY)."""
    folds_case: bool
    """True where an unquoted name means its lower-case spelling and a quoted one exactly itself."""
    sees_siblings: bool
    """True where a derived table sees the tables before it without LATERAL."""
    always_recursive: bool
    """True where a CTE can call itself without the word RECURSIVE."""
    values_column: str
    """The name of the first unnamed column of VALUES; {} is its number."""
    values_from: int
    """The number that the first one has."""
    join_kinds: frozenset[str]
    join_methods: frozenset[str]
    join_sides: frozenset[str]
    extras: frozenset[str]
    """Constructs that only some engines have and that sqlglot would rewrite elsewhere: see `nodes.EXTRAS`."""

    @property
    def functions(self) -> frozenset[str]:
        """Names that may be written before a parenthesis, in lower case."""
        return CALLABLE[self.name]

    @property
    def table_functions(self) -> Mapping[str, tuple[str, ...]]:
        """Functions that may stand in FROM, with the names of their columns."""
        return TABLE_FUNCTIONS[self.name]

    @property
    def dialect(self) -> Dialect:
        """sqlglot's dialect, one instance for each engine."""
        return DIALECTS[self.name]


ENGINES: Mapping[str, Engine] = {
    "sqlite": Engine(
        name="sqlite",
        title="SQLite",
        parser=SQLiteReader,
        generator=SQLiteText,
        default_schema="main",
        system_prefixes=("sqlite_", "pragma_"),
        alias_clauses=frozenset({"where", "group", "having", "order"}),
        bare_aliases=False,
        rows_hide_aliases=False,
        folds_case=False,
        sees_siblings=False,
        always_recursive=True,
        values_column="column{}",
        values_from=1,
        join_kinds=_JOIN_KINDS,
        join_methods=frozenset({"", "NATURAL"}),
        join_sides=frozenset({"", "LEFT", "RIGHT", "FULL"}),
        extras=frozenset(),
    ),
    "duckdb": Engine(
        name="duckdb",
        title="DuckDB",
        parser=DuckDBReader,
        generator=DuckDBGenerator,
        default_schema="main",
        system_prefixes=("duckdb_", "pragma_", "sqlite_", "pg_"),
        alias_clauses=frozenset({"expressions", "where", "group", "having", "order", "qualify"}),
        bare_aliases=False,
        rows_hide_aliases=True,
        folds_case=False,
        sees_siblings=True,
        always_recursive=False,
        values_column="col{}",
        values_from=0,
        join_kinds=_JOIN_KINDS | {"SEMI", "ANTI"},
        join_methods=frozenset({"", "NATURAL", "ASOF"}),
        join_sides=frozenset({"", "LEFT", "RIGHT", "FULL"}),
        extras=frozenset(
            {"distinct on", "qualify", "star except", "group by all", "struct", "array"}
        ),
    ),
    "postgres": Engine(
        name="postgres",
        title="PostgreSQL",
        parser=PostgresReader,
        generator=PostgresGenerator,
        default_schema="public",
        system_prefixes=("pg_",),
        alias_clauses=frozenset({"group", "order", "distinct"}),
        bare_aliases=True,
        rows_hide_aliases=False,
        folds_case=True,
        sees_siblings=False,
        always_recursive=False,
        values_column="column{}",
        values_from=1,
        join_kinds=_JOIN_KINDS,
        join_methods=frozenset({"", "NATURAL"}),
        join_sides=frozenset({"", "LEFT", "RIGHT", "FULL"}),
        extras=frozenset({"distinct on", "array", "with ties"}),
    ),
    "mysql": Engine(
        name="mysql",
        title="MySQL",
        parser=MySQLReader,
        generator=MySQLText,
        default_schema=None,
        system_prefixes=(),
        alias_clauses=frozenset({"group", "having", "order"}),
        bare_aliases=False,
        rows_hide_aliases=False,
        folds_case=False,
        sees_siblings=False,
        always_recursive=False,
        values_column="column_{}",
        values_from=0,
        join_kinds=_JOIN_KINDS,
        join_methods=frozenset({"", "NATURAL"}),
        join_sides=frozenset({"", "LEFT", "RIGHT"}),
        extras=frozenset(),
    ),
}

CALLABLE: Mapping[str, frozenset[str]] = {
    name: FUNCTIONS[name] | set(TABLE_FUNCTIONS[name]) for name in ENGINES
}
DIALECTS: Mapping[str, Dialect] = {name: dialect(name) for name in ENGINES}
