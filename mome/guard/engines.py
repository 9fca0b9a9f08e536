"""The differences between the four engines: parsing, names, scopes of aliases, calls and joins.

Every rule reads them. To add an engine, add an `Engine` here, its functions in `functions.py` and
its fixtures in `tests/fixtures/guard`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot.dialects.dialect import Dialect
from sqlglot.generator import Generator
from sqlglot.parser import Parser

from mome.guard.functions import FUNCTIONS, TABLE_FUNCTIONS
from mome.guard.syntax import (
    DuckDBGuardParser,
    DuckDBWriter,
    MySQLGuardParser,
    MySQLWriter,
    PostgresGuardParser,
    PostgresWriter,
    SQLiteGuardParser,
    SQLiteWriter,
    make_dialect,
)

# INNER, OUTER and CROSS, or no keyword. DuckDB has SEMI and ANTI besides.
_JOIN_KINDS = frozenset({"", "INNER", "OUTER", "CROSS"})


@dataclass(frozen=True)
class GuardDialect:
    """One SQL dialect as the guard reads, checks and writes it."""

    name: str
    """sqlglot's name for the dialect."""
    title: str
    """The product's name, for messages."""
    parser: type[Parser]
    """Parses statements without changing their meaning; see `syntax.py`."""
    generator: type[Generator]
    """Generates the text that runs."""
    default_schema: str | None
    """A schema prefix that is dropped. None: it is the database named in the catalog's URL."""
    system_prefixes: tuple[str, ...]
    """Prefixes of system tables. These are refused even if the catalog lists them."""
    alias_clauses: frozenset[str]
    """Clauses of a SELECT (sqlglot's argument names) that may refer to select-list aliases."""
    bare_aliases: bool
    """True if an alias is found only as a whole item (ORDER BY total), not inside an expression."""
    rows_hide_aliases: bool
    """True if a table's name means its whole row rather than a select-list alias of that name.

    DISTINCT and ORDER BY are exempt.
    """
    whole_rows: bool
    """True if a FROM item's name may be read as a value: a whole row."""
    folds_case: bool
    """True if unquoted names are folded to lower case and quoted names are kept as written."""
    sees_siblings: bool
    """True if a derived table may refer to the FROM items before it without LATERAL."""
    always_recursive: bool
    """True if a CTE may refer to itself without the keyword RECURSIVE."""
    values_column: str
    """Name of an unnamed column of VALUES; {} stands for its number."""
    values_from: int
    """Number of the first unnamed column of VALUES."""
    join_kinds: frozenset[str]
    """Allowed values of sqlglot's `Join.kind`; empty text: no keyword."""
    join_methods: frozenset[str]
    """Allowed values of sqlglot's `Join.method`; empty text: no keyword."""
    join_sides: frozenset[str]
    """Allowed values of sqlglot's `Join.side`; empty text: no keyword."""
    extras: frozenset[str]
    """Constructs that not every engine has and that sqlglot rewrites for the others; see
    `nodes.EXTRAS`."""

    @property
    def functions(self) -> frozenset[str]:
        """Functions that a query may call, in lower case."""
        return CALLABLE[self.name]

    @property
    def table_functions(self) -> Mapping[str, tuple[str, ...]]:
        """Functions that may stand in FROM -> the names of their columns."""
        return TABLE_FUNCTIONS[self.name]

    @property
    def dialect(self) -> Dialect:
        """sqlglot's dialect; all queries of an engine share one instance."""
        return DIALECTS[self.name]


