"""How each engine spells the few things that introspection's own queries need."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.catalog import Table


@dataclass(frozen=True)
class Dialect:
    """One engine's spelling."""

    name: str
    """sqlglot's name, as catalog.json holds it."""
    mark: str
    """The quote around identifiers."""
    text_type: str | None
    """What to cast a value to so that no driver touches it; None in SQLite, whose values carry their own type."""
    scan_rows: int
    """Tables of more rows are sampled."""
    lists: bool = False
    """True where list(DISTINCT ...) collects several columns' values in one scan."""
    samples_blocks: bool = False
    """True where TABLESAMPLE spreads a sample over a whole table."""

    def quote(self, name: str) -> str:
        """An identifier, safe whatever it holds."""
        return self.mark + name.replace(self.mark, self.mark * 2) + self.mark

    def table(self, table: Table) -> str:
        """A table's name as FROM takes it."""
        return ".".join(self.quote(part) for part in (table.schema, table.name) if part)

    def as_text(self, expression: str) -> str:
        """The expression's value as text, or as stored in SQLite."""
        return f"CAST({expression} AS {self.text_type})" if self.text_type else expression


DIALECTS = {
    "sqlite": Dialect("sqlite", '"', None, 200_000),
    "duckdb": Dialect("duckdb", '"', "VARCHAR", 2_000_000, lists=True),
    "postgresql": Dialect("postgres", '"', "text", 100_000, samples_blocks=True),
    "mysql": Dialect("mysql", "`", "CHAR", 100_000),
    "mariadb": Dialect("mysql", "`", "CHAR", 100_000),
}
