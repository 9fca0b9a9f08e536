"""The value that the executor demands: SQL that passed the guard. Made by `mome.guard.guard` alone."""

from __future__ import annotations

from dataclasses import InitVar, dataclass

_TOKEN = object()


@dataclass(frozen=True)
class GuardedQuery:
    """One read-only query, as it may run. Only the guard can make one: there is no other way to the database."""

    sql: str
    """The regenerated text, without comments: the only text that may run."""
    dialect: str
    """sqlite, duckdb, postgres or mysql."""
    tables: tuple[str, ...]
    """Keys of the catalog's tables that it reads, sorted."""
    columns: tuple[str, ...]
    """The columns that it reads, as table.column, sorted; a star counts as all of its table's columns."""
    fingerprint: str
    """That of the catalog it was checked against."""
    token: InitVar[object]

    def __post_init__(self, token: object) -> None:
        if token is not _TOKEN:
            raise TypeError("a GuardedQuery is made by mome.guard.guard(sql, catalog) alone")


def seal(
    sql: str, dialect: str, tables: set[str], columns: set[str], fingerprint: str
) -> GuardedQuery:
    """Make the value. For `mome.guard.guard` alone."""
    return GuardedQuery(
        sql, dialect, tuple(sorted(tables)), tuple(sorted(columns)), fingerprint, _TOKEN
    )