ENGINES: Mapping[str, GuardDialect] = {
    "sqlite": GuardDialect(
        name="sqlite",
        title="SQLite",
        parser=SQLiteGuardParser,
        generator=SQLiteWriter,
        default_schema="main",
        system_prefixes=("sqlite_", "pragma_"),
        alias_clauses=frozenset({"where", "group", "having", "order"}),
        bare_aliases=False,
        rows_hide_aliases=False,
        whole_rows=False,
        folds_case=False,
        sees_siblings=False,
        always_recursive=True,
        values_column="column{}",
        values_from=1,
        join_kinds=_JOIN_KINDS,
        join_methods=frozenset({"", "NATURAL"}),
        join_sides=frozenset({"", "LEFT", "RIGHT", "FULL"}),
        extras=frozenset({"match"}),
    ),
    "duckdb": GuardDialect(
        name="duckdb",
        title="DuckDB",
        parser=DuckDBGuardParser,
        generator=DuckDBWriter,
        default_schema="main",
        # DuckDB has views of its own catalog under SQLite's and PostgreSQL's names too.
        system_prefixes=("duckdb_", "pragma_", "sqlite_", "pg_"),
        alias_clauses=frozenset({"expressions", "where", "group", "having", "order", "qualify"}),
        bare_aliases=False,
        rows_hide_aliases=True,
        whole_rows=True,
        folds_case=False,
        sees_siblings=True,
        always_recursive=False,
        values_column="col{}",
        values_from=0,
        join_kinds=_JOIN_KINDS | {"SEMI", "ANTI"},
        join_methods=frozenset({"", "NATURAL", "ASOF", "POSITIONAL"}),
        join_sides=frozenset({"", "LEFT", "RIGHT", "FULL"}),
        extras=frozenset(
            {"distinct on", "qualify", "star except", "group by all", "struct", "array"}
            | {
                "sample",
                "sample of a query",
                "pivot",
                "lambda",
                "by name",
                "national",
                "values with order",
            }
        ),
    ),
    "postgres": GuardDialect(
        name="postgres",
        title="PostgreSQL",
        parser=PostgresGuardParser,
        generator=PostgresWriter,
        default_schema="public",
        system_prefixes=("pg_",),
        alias_clauses=frozenset({"group", "order", "distinct"}),
        bare_aliases=True,
        rows_hide_aliases=False,
        whole_rows=True,
        folds_case=True,
        sees_siblings=False,
        always_recursive=False,
        values_column="column{}",
        values_from=1,
        join_kinds=_JOIN_KINDS,
        join_methods=frozenset({"", "NATURAL"}),
        join_sides=frozenset({"", "LEFT", "RIGHT", "FULL"}),
        extras=frozenset(
            {"distinct on", "array", "with ties", "sample", "with ordinality", "overlaps"}
            | {"national", "values with order", "two texts side by side"}
        ),
    ),
    "mysql": GuardDialect(
        name="mysql",
        title="MySQL",
        parser=MySQLGuardParser,
        generator=MySQLWriter,
        default_schema=None,
        # MySQL's system tables are in schemas of their own; see `names._SYSTEM_SCHEMAS`.
        system_prefixes=(),
        alias_clauses=frozenset({"group", "having", "order"}),
        bare_aliases=False,
        rows_hide_aliases=False,
        whole_rows=False,
        folds_case=False,
        sees_siblings=False,
        always_recursive=False,
        values_column="column_{}",
        values_from=0,
        join_kinds=_JOIN_KINDS,
        join_methods=frozenset({"", "NATURAL"}),
        # MySQL and MariaDB have no FULL JOIN.
        join_sides=frozenset({"", "LEFT", "RIGHT"}),
        extras=frozenset({"national", "two texts side by side"}),
    ),
}

CALLABLE: Mapping[str, frozenset[str]] = {
    # A function in FROM is checked by its name like any other and then against its own list.
    name: FUNCTIONS[name] | set(TABLE_FUNCTIONS[name])
    for name in ENGINES
}
"""Dialect -> all functions that a query may call, in lower case."""
DIALECTS: Mapping[str, Dialect] = {name: make_dialect(name) for name in ENGINES}
"""Dialect -> sqlglot's dialect, adapted by `syntax.make_dialect`."""
