"""Details that the SQLAlchemy Inspector does not give: exact types, CHECK lists, row estimates.

`sqlalchemy_structure` calls `read_details`, which reads each of them in one query for a whole
database.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from schemas.catalog import Scalar
from schemas.errors import QueryFailed
from schemas.readers.base import Reader, Row
from schemas.structure.checks import allowed_values, check_expressions
from schemas.structure.sqlite_comments import read_comments

STATEMENT_SECONDS = 120.0
"""Time limit of one statement over the engine's catalog, which may list many thousand tables."""
TableName = tuple[str | None, str]
"""(real schema name, table name); the schema is None in SQLite."""


@dataclass
class Details:
    """The details of a database, by table."""

    spellings: dict[TableName, dict[str, tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Column name -> (type as the engine spells it, type that decides the family)."""
    allowed: dict[TableName, dict[str, tuple[Scalar, ...]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Column name as the constraint writes it -> the values of its CHECK list."""
    comments: dict[TableName, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """Column name as the statement writes it -> its comment. Of SQLite, whose Inspector has none;
    empty for the others. The table's own comment is that of the empty name.
    """
    estimates: dict[TableName, int] = field(default_factory=dict)
    """The engine's estimate of a table's rows."""
    hidden: set[TableName] = field(default_factory=set)
    """Partitions and shadow tables: parts of another table, which represents them."""
    wholes: dict[TableName, TableName] = field(default_factory=dict)
    """Partition -> the partitioned table that it belongs to in the end."""

    def allow(self, table: TableName, expression: str, column: str | None = None) -> None:
        """Record a CHECK constraint if it is a list.

        `column`: the constrained column if the expression does not name it, as in a domain.
        """
        if allowed := allowed_values(expression):
            name = column or allowed.column
            self.allowed[table][name] = allowed.values


def read_details(reader: Reader, names: list[str]) -> Details:
    """Return all details of the connected database.

    `names`: SQLite's tables and views that can be reflected; other engines ignore it.
    """
    details = Details()
    if reader.engine == "sqlite":
        _read_sqlite(reader, details, names)
    elif reader.engine == "postgresql":
        _read_postgresql(reader, details)
    else:
        _read_mysql(reader, details)
    return details


# relkind: table, partitioned table, view, materialized view and foreign table.
_PG_VISIBLE = (
    "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' "
    "AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
)
# The last column is the type that decides the family: `enum` for an enum, a domain's base type.
_PG_COLUMNS = f"""
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
           CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
                ELSE format_type(a.atttypid, a.atttypmod) END
    FROM pg_attribute a
         JOIN pg_class c ON c.oid = a.attrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_type t ON t.oid = a.atttypid
    WHERE {_PG_VISIBLE} AND a.attnum > 0 AND NOT a.attisdropped"""
# The constraints of tables, then those of domains for each column of the domain.
_PG_CHECKS = f"""
    SELECT n.nspname, c.relname, NULL, pg_get_expr(k.conbin, k.conrelid)
    FROM pg_constraint k
         JOIN pg_class c ON c.oid = k.conrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_PG_VISIBLE} AND k.contype = 'c'
    UNION ALL
    SELECT n.nspname, c.relname, a.attname, pg_get_expr(k.conbin, 0)
    FROM pg_constraint k
         JOIN pg_attribute a ON a.atttypid = k.contypid
         JOIN pg_class c ON c.oid = a.attrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_PG_VISIBLE} AND k.contype = 'c' AND k.contypid <> 0"""
_PG_TABLES = f"""
    SELECT n.nspname, c.relname, c.reltuples::bigint, c.relispartition
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_PG_VISIBLE}"""
# A partition may have partitions, so the path to the table above all is followed.
_PG_PARTITIONS = """
    WITH RECURSIVE path (part, whole) AS (
        SELECT i.inhrelid, i.inhparent
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relispartition
        UNION ALL
        SELECT p.part, i.inhparent
        FROM path p JOIN pg_inherits i ON i.inhrelid = p.whole
             JOIN pg_class c ON c.oid = p.whole WHERE c.relispartition)
    SELECT pn.nspname, pc.relname, wn.nspname, wc.relname
    FROM path p
         JOIN pg_class pc ON pc.oid = p.part JOIN pg_namespace pn ON pn.oid = pc.relnamespace
         JOIN pg_class wc ON wc.oid = p.whole JOIN pg_namespace wn ON wn.oid = wc.relnamespace
    WHERE NOT wc.relispartition"""


def _read_postgresql(reader: Reader, details: Details) -> None:
    columns = reader.rows(_PG_COLUMNS, timeout_s=STATEMENT_SECONDS)
    for schema, table, column, spelling, base in columns:
        details.spellings[schema, table][column] = (spelling, base)
    checks = reader.rows(_PG_CHECKS, timeout_s=STATEMENT_SECONDS)
    for schema, table, column, expression in checks:
        details.allow((schema, table), expression, column)
    tables = reader.rows(_PG_TABLES, timeout_s=STATEMENT_SECONDS)
    for schema, table, rows, is_partition in tables:
        if is_partition:
            details.hidden.add((schema, table))
        # reltuples is -1 (0 before PostgreSQL 14) for a table that was never analysed.
        if rows > 0:
            details.estimates[schema, table] = rows
    partitions = reader.rows(_PG_PARTITIONS, timeout_s=STATEMENT_SECONDS)
    for schema, table, whole_schema, whole in partitions:
        details.wholes[schema, table] = (whole_schema, whole)


_MY_VISIBLE = "table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')"
_MY_COLUMNS = (
    "SELECT table_schema, table_name, column_name, column_type "
    f"FROM information_schema.columns WHERE {_MY_VISIBLE}"
)
_MY_TABLES = (
    "SELECT table_schema, table_name, table_rows "
    f"FROM information_schema.tables WHERE {_MY_VISIBLE} AND table_rows IS NOT NULL"
)
# Only MariaDB's own view has the column table_name.
_MARIADB_CHECKS = (
    "SELECT constraint_schema, table_name, check_clause FROM information_schema.check_constraints"
)
# MySQL's view of the constraints does not name their tables.
_MYSQL_CHECKS = """
    SELECT c.constraint_schema, t.table_name, c.check_clause
    FROM information_schema.check_constraints c
    JOIN information_schema.table_constraints t
      ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name"""


def _read_mysql(reader: Reader, details: Details) -> None:
    for schema, table, column, spelling in reader.rows(_MY_COLUMNS, timeout_s=STATEMENT_SECONDS):
        details.spellings[schema, table][column] = (spelling, spelling)
    for schema, table, rows in reader.rows(_MY_TABLES, timeout_s=STATEMENT_SECONDS):
        details.estimates[schema, table] = rows
    for schema, table, clause in _mysql_checks(reader):
        # MySQL, unlike MariaDB, escapes the whole clause once more.
        if reader.engine != "mariadb":
            clause = re.sub(r"\\(.)", r"\1", clause)
        details.allow((schema, table), _standard_quotes(clause))


def _standard_quotes(clause: str) -> str:
    """Replace backslash escapes by standard SQL: 'it\\'s' becomes 'it''s'."""

    def unescaped(match: re.Match[str]) -> str:
        return "''" if match.group(1) == "'" else match.group(1)

    return re.sub(r"\\(.)", unescaped, clause)


def _mysql_checks(reader: Reader) -> list[Row]:
    sql = _MARIADB_CHECKS if reader.engine == "mariadb" else _MYSQL_CHECKS
    try:
        return reader.rows(sql, timeout_s=STATEMENT_SECONDS)
    # Servers without CHECK constraints (MySQL before 8.0.16) have no such view.
    except QueryFailed:
        return []


def _read_sqlite(reader: Reader, details: Details, names: list[str]) -> None:
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    columns = (
        "SELECT m.name, p.name, p.type FROM sqlite_master m, pragma_table_xinfo(m.name) p "
        f"WHERE m.name IN ({quoted})"
    )
    for table, column, spelling in reader.rows(columns, timeout_s=STATEMENT_SECONDS):
        details.spellings[None, table][column] = (spelling, spelling)
    statements = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
    for table, sql in reader.rows(statements, timeout_s=STATEMENT_SECONDS):
        for expression in check_expressions(sql):
            details.allow((None, table), expression)
        comments = read_comments(sql)
        details.comments[None, table] = {**comments.columns, "": comments.table}
    # They change whenever their virtual table does, and are not for users to query.
    for name in sqlite_shadow_tables(reader):
        details.hidden.add((None, name))


def sqlite_shadow_tables(reader: Reader) -> list[str]:
    """Return the tables that hold the data of virtual tables, such as full-text indexes.

    Empty before SQLite 3.37, which has no list of them.
    """
    sql = "SELECT name FROM pragma_table_list WHERE type = 'shadow'"
    try:
        rows = reader.rows(sql, timeout_s=STATEMENT_SECONDS)
    except QueryFailed:
        return []
    return [name for (name,) in rows]
