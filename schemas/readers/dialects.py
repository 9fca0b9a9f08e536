"""The few spellings in which the engines differ for introspection's own queries."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.catalog import FullTable


@dataclass(frozen=True)
class Dialect:
    """One engine's spelling."""

    name: str
    """sqlglot's name of the dialect, as in catalog.json."""
    mark: str
    """The quote around identifiers."""
    text_type: str | None
    """The type to cast values to, so that drivers do not convert them.

    None for SQLite, whose values carry their own type."""
    scan_rows: int
    """Number of rows above which a table is sampled."""
    lists: bool = False
    """True if list(DISTINCT ...) collects the values of several columns in one scan."""
    samples_blocks: bool = False
    """True if TABLESAMPLE spreads a sample over the whole table."""

    def quote(self, name: str) -> str:
        """Return the quoted identifier, with quotes inside of it doubled."""
        return self.mark + name.replace(self.mark, self.mark * 2) + self.mark

    def table(self, table: FullTable) -> str:
        """Return the table's quoted name for FROM, with the schema outside of the default one."""
        return ".".join(self.quote(part) for part in (table.schema, table.name) if part)

    def as_text(self, expression: str) -> str:
        """Return the expression cast to text, or unchanged for SQLite."""
        return f"CAST({expression} AS {self.text_type})" if self.text_type else expression


# DuckDB stores columns and scans more rows within a statement's time limit: it is sampled later.
DIALECTS = {
    "sqlite": Dialect("sqlite", '"', None, 200_000),
    "duckdb": Dialect("duckdb", '"', "VARCHAR", 2_000_000, lists=True),
    "postgresql": Dialect("postgres", '"', "text", 100_000, samples_blocks=True),
    "mysql": Dialect("mysql", "`", "CHAR", 100_000),
    "mariadb": Dialect("mysql", "`", "CHAR", 100_000),
}
